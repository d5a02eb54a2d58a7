"""A payslip as pages and documents show it: its lines in order, each with its explanation. Nothing is calculated here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from coop import charts
from coop.money import ZERO
from payroll import exceptional, journal, texts
from payroll.engine.figures import Explained


@dataclass(frozen=True)
class Row:
    """One line: a sign before its label, and whether it is a result of the lines above.

    ``steps`` are the figures on the way to it, in the order of their calculation, the line itself last; figures that are
    lines of their own, and what was merely told, are left out.
    """

    explanation: texts.Explanation
    sign: str = ""
    result: bool = False
    steps: tuple[texts.Explanation, ...] = ()

    @property
    def label(self) -> str:
        """What the line is called."""
        return self.explanation.label

    @property
    def amount(self) -> Decimal:
        """The amount, EUR; the sign says what it does."""
        return self.explanation.amount


TO_NET = (
    ("gross", "", True),
    ("social_contribution", "−", False),
    ("employment_bonus_a", "+", False),
    ("employment_bonus_b", "+", False),
    ("taxable", "=", True),
    ("withholding_before_bonus", "−", False),
    ("group_insurance_reduction", "+", False),
    ("fiscal_bonus", "+", False),
    ("withholding_tax", "−", False),
    ("special_contribution", "−", False),
    ("benefit_in_kind", "−", False),
    ("net", "=", True),
)
EXCEPTIONAL = (
    ("exceptional_payment", "", True),
    ("exceptional_contribution", "−", False),
    ("exceptional_taxable_payment", "=", True),
    ("exceptional_tax", "−", False),
    ("exceptional_net", "=", True),
)
"""From a premium or holiday pay to its net; the exempt part for children is a step on the way to the tax."""
TO_PAYMENT = (
    ("net", "", True),
    ("exceptional_net", "", True),
    ("own_car.allowance", "+", False),
    ("bicycle.allowance", "+", False),
    ("home_working", "+", False),
    ("deduction.group_insurance", "−", False),
    ("deduction.attachment", "−", False),
    ("deduction.meal_vouchers", "−", False),
    ("deduction.advance", "−", False),
    ("deduction.recovery", "−", False),
    ("deduction.fine", "−", False),
    ("deduction.damages", "−", False),
    ("deduction.guarantee", "−", False),
    ("to_pay", "=", True),
)
ALLOWANCES = ("own_car.allowance", "bicycle.allowance", "home_working", "meal_vouchers.employer")
"""What the activities bear beside the employer cost."""
PROVISIONS = ("provision.end_of_year", "provision.holiday_pay", "provision.annual_premium", "provision.eco_vouchers")
ALWAYS = {"gross", "social_contribution", "taxable", "withholding_before_bonus", "special_contribution", "net"}
ALWAYS |= {"withholding_tax"}


def to_net(payslip: Explained, before: Explained | None = None) -> list[Row]:
    """Return the lines from gross to net; a line of zero that the law does not ask for is left out."""
    if exceptional.is_exceptional(payslip):
        return _rows(payslip, EXCEPTIONAL, before)
    shown = [line for line in _net_lines(payslip) if line[0] in payslip and _is_due(payslip, line[0])]
    return _rows(payslip, shown, before)


def _net_lines(payslip: Explained) -> list[tuple[str, str, bool]]:
    """The tax stands in its parts, where they are known; a social secretariat gives their sum alone."""
    return [line for line in TO_NET if line[0] != "withholding_tax" or "withholding_before_bonus" not in payslip]


def _is_due(payslip: Explained, code: str) -> bool:
    """A fiscal bonus that finds no tax is shown too, with the parts that are lost."""
    parts = ("fiscal_bonus_a", "fiscal_bonus_b") if code == "fiscal_bonus" else (code,)
    return code in ALWAYS or any(payslip[part].amount for part in parts)


def to_payment(payslip: Explained, before: Explained | None = None) -> list[Row]:
    """Return the lines from the net to the amount to pay; none when nothing stands between."""
    lines = [line for line in TO_PAYMENT if line[0] in payslip and (line[2] or payslip[line[0]].amount)]
    return _rows(payslip, lines, before) if any(not result for _code, _sign, result in lines) else []


def allowances(payslip: Explained, before: Explained | None = None) -> list[Row]:
    """Return what the activities bear beside the employer cost: allowances, and the employer's share of vouchers."""
    return _rows(payslip, [(code, "", False) for code in ALLOWANCES if journal.amount(payslip, code)], before)


def to_cost(payslip: Explained, before: Explained | None = None) -> list[Row]:
    """Return the lines from gross to the employer cost."""
    lines = _cost_lines(payslip)
    return _rows(payslip, [line for line in lines if payslip[line[0]].amount or line[2]], before)


def _cost_lines(payslip: Explained) -> list[tuple[str, str, bool]]:
    if exceptional.is_exceptional(payslip):
        return [
            ("exceptional_payment", "", True),
            *((one.code, "+", False) for one in payslip.starting_with("exceptional_employer_contribution.")),
            ("exceptional_cost", "=", True),
            ("exceptional_provision_used", "−", False),
            ("exceptional_cost_left", "=", True),
        ]
    lines = [("gross", "", True)]
    lines += [(one.code, "+", False) for one in payslip.starting_with("employer_contribution.")]
    lines += [("structural_reduction", "−", False)]
    lines += [(code, "−", False) for code in ("first_hire_reduction",) if code in payslip]
    lines += [("wage_cost", "=", True)]
    lines += [(code, "+", False) for code in (*PROVISIONS, "accident_insurance", "fixed_costs") if code in payslip]
    return [*lines, ("employer_cost", "=", True)]


def lines_of(*payslips: Explained) -> list[tuple[str, bool]]:
    """Return the codes of the lines that any of some payslips has, to net, payment and cost, and whether each is a result."""
    order: list[tuple[str, bool]] = []
    paid = TO_PAYMENT[2:] if any(to_payment(payslip) for payslip in payslips) else ()
    for payslip in payslips:
        place = 0
        to_net = EXCEPTIONAL if exceptional.is_exceptional(payslip) else _net_lines(payslip)
        for code, _sign, result in [*to_net, *paid, *_cost_lines(payslip)]:
            if (code, result) not in order:
                order.insert(place, (code, result))
            place = max(place, order.index((code, result)) + 1)
    return [
        (code, result)
        for code, result in order
        if result or any(code in payslip and payslip[code].amount for payslip in payslips)
    ]


def rows_of(found: Explained, lines: Sequence[tuple[str, str, bool]]) -> list[Row]:
    """Return some figures as lines with their explanations: code, sign before it, whether it is a result."""
    return _rows(found, lines, None)


def _rows(payslip: Explained, lines: Sequence[tuple[str, str, bool]], before: Explained | None) -> list[Row]:
    codes = {code for code, _sign, _result in [*lines, *_net_lines(payslip), *EXCEPTIONAL]}
    known: dict[str, texts.Explanation] = {}
    rows = []
    for code, sign, result in lines:
        explanation = texts.explain(payslip[code], before=_amounts(before), known=known)
        steps = tuple(_steps(explanation, codes, set()))
        rows.append(Row(_pruned(explanation, codes, {code}), sign, result, steps))
    return rows


def _pruned(explanation: texts.Explanation, lines: set[str], seen: set[str]) -> texts.Explanation:
    """Return an explanation that says each thing once: a part that is a line itself, or was explained, keeps its value only."""
    parts = []
    for part in explanation.parts:
        if part.code in lines or part.code in seen:
            parts.append(replace(part, sentence="", formula="", rounding="", sources=(), parts=(), before=""))
        else:
            seen.add(part.code)
            parts.append(_pruned(part, lines, seen))
    return replace(explanation, parts=tuple(parts))


def _steps(explanation: texts.Explanation, lines: set[str], seen: set[str]) -> Iterator[texts.Explanation]:
    for part in explanation.parts:
        if part.code not in lines and part.code not in seen and (part.parts or part.sources):
            yield from _steps(part, lines, seen)
    seen.add(explanation.code)
    yield explanation


def _amounts(payslip: Explained | None) -> Mapping[str, Decimal]:
    return {figure.code: figure.amount for figure in payslip.figures} if payslip else {}


@dataclass(frozen=True)
class Part:
    """Where a part of the employer cost goes; EUR."""

    label: str
    amount: Decimal


def where_it_goes(payslip: Explained) -> list[Part]:
    """Return the parts of the employer cost, which add up to it: net, contributions, tax, provisions, insurance, fixed."""
    pay = journal.result(payslip)
    parts = [
        Part(_("Net on the account"), pay.net),
        Part(_("Worker's contribution"), pay.contribution),
        Part(_("Withholding tax"), pay.withholding),
        Part(_("Special contribution"), pay.special_contribution),
        Part(_("Employer contributions less reduction"), pay.costs.contributions - pay.costs.reduction),
        Part(_("Set aside: holiday pay, premiums, vouchers"), pay.costs.holiday + pay.costs.premiums),
        Part(_("Work-accident insurance"), pay.costs.insurance),
        Part(_("Payroll and occupational medicine"), pay.costs.fixed),
    ]
    return [part for part in parts if part.amount != ZERO]


def chart(parts: Sequence[Part]) -> charts.Chart:
    """Return the picture of where the employer cost goes."""
    return charts.rows(
        title=_("Where the employer cost goes"),
        finding=_("What is paid out and what is paid or set aside for it."),
        points=[charts.Point(part.label, (part.amount,)) for part in parts],
        series=charts.Series(_("EUR")),
    )
