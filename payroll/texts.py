"""Figures, parameters, findings and warnings in words, in the language that is active. Nothing is calculated here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from coop import formatting
from coop.periods import Month
from payroll.engine import codes
from payroll.engine.figures import Explained, Figure, Finding, Parameter, Part

SHOWN_DECIMALS = Decimal("0.0001")
"""A quotient has up to 50 digits; a page shows four decimals of it."""

COUNTS = {
    "hours", "full_time_hours", "children", "disabled_children", "children_counted", "other_dependants", "dependants_65",
    "months_expected", "months_paid", "working_time_share", "working_time_factor", "month_number", "weekly_hours",
    "full_time_weekly_hours", "exceptional_months", "months_of_year", "first_hire_rank", "first_hire_quarter",
}  # fmt: skip
RATES = {"accident_insurance_rate", "exceptional_rate"}
COUNTS |= {
    "attachment_children", "own_car.kilometres", "bicycle.days", "bicycle.kilometres_per_day",
    "bicycle.kilometres", "bicycle.kilometres_counted", "meal_vouchers.number",
}  # fmt: skip

PARAMETERS: dict[str, str] = {
    "benefits_pc200.annual_premium": gettext_noop("Annual premium, full time"),
    "benefits_pc200.eco_vouchers": gettext_noop("Eco vouchers of a year"),
    "employer_contribution.quarter_ceiling": gettext_noop("Ceiling of the quarter"),
    "employer_contribution": gettext_noop("Rate of the contribution"),
    "employment_bonus.max": gettext_noop("Highest bonus"),
    "employment_bonus.floor": gettext_noop("Pay up to which the highest bonus is given"),
    "employment_bonus.ceiling": gettext_noop("Pay above which no bonus is given"),
    "employment_bonus.slope": gettext_noop("Slope"),
    "exceptional_payment.holiday": gettext_noop("Rate for holiday pay, at this reference pay"),
    "exceptional_payment.other": gettext_noop("Rate for premiums, at this reference pay"),
    "exceptional_payment.up_to": gettext_noop("Reference pay up to which the rate is due"),
    "exceptional_payment.reduction_up_to": gettext_noop("Reference pay up to which the tax is lowered"),
    "exceptional_payment.exempt": gettext_noop("Exempt up to this reference pay, with these children"),
    "exceptional_payment.reduction": gettext_noop("Reduction for these children"),
    "exceptional_payment.double_holiday_pay.bearing": gettext_noop(
        "Share of a month's pay that bears the contribution"
    ),
    "exceptional_payment.exit.bearing": gettext_noop(
        "Part of the double holiday pay on leaving that bears the contribution"
    ),
    "exceptional_payment.double_holiday_pay": gettext_noop("Share of a month's pay"),
    "exceptional_payment.exit": gettext_noop("Rate of holiday pay on leaving"),
    "exceptional_payment.end_of_year_premium": gettext_noop("Months of seniority for the end-of-year premium"),
    "first_hire.amount": gettext_noop("Highest reduction of a quarter, for this rank"),
    "first_hire.up_to": gettext_noop("Last quarter in which it is given"),
    "fiscal_bonus": gettext_noop("Rate of the fiscal bonus"),
    "holiday_pay": gettext_noop("Rate of holiday pay"),
    "minimum_wage": gettext_noop("Minimum wage, full time"),
    "pay_scale_pc200": gettext_noop("Scale of PC 200"),
    "social_contribution": gettext_noop("Rate of the worker's contribution"),
    "special_contribution.from": gettext_noop("Lower bound of the row"),
    "special_contribution.up_to": gettext_noop("Upper bound of the row"),
    "special_contribution.fixed": gettext_noop("Fixed part of the row"),
    "special_contribution.rate": gettext_noop("Rate of the row"),
    "special_contribution.minimum": gettext_noop("Lowest amount of the row"),
    "special_contribution.maximum": gettext_noop("Highest amount of the row"),
    "structural_reduction.s0": gettext_noop("Bound of low pay (S0)"),
    "structural_reduction.s2": gettext_noop("Bound of very low pay (S2)"),
    "structural_reduction.alpha": gettext_noop("Rate of low pay (α)"),
    "structural_reduction.gamma": gettext_noop("Rate of very low pay (γ)"),
    "structural_reduction.share": gettext_noop("Bound of the share of full-time work"),
    "structural_reduction.beta": gettext_noop("Factor of the working time"),
    "withholding_tax.from": gettext_noop("Lower bound of the bracket"),
    "withholding_tax.up_to": gettext_noop("Upper bound of the bracket"),
    "withholding_tax.constant": gettext_noop("Tax of the lower brackets"),
    "withholding_tax.rate": gettext_noop("Rate"),
    "withholding_tax.max": gettext_noop("Highest amount"),
    "withholding_tax.exempt": gettext_noop("Exempt amount"),
    "withholding_tax.children": gettext_noop("Reduction for children, a year"),
    "withholding_tax.group_insurance": gettext_noop("Rate of the reduction for group insurance"),
    "withholding_tax": gettext_noop("Reduction, a year"),
    "working_time": gettext_noop("Lowest share of full-time hours"),
    "bicycle.per_km": gettext_noop("Tax-free rate per kilometre by bicycle"),
    "bicycle.pc200.per_km": gettext_noop("Rate of PC 200 per kilometre by bicycle"),
    "bicycle.pc200.day": gettext_noop("Kilometres a day that PC 200 counts at most"),
    "bicycle": gettext_noop("Bicycle allowance"),
    "home_working": gettext_noop("Highest home-working allowance of a month"),
    "meal_voucher.employer": gettext_noop("Highest share of the employer in a meal voucher"),
    "meal_voucher.worker": gettext_noop("Lowest share of the worker in a meal voucher"),
    "meal_voucher.face": gettext_noop("Highest face value of a meal voucher"),
    "meal_voucher": gettext_noop("Meal vouchers"),
    "own_car_km": gettext_noop("Legal rate per kilometre by car, of the quarter"),
    "own_car_km_year": gettext_noop("Legal rate per kilometre by car, of the year"),
    "wage_attachment.from": gettext_noop("Lower bound of the band"),
    "wage_attachment.up_to": gettext_noop("Upper bound of the band"),
    "wage_attachment.fixed": gettext_noop("Attachable in the lower bands"),
    "wage_attachment.rate": gettext_noop("Attachable share of the band"),
    "wage_attachment.child": gettext_noop("Protected for each dependent child"),
    "wage_attachment": gettext_noop("Attachable part of the pay"),
    "wage_deductions": gettext_noop("Highest share that deductions may take"),
}
PERCENT = re.compile(
    r"^(employer_contribution\.(?!quarter_ceiling)|fiscal_bonus\.|holiday_pay\.|social_contribution\."
    r"|exceptional_payment\.(exit|double_holiday_pay)\.|exceptional_payment.*\.(holiday|other|reduction)$)"
    r"|\.(rate|slope|alpha|gamma|group_insurance)$"
)
COUNTED = re.compile(
    r"^(working_time\.|structural_reduction\.(share|beta)\.)|^bicycle\.pc200\.day$|^first_hire\..*\.up_to$"
)
MARKS = {
    "V": gettext_lazy("verified"),
    "S": gettext_lazy("one source"),
    "B": gettext_lazy("to be confirmed"),
}
MONEY = {
    "gross", "wage_floor", "given", "highest", "lowest", "allowance", "asked", "limit", "carried", "contribution", "net",
    "to_pay", "rate", "highest_rate",
}  # fmt: skip
"""Values of a finding that are amounts of money; any other number is a quantity."""

WARNINGS = {
    "draws_on_reserve": gettext_noop("The reserve will be short by {amount}: the contractual wage draws on it."),
    "quarter_estimated": gettext_noop(
        "An earlier month of the quarter is not paid yet; the quarterly contributions may change the cost."
    ),
}
BESIDE_ENGINE = {
    "employer_contribution.secretariat": gettext_noop("Employer contributions of the social secretariat"),
}
"""Names of figures that the engine never makes: they stand on payslips with a social secretariat's results."""
SEVERITIES = {
    "error": gettext_lazy("blocks"),
    "warning": gettext_lazy("warning"),
    "information": gettext_lazy("information"),
}


def label(code: str) -> str:
    """Return the short name of a figure. Raises KeyError for an unknown code."""
    return _(BESIDE_ENGINE.get(code) or codes.label(code))


def parameter_label(name: str) -> str:
    """Return the short name of a parameter of the law, found by its whole name, its end, its beginning or its subject."""
    plain = re.sub(r"\[\d+\]", "", name)
    parts = plain.split(".")
    for key in (plain, f"{parts[0]}.{parts[-1]}", ".".join(parts[:2]), parts[0]):
        if key in PARAMETERS:
            return _(PARAMETERS[key])
    raise KeyError(name)


def part_label(part: Part) -> str:
    """Return the short name of a part of a figure."""
    return label(part.code) if isinstance(part, Figure) else parameter_label(part.name)


def shown(part: Part) -> str:
    """Write the value of a figure or parameter: money, a percentage, or a number, by what it is."""
    value = part.amount
    if -int(value.as_tuple().exponent) > 4:
        value = value.quantize(SHOWN_DECIMALS, rounding=ROUND_HALF_UP)
    if isinstance(part, Figure):
        if part.code in RATES:
            return formatting.percent(value)
        is_count = part.code in COUNTS or part.code.endswith("hours")
        return formatting.quantity(value) if is_count else formatting.money(value)
    if PERCENT.search(part.name):
        return formatting.percent(value)
    return formatting.quantity(value) if COUNTED.search(part.name) else formatting.money(value)


def sentence(figure: Figure) -> str:
    """Return the rule of a figure in words, with this month's numbers."""
    if figure.rule == "imported":
        return _("As the social secretariat calculated it.")
    found = codes.sentence(figure)
    values = {name: shown(part) for name, part in zip(found.placeholders, figure.parts, strict=False)}
    return _(found.text).format(**values)


OPERATORS: Mapping[str, str] = {
    "sum_of": " + ", "rate": " × ", "product": " × ", "product_of_three": " × ",
}  # fmt: skip
PATTERNS: Mapping[str, str] = {
    "pro_rata": "{0} × {1} ÷ {2}",
    "yearly": "12 × {0}",
    "twelfth": "{0} ÷ 12",
    "bracket": "{1} + {2} × ({0} − {3})",
    "bracket_at_least": "max({4}; {1} + {2} × ({0} − {3}))",
    "bracket_at_most": "min({4}; {1} + {2} × ({0} − {3}))",
    "declining": "max(0; {1} − {2} × ({0} − {3}))",
    "two_slopes": "{1} × max(0; {2} − {0}) + {3} × max(0; {4} − {0})",
    "rising_factor": "{1} + ({0} − {2}) × {3}",
    "inverse": "1 ÷ {0}",
    "joint_base": "max(0; {0} + {1} − 2 × {2})",
    "rate_in_whole_cents": "{0} × {1}",
}


def formula(figure: Figure) -> str:
    """Return the calculation of a figure in this month's numbers; empty where the sentence says it all."""
    values = [shown(part) for part in figure.parts]
    if figure.rule in PATTERNS:
        return f"{PATTERNS[figure.rule].format(*values)} = {shown(figure)}"
    differences = {"difference", "difference_not_below_zero", "sum_less_last", "sum_less_last_not_below_zero"}
    if figure.rule in differences and len(values) > 1:
        first = values[:1] if figure.rule.startswith("difference") else values[:-1]
        taken = values[1:] if figure.rule.startswith("difference") else values[-1:]
        calculation = " − ".join([" + ".join(first), *taken])
        return (
            f"max(0; {calculation}) = {shown(figure)}"
            if "below_zero" in figure.rule
            else f"{calculation} = {shown(figure)}"
        )
    if figure.rule in OPERATORS and 1 < len(values) <= 9:
        return f"{OPERATORS[figure.rule].join(values)} = {shown(figure)}"
    return ""


@dataclass(frozen=True)
class Source:
    """A parameter of the law as a page shows it: value, first day, where it is written, how sure it is."""

    label: str
    value: str
    since: str
    source: str
    mark: str


@dataclass(frozen=True)
class Explanation:
    """A figure as a page shows it, with the figures and parameters it is made of."""

    code: str
    label: str
    amount: Decimal
    value: str
    sentence: str
    formula: str
    rounding: str
    sources: tuple[Source, ...]
    parts: tuple["Explanation", ...]
    before: str = ""


def explain(
    figure: Figure,
    *,
    before: Mapping[str, Decimal] | None = None,
    known: dict[str, Explanation] | None = None,
) -> Explanation:
    """Turn a stored figure into words, down to the facts and the law. ``before``: last month's amounts by code.

    ``known`` remembers by code what was explained already of the same payslip: most figures are a part of several.
    """
    known = {} if known is None else known
    if figure.code in known:
        return known[figure.code]
    last = (before or {}).get(figure.code)
    known[figure.code] = Explanation(
        code=figure.code,
        label=label(figure.code),
        amount=figure.amount,
        value=shown(figure),
        sentence=sentence(figure),
        formula=formula(figure),
        rounding=_("Rounded half-up to the cent.") if figure.rounding == "cent" else "",
        sources=tuple(_source(part) for part in figure.parts if isinstance(part, Parameter)),
        parts=tuple(explain(part, before=before, known=known) for part in figure.parts if isinstance(part, Figure)),
        before=shown(Figure(figure.code, last, "fact", (), "exact")) if last is not None else "",
    )
    return known[figure.code]


def _source(parameter: Parameter) -> Source:
    return Source(
        label=parameter_label(parameter.name),
        value=shown(parameter),
        since=formatting.day(parameter.since),
        source=_(parameter.source),
        mark=str(MARKS[parameter.mark]) if parameter.mark != "V" else "",
    )


def finding(found: Finding, of: Explained) -> str:
    """Return a finding in words, with its numbers."""
    values: dict[str, Any] = {}
    for name, value in found.values.items():
        values[name] = _finding_value(name, value)
    return _(codes.FINDINGS[found.code].text).format(**values)


def unconfirmed(of: Explained) -> list[str]:
    """Return the names of the parameters in it that are still to be confirmed (mark B), for the payroll office."""
    return [
        parameter_label(name) for one in of.findings if one.code == "unconfirmed_parameter" for name in one.parameters
    ]


def _finding_value(name: str, value: str) -> str:
    if name == "parameter":
        return parameter_label(value)
    if name == "fact":
        return label(value)
    if name == "subject":
        return parameter_label(value)
    if name == "month":
        return formatting.month(Month.parse(value))
    if name == "since":
        return formatting.day(date.fromisoformat(value))
    number = Decimal(value)
    return formatting.money(number) if name in MONEY else formatting.quantity(number)


def warning(stored: Mapping[str, str]) -> str:
    """Return a warning kept on an order in words."""
    values = {"amount": formatting.money(Decimal(stored["amount"]))} if "amount" in stored else {}
    return _(WARNINGS[stored["code"]]).format(**values)
