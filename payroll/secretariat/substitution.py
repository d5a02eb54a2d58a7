"""A payslip with a social secretariat's amounts in place of ours: the same figures, so that all that reads pay reads it too.

Pure. What the secretariat gives becomes figures without parts; whatever rests on them (net, costs, provisions) is computed
from them by its own rule; what led to our amounts and stands on the payslip for nothing else is left out.
"""

from decimal import Decimal, localcontext

from coop.money import cents
from payroll.engine.figures import Explained, Figure, Finding, Part, Payslip, compute
from payroll.engine.rounding import CONTEXT
from payroll.secretariat.amounts import COMPONENTS, Amounts

LINE = "employer_contribution.secretariat"
FIRST_HIRE, REDUCTIONS = "first_hire_reduction", "contribution_reductions"
KEPT = (
    "employment_bonus",
    "social_contribution_due",
    "end_of_year_base",
    "double_holiday_pay",
    "accident_insurance",
    "fixed_costs",
    "wage_cost",
    "employer_cost",
)
"""Figures that stand on a payslip whatever they were made from."""


def with_results(ours: Explained, theirs: Amounts) -> Payslip:
    """Return our payslip with the secretariat's amounts in place of ours, to the cent.

    Raises KeyError when our payslip lacks one of the components. The net is computed from the other amounts, which a
    result that adds up makes equal to the secretariat's. What is paid of it is left out: it is asked anew of the new net.
    """
    with localcontext(CONTEXT):
        rebuilt = _Rebuilt(ours, theirs)
        for figure in ours.figures:
            if figure.code in COMPONENTS or figure.code in KEPT or figure.code.startswith("provision."):
                rebuilt.figure(figure)
    return Payslip(
        ours.month,
        tuple(rebuilt.in_order()),
        tuple(found for one in ours.findings if (found := rebuilt.finding(one)) is not None),
        ours.engine_version,
        ours.law_digest,
    )


class _Rebuilt:
    """The figures of a payslip, made anew from the amounts that take the place of ours."""

    def __init__(self, ours: Explained, theirs: Amounts) -> None:
        self.ours = ours
        self.told = _told(ours, theirs)
        self.made: dict[str, Figure] = {}

    def figure(self, figure: Figure) -> Figure:
        """Return what a figure has become; its parts first."""
        known = self.made.get(figure.code)
        if known is not None:
            return known
        if figure.code in self.told:
            made = self.told[figure.code]
        elif figure.code == "employer_contribution":
            made = compute(figure.code, figure.rule, (self.figure(self.told[LINE]),), figure.rounding)
        elif figure.code == "wage_cost":
            parts = (self.of("gross"), self.of("employer_contribution"), self._reductions())
            made = compute(figure.code, figure.rule, parts, figure.rounding)
        else:
            others = tuple(self._part(part) for part in figure.parts)
            same = all(new is old for new, old in zip(others, figure.parts, strict=True))
            made = figure if same else compute(figure.code, figure.rule, others, figure.rounding)
        self.made[figure.code] = made
        return made

    def of(self, code: str) -> Figure:
        """Return what the figure of a code has become."""
        return self.figure(self.told[code] if code in self.told else self.ours[code])

    def _reductions(self) -> Figure:
        """Return what is taken off the employer contributions: the structural reduction, and that of a first hire if any."""
        if FIRST_HIRE not in self.told:
            return self.of("structural_reduction")
        both = (self.of("structural_reduction"), self.of(FIRST_HIRE))
        self.made[REDUCTIONS] = compute(REDUCTIONS, "sum_of", both, "exact")
        return self.made[REDUCTIONS]

    def _part(self, part: Part) -> Part:
        return self.figure(part) if isinstance(part, Figure) else part

    def in_order(self) -> list[Figure]:
        """Return the figures in the order of their computation."""
        order = []
        for figure in self.ours.figures:
            if figure.code == "employer_contribution":
                order.append(self.made[LINE])
            if figure.code == "wage_cost":
                order += [
                    self.made[code] for code in (FIRST_HIRE, REDUCTIONS) if code in self.made and code not in self.ours
                ]
            if figure.code in self.made:
                order.append(self.made[figure.code])
        return order

    def finding(self, one: Finding) -> Finding | None:
        """Return a finding as far as it concerns what stands on the payslip; None when that is nothing."""
        if not one.figures:
            return one
        left = tuple(code for code in one.figures if code in self.made)
        names = {part.name for code in left for part in self.made[code].parts if not isinstance(part, Figure)}
        if not left or (one.code == "unconfirmed_parameter" and not names.intersection(one.parameters)):
            return None
        return Finding(one.code, one.severity, left, one.parameters, one.values)


def _told(ours: Explained, theirs: Amounts) -> dict[str, Figure]:
    """Return the secretariat's amounts as figures, by code; the taxable pay that it does not tell stays a difference."""
    zero = Decimal(0)
    amounts = {
        "gross": theirs.gross,
        "social_contribution": theirs.social_contribution,
        "employment_bonus_a": theirs.employment_bonus_a or zero,
        "employment_bonus_b": theirs.employment_bonus_b or zero,
        "withholding_tax": theirs.withholding_tax,
        "special_contribution": theirs.special_contribution,
        LINE: theirs.employer_contribution,
        "structural_reduction": theirs.structural_reduction,
    }
    if theirs.taxable is not None:
        amounts["taxable"] = theirs.taxable
    if theirs.first_hire_reduction or FIRST_HIRE in ours:
        amounts[FIRST_HIRE] = theirs.first_hire_reduction
    lacking = [code for code in amounts if code not in (LINE, FIRST_HIRE) and code not in ours]
    if lacking:
        raise KeyError(lacking[0])
    return {code: Figure(code, cents(amount), "imported", (), "exact") for code, amount in amounts.items()}
