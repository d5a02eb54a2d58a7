"""The employer's social-security contributions."""

from __future__ import annotations

from collections.abc import Iterator

from payroll.engine.facts import Employer
from payroll.engine.figures import Figure, Parameter
from payroll.engine.law import Values
from payroll.engine.rules.dated import DatedRule
from payroll.engine.sheet import MonthSheet, Sheet

base_pay = DatedRule("employer_contribution: pay that bears the base contribution")


def lines(*, law: Values, employer: Employer) -> Iterator[tuple[str, Parameter]]:
    """An employer owes each contribution that its size, purpose and sector call for, in legal order.

    The 1.69 % from ten workers on; the closure fund by size and purpose; the fund of PC 200.
    """
    large = employer.headcount_class == "20+"
    yield "base", law["base"]
    if employer.headcount_class != "<10":
        yield "ten_or_more", law["ten_or_more"]
    fund = "not_commercial"
    if employer.commercial_purpose:
        fund = "commercial_20" if large else "commercial_below_20"
    yield "closure_fund", law[f"closure_fund.{fund}"]
    for name in (
        "closure_fund_unemployment",
        "temporary_unemployment",
        "asbestos_fund",
        "work_accidents",
        "sector_fund",
    ):
        yield name, law[name]


@base_pay.since(1981, 7)
def whole_gross(sheet: MonthSheet) -> None:
    """The base contribution is due on 100 % of gross.

    Writes ``base_contribution_pay`` (EUR). Source: law of 29 June 1981.
    """
    sheet.exact("base_contribution_pay", "sum_of", sheet["gross"])


@base_pay.since(2025, 7)
def gross_under_the_ceiling(sheet: MonthSheet) -> None:
    """Above the quarter's ceiling the base contribution and wage moderation are no longer due.

    The earlier months of the quarter fill the ceiling first. Fund and special contributions stay
    due above it. Writes ``base_contribution_pay`` (EUR).
    Source: loi-programme of 18 July 2025, AR of 6 October 2025.
    """
    ceiling = sheet.law["employer_contribution"]["quarter_ceiling"]
    earlier = [
        sheet.euros(f"quarter_month_{paid.month.position}.gross", paid.gross) for paid in sheet.facts.quarter.months
    ]
    sheet.exact("base_contribution_pay", "pay_under_ceiling", sheet["gross"], ceiling, *earlier)


def employer_contribution(sheet: MonthSheet) -> None:
    """Each contribution is a rate on gross, rounded alone to the cent; then they are added.

    Writes ``employer_contribution.<line>`` and ``employer_contribution`` (EUR, before reductions).
    Source: ONSS; Sociaal Fonds 200.
    """
    base_pay(sheet)
    due = [
        sheet.cent(
            f"employer_contribution.{name}",
            "rate",
            sheet["base_contribution_pay" if name == "base" else "gross"],
            rate,
        )
        for name, rate in lines(law=sheet.law["employer_contribution"], employer=sheet.facts.employer)
    ]
    sheet.exact("employer_contribution", "sum_of", *due)


def base_of_quarter(sheet: Sheet) -> Figure:
    """The base contribution of a quarter, wage moderation included, is due on its pay under the ceiling.

    No reduction takes more than this. Needs ``quarter_pay``; writes ``quarter_base_pay`` and
    ``quarter_base_contribution`` (EUR, to the cent).
    Source: law of 29 June 1981, article 38, § 3, 1° to 7°, and § 3bis.
    """
    law = sheet.law["employer_contribution"]
    ceiling = [law["quarter_ceiling"]] if "quarter_ceiling" in law else []
    pay = sheet.exact("quarter_base_pay", "lesser", sheet["quarter_pay"], *ceiling)
    return sheet.cent("quarter_base_contribution", "rate", pay, law["base"])


def on_premium(sheet: Sheet, *, code: str, premium: Figure, employer: Employer) -> Figure:
    """The contributions on a premium are the same lines, each rounded alone.

    Writes ``<code>.<line>`` and ``<code>`` (EUR). The quarter's ceiling does not touch premiums.
    """
    due = [
        sheet.cent(f"{code}.{name}", "rate", premium, rate)
        for name, rate in lines(law=sheet.law["employer_contribution"], employer=employer)
    ]
    return sheet.exact(code, "sum_of", *due)
