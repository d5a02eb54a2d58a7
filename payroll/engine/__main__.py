"""The engine on the command line: check a cases file, explain a payslip. No database."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import get_args

from payroll.engine import (
    Attachment,
    CostPolicy,
    Deductions,
    Employer,
    FactError,
    Facts,
    Household,
    Law,
    NoLaw,
    OutOfReach,
    OwnCar,
    PaymentFacts,
    Payslip,
    QuarterSoFar,
    Scale,
    Work,
    YearMonth,
    YearSoFar,
    cases,
    codes,
    gross_for_budget,
    gross_for_net,
    gross_for_wage_cost,
    payment,
    payslip,
)
from payroll.engine.facts import HeadcountClass, HolidayProvision, HouseholdKind, ScaleClass, ScaleTable

ZERO = Decimal("0.00")

DESCRIPTION = """Belgian payroll, white-collar, joint committee 200.
Exit code: 0 when all is well, 1 when a case differs, 2 when the request, or a
benefit in it, cannot be computed."""

EXPLAIN = """Explain one month, priced alone (as if the quarter's months were equal and the year began).
The options have the defaults shown; the facts used are printed first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """A command runs and its exit code is returned."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except (FactError, NoLaw, OutOfReach, OSError, ValueError) as error:
        print(f"payroll.engine: {error}", file=sys.stderr)
        return 2


def _check(options: argparse.Namespace) -> int:
    report = cases.check(cases.read(options.file), Law.load())
    for one in report.differences:
        computed = "nothing" if one.computed is None else str(one.computed)
        print(f"{one.case}: {one.column} expected {one.expected}, computed {computed}")
    print(
        f"{report.rows} rows, {report.cells} cells compared, {len(report.differences)} differences, "
        f"{len(report.not_covered)} rows not covered (exceptional payments)"
    )
    return 1 if report.differences else 0


def _explain(options: argparse.Namespace) -> int:
    law = Law.load()
    facts = _facts(options)
    if options.net is not None:
        facts = facts.with_gross(gross_for_net(options.net, facts, law))
    elif options.cost is not None:
        facts = facts.with_gross(gross_for_budget(options.cost, facts, law))
    elif options.wage_cost is not None:
        facts = facts.with_gross(gross_for_wage_cost(options.wage_cost, facts, law))
    slip = payslip(facts, law)
    paid = _paid(options)
    if paid is not None:
        slip = payment(paid, slip, law)
    _print(facts, slip)
    return 2 if any(finding.code == "benefit_without_law" for finding in slip.findings) else 0


def _paid(options: argparse.Namespace) -> PaymentFacts | None:
    """What stands between the net and the payment; nothing when no option of it was given."""
    if not (options.attachment or options.advance or options.kilometres or options.home_working):
        return None
    attachment = Attachment(
        kind="maintenance" if options.maintenance else "ordinary",
        claim=options.attachment,
        children=options.children,
        earlier_pay=ZERO,
        earlier_attached=ZERO,
    )
    return PaymentFacts(
        label="this member",
        month=options.month,
        deductions=Deductions(advance=options.advance, fine=ZERO, damages=ZERO, guarantee=ZERO, limit="one_fifth"),
        attachment=attachment if options.attachment else None,
        own_car=OwnCar(kilometres=options.kilometres, rate=options.kilometre_rate, index="quarterly")
        if options.kilometres
        else None,
        bicycle=None,
        home_working=options.home_working,
        meal_vouchers=None,
    )


def _print(facts: Facts, slip: Payslip) -> None:
    work, home, costs = facts.work, facts.household, facts.costs
    print(
        f"{facts.month}, {work.weekly_hours}/{work.full_time_weekly_hours} hours, class "
        f"{facts.scale.scale_class}, scale {facts.scale.table}, {facts.scale.experience} years; {home.kind}, "
        f"{home.children} children; employer of {facts.employer.headcount_class}; insurance "
        f"{costs.accident_insurance_rate}, fixed costs {costs.fixed_costs_per_month}, holiday provision "
        f"by {costs.holiday_provision}"
    )
    after_net = ("non_taxable_total", "deductions_total", "to_pay") if "to_pay" in slip else ()
    for code in ("gross", "net", *after_net, "wage_cost", "employer_cost"):
        print(f"{codes.label(code)}: {slip[code].amount:.2f}")
    for finding in slip.findings:
        print(f"{finding.severity}: {codes.told(finding)}")
    for code in ("to_pay" if after_net else "net", "employer_cost", "wage_floor"):
        print()
        print(slip[code].explain())


def _facts(options: argparse.Namespace) -> Facts:
    return Facts(
        label="this member",
        month=options.month,
        employer=Employer(
            joint_committee=options.joint_committee,
            headcount_class=options.headcount,
            commercial_purpose=not options.no_commercial_purpose,
            category=1,
        ),
        work=Work.full_month(weekly_hours=options.hours, full_time_weekly_hours=options.full_time),
        scale=Scale(scale_class=options.scale_class, experience=options.experience, table=options.scale),
        household=Household(
            kind=options.household,
            children=options.children,
            disabled_children=0,
            single_parent=options.single_parent,
            disabled=options.disabled,
            disabled_spouse=False,
            other_dependants=0,
            dependants_65=0,
        ),
        gross=options.gross if options.gross is not None else ZERO,
        benefit_in_kind=ZERO,
        benefit_in_kind_tax_only=options.company_car,
        commuting_exemption=ZERO,
        group_insurance_contribution=ZERO,
        costs=CostPolicy(
            accident_insurance_rate=options.insurance,
            fixed_costs_per_month=options.fixed_costs,
            holiday_provision=options.holiday_provision,
            end_of_year_premium=True,
            annual_premium=True,
            eco_vouchers=True,
        ),
        quarter=QuarterSoFar(months=(), policy="alone"),
        year=YearSoFar(end_of_year_base=ZERO, double_holiday_pay=ZERO),
    )


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount such as 2350.00") from None


def _month(text: str) -> YearMonth:
    try:
        return YearMonth.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m payroll.engine",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="compare a cases file to the cent")
    check.add_argument("file", type=Path, metavar="FILE.csv", help="cases, columns as in their README")
    check.set_defaults(run=_check)
    explain = commands.add_parser(
        "explain",
        help="print an explained payslip",
        description=EXPLAIN,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    _explain_options(explain)
    explain.set_defaults(run=_explain)
    return parser


def _explain_options(explain: argparse.ArgumentParser) -> None:
    add = explain.add_argument
    start = explain.add_mutually_exclusive_group(required=True)
    start.add_argument("--gross", type=_amount, metavar="AMOUNT", help="gross pay of the month")
    start.add_argument("--net", type=_amount, metavar="AMOUNT", help="smallest gross with this net")
    start.add_argument("--cost", type=_amount, metavar="AMOUNT", help="largest gross with this employer cost")
    start.add_argument("--wage-cost", type=_amount, metavar="AMOUNT", help="largest gross with this wage cost")
    add("--month", type=_month, required=True, metavar="YYYY-MM", help="pay month")
    add("--hours", type=_amount, default=Decimal(38), help="weekly hours of the contract")
    add("--full-time", type=_amount, default=Decimal(38), help="full-time weekly hours")
    add("--class", dest="scale_class", choices=get_args(ScaleClass), default="C", help="class of the scale")
    add("--scale", choices=get_args(ScaleTable), default="II", help="I: first year in the firm; II: after")
    add("--experience", type=int, default=5, metavar="YEARS", help="years of experience")
    add("--household", choices=get_args(HouseholdKind), default="single", help="tax household")
    add("--children", type=int, default=0, help="dependent children")
    add("--single-parent", action="store_true", help="single with dependent children")
    add("--disabled", action="store_true", help="the member is disabled")
    add("--company-car", type=_amount, default=ZERO, metavar="AMOUNT", help="benefit taxed only")
    add("--joint-committee", default="200", help="joint committee of the employer")
    add("--headcount", choices=get_args(HeadcountClass), default="20+", help="size of the employer")
    add("--no-commercial-purpose", action="store_true", help="employer without commercial purpose")
    add("--insurance", type=_amount, default=Decimal("0.0030"), help="work-accident insurance, fraction")
    add("--fixed-costs", type=_amount, default=Decimal("40.00"), help="fixed costs of the month")
    add(
        "--holiday-provision",
        choices=get_args(HolidayProvision),
        default="cash",
        help="method of the holiday provision",
    )
    add(
        "--attachment",
        type=_amount,
        default=ZERO,
        metavar="AMOUNT",
        help="claim of a wage attachment; --children count",
    )
    add("--maintenance", action="store_true", help="the attachment is for maintenance: no scale")
    add("--advance", type=_amount, default=ZERO, metavar="AMOUNT", help="advance to be paid back")
    add("--kilometres", type=_amount, default=ZERO, help="kilometres on duty with one's own car")
    add("--kilometre-rate", type=_amount, default=Decimal("0.40"), metavar="RATE", help="EUR paid for each of them")
    add("--home-working", type=_amount, default=ZERO, metavar="AMOUNT", help="home-working allowance")


if __name__ == "__main__":
    sys.exit(main())
