"""The posting scheme of pay: result lines in, ledger lines out. Pure; EUR; the same for own and for imported results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from uuid import UUID

from coop.ledger.lines import Line, credit, debit, without_zeros
from coop.money import ZERO, split
from payroll import exceptional
from payroll.engine.figures import Explained

Bearers = Sequence[tuple[UUID, Decimal]]


@dataclass(frozen=True)
class Costs:
    """What one activity bears of a payslip. The reduction, structural and of a first hire, counts negative in the sum."""

    gross: Decimal
    contributions: Decimal
    reduction: Decimal
    holiday: Decimal
    premiums: Decimal
    insurance: Decimal
    fixed: Decimal

    @property
    def total(self) -> Decimal:
        """The employer cost."""
        others = self.contributions + self.holiday + self.premiums + self.insurance + self.fixed
        return self.gross + others - self.reduction


@dataclass(frozen=True)
class Result:
    """The result lines of a payslip that the books need."""

    costs: Costs
    contribution: Decimal
    withholding: Decimal
    special_contribution: Decimal
    net: Decimal


def amount(payslip: Explained, code: str) -> Decimal:
    """Return the amount of a figure; zero when it is not due and was not written."""
    return payslip[code].amount if code in payslip else ZERO


def to_pay(payslip: Explained) -> Decimal:
    """Return what is paid by a payslip: its amount to pay, or its net when nothing stands between; EUR."""
    return amount(payslip, "to_pay") if "to_pay" in payslip else result(payslip).net


def result(payslip: Explained) -> Result:
    """Return the result lines of a payslip of our own engine."""
    if exceptional.is_exceptional(payslip):
        return _beside_pay(payslip)
    premiums = ("provision.end_of_year", "provision.annual_premium", "provision.eco_vouchers")
    return Result(
        costs=Costs(
            gross=amount(payslip, "gross"),
            contributions=amount(payslip, "employer_contribution"),
            reduction=amount(payslip, "structural_reduction") + amount(payslip, "first_hire_reduction"),
            holiday=amount(payslip, "provision.holiday_pay"),
            premiums=sum((amount(payslip, code) for code in premiums), ZERO),
            insurance=amount(payslip, "accident_insurance"),
            fixed=amount(payslip, "fixed_costs"),
        ),
        contribution=amount(payslip, "social_contribution_due"),
        withholding=amount(payslip, "withholding_tax"),
        special_contribution=amount(payslip, "special_contribution"),
        net=amount(payslip, "net"),
    )


def _beside_pay(payslip: Explained) -> Result:
    """Return the result lines of a payment beside pay.

    Payment and contributions are costs like those of a month; what was set aside for it is taken back out of the
    provision, so that only the rest is left to the activities: a provision used is a provision of less than zero.
    """
    used = amount(payslip, "exceptional_provision_used")
    holiday = exceptional.is_holiday_pay(payslip)
    return Result(
        costs=Costs(
            gross=amount(payslip, "exceptional_payment"),
            contributions=amount(payslip, "exceptional_employer_contribution"),
            reduction=ZERO,
            holiday=-used if holiday else ZERO,
            premiums=ZERO if holiday else -used,
            insurance=ZERO,
            fixed=ZERO,
        ),
        contribution=amount(payslip, "exceptional_contribution"),
        withholding=amount(payslip, "exceptional_tax"),
        special_contribution=ZERO,
        net=amount(payslip, "exceptional_net"),
    )


def shares(costs: Costs, bearers: Bearers) -> dict[UUID, Costs]:
    """Share costs among activities by weight, so that components and totals both add up to the cent.

    The total and every component but the gross are split by weight; the gross of an activity is what its total leaves.
    """
    weights = [weight for _activity, weight in bearers]
    totals = split(costs.total, weights)
    names = [field.name for field in fields(Costs) if field.name != "gross"]
    parts = {name: split(getattr(costs, name), weights) for name in names}
    result: dict[UUID, Costs] = {}
    for place, (activity, _weight) in enumerate(bearers):
        mine = {name: parts[name][place] for name in names}
        rest = Costs(gross=ZERO, **mine)
        result[activity] = Costs(gross=totals[place] - rest.total, **mine)
    return result


def for_payslip(
    pay: Result, by_activity: Mapping[UUID, Costs], *, cooperative: UUID, party: UUID, item: UUID
) -> list[Line]:
    """Return the lines of an approved payslip (domain guide, 3.5); ``cooperative`` is its activity COOP.

    Gross against social security, tax and the net to pay; employer contributions less the reduction; provisions against
    what will be owed; insurance and fixed costs are recharged to the activity and credited to COOP, which pays them.
    """
    lines = [
        *(debit("gross_pay", costs.gross, activity=activity) for activity, costs in by_activity.items()),
        credit("social_security", pay.contribution),
        credit("withholding_tax", pay.withholding),
        credit("social_security", pay.special_contribution),
        credit("net_pay", pay.net, party=party, item=item),
        *(
            debit("employer_contributions", costs.contributions, activity=activity)
            for activity, costs in by_activity.items()
        ),
        credit("social_security", pay.costs.contributions),
        *reduction(by_activity, pay.costs.reduction),
        *(debit("holiday_provision", costs.holiday, activity=activity) for activity, costs in by_activity.items()),
        credit("holiday_pay", pay.costs.holiday),
        *(debit("end_of_year_provision", costs.premiums, activity=activity) for activity, costs in by_activity.items()),
        credit("other_social_debts", pay.costs.premiums),
    ]
    for role, name in (("accident_insurance", "insurance"), ("payroll_costs", "fixed")):
        lines += [debit(role, getattr(costs, name), activity=activity) for activity, costs in by_activity.items()]
        lines.append(credit(role, getattr(pay.costs, name), activity=cooperative))
    return without_zeros(lines)


def reduction(by_activity: Mapping[UUID, Costs], total: Decimal) -> list[Line]:
    """Return the lines of the reductions: less owed to social security, less cost of each activity."""
    return [
        debit("social_security", total),
        *(
            credit("employer_contributions", costs.reduction, activity=activity)
            for activity, costs in by_activity.items()
        ),
    ]


def for_settlement(correction: Decimal, bearers: Bearers, borne: Mapping[UUID, Decimal]) -> list[Line]:
    """Return the lines of a quarter's correction (positive: still to be granted), shared among activities by weight.

    ``borne`` is what activities already have of earlier corrections of the same quarter: each of them gives it back, and
    the whole is shared anew among those who bear the pay now. EUR; no line when nothing moves.
    """
    parts = split(sum(borne.values(), correction), [weight for _activity, weight in bearers])
    whole = dict(zip((activity for activity, _weight in bearers), parts, strict=True))
    return without_zeros(
        [
            debit("social_security", correction),
            *(
                credit(
                    "employer_contributions", whole.get(activity, ZERO) - borne.get(activity, ZERO), activity=activity
                )
                for activity in [*whole, *sorted(borne.keys() - whole.keys())]
            ),
        ]
    )


def for_special_contribution(correction: Decimal, *, party: UUID, item: UUID) -> list[Line]:
    """Return the lines of a quarter's special contribution that no payslip takes (positive: still to withhold), EUR.

    What is still to withhold is owed by the member to the cooperative, and what is given back by the cooperative to the
    member, through the account of pay.
    """
    return [credit("social_security", correction), debit("net_pay", correction, party=party, item=item)]


def for_provisions_left(parts: Sequence[tuple[str, UUID, Decimal]]) -> list[Line]:
    """Return the lines that give provisions that are no more due back to the activities that bore them (EUR).

    ``parts``: role of the account that bore it, activity, amount. What is owed becomes less by as much.
    """
    owed = {"holiday_provision": "holiday_pay", "end_of_year_provision": "other_social_debts"}
    return without_zeros(
        [
            *(debit(owed[role], amount) for role, amount in _sums(parts).items()),
            *(credit(role, amount, activity=activity) for role, activity, amount in parts),
        ]
    )


def _sums(parts: Sequence[tuple[str, UUID, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for role, _activity, amount in parts:
        sums[role] = sums.get(role, ZERO) + amount
    return sums


def for_carried(paid: Decimal, *, party: UUID, old: UUID, new: UUID) -> list[Line]:
    """Return the lines that count what was paid of a payslip on the one that replaces it (EUR)."""
    return without_zeros(
        [debit("net_pay", paid, party=party, item=new), credit("net_pay", paid, party=party, item=old)]
    )
