"""The posting scheme of what stands between the net and what is paid. Pure; EUR.

Allowances are costs of the activities beside the pay, under the accounts of what they are for; what is withheld is owed to
who asked for it, or makes what the member owes smaller. Meal vouchers are owed to who issues them, for their face value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from coop.ledger.lines import Line, credit, debit, without_zeros
from coop.money import ZERO, split
from payroll.engine.figures import Explained
from payroll.journal import Bearers, amount

ACCOUNTS: Mapping[str, str] = {
    "own_car.allowance": "travel",
    "bicycle.allowance": "other_staff_costs",
    "home_working": "other_staff_costs",
    "meal_vouchers.employer": "other_staff_costs",
}
"""Which account an expense stands on, by its figure; role of the chart."""


def expenses(slip: Explained) -> Decimal:
    """Return what the activities bear beside the employer cost."""
    return sum((amount(slip, code) for code in ACCOUNTS), ZERO)


@dataclass(frozen=True)
class Owed:
    """What is withheld for a creditor, or recovered: how much, whose it is, and the open item that it adds to or settles."""

    amount: Decimal
    party: UUID
    item: UUID


def shares(slip: Explained, bearers: Bearers) -> dict[str, list[tuple[UUID, Decimal]]]:
    """Share each expense among the activities by weight, to the cent; by its figure."""
    weights = [weight for _activity, weight in bearers]
    return {
        code: [
            (activity, part)
            for (activity, _weight), part in zip(bearers, split(amount(slip, code), weights), strict=True)
        ]
        for code in ACCOUNTS
        if amount(slip, code)
    }


def borne(slip: Explained, bearers: Bearers) -> dict[UUID, Decimal]:
    """Return what each activity bears beside the employer cost."""
    found = {activity: ZERO for activity, _weight in bearers}
    for parts in shares(slip, bearers).values():
        for activity, part in parts:
            found[activity] += part
    return found


def for_payment(
    slip: Explained, bearers: Bearers, owed: Sequence[Owed], *, cooperative: UUID, party: UUID, item: UUID,
    recovered: Sequence[Owed] = (),
) -> list[Line]:  # fmt: skip
    """Return the lines from the net to the amount to pay; ``cooperative`` is the activity COOP, ``item`` the payslip's.

    What is ``recovered`` settles, on the account of pay, the items that the member owed there.

    The net stands on the account of pay already; what is paid more or less than it is added here. The worker's share of
    the vouchers that found no room stays owed by the member. A fine belongs to the workers (law of 8 April 1965, art. 19),
    so it is owed on; damages are income of the cooperative.
    """
    if "to_pay" not in slip:
        return []
    net = amount(slip, "net") + amount(slip, "exceptional_net")
    vouchers = amount(slip, "meal_vouchers.worker")
    return without_zeros(
        [
            debit("net_pay", net - amount(slip, "to_pay"), party=party, item=item),
            *(
                debit(ACCOUNTS[code], part, activity=activity)
                for code, parts in shares(slip, bearers).items()
                for activity, part in parts
            ),
            credit("other_social_debts", amount(slip, "meal_vouchers.employer") + vouchers),
            debit("other_receivables", vouchers - amount(slip, "deduction.meal_vouchers"), party=party),
            *(credit("other_social_debts", one.amount, party=one.party, item=one.item) for one in owed),
            credit("other_social_debts", amount(slip, "deduction.group_insurance")),
            credit("other_receivables", amount(slip, "deduction.advance"), party=party),
            *(credit("net_pay", one.amount, party=one.party, item=one.item) for one in recovered),
            credit("other_social_debts", amount(slip, "deduction.fine")),
            credit("other_income", amount(slip, "deduction.damages"), activity=cooperative),
            credit("deposits_short", amount(slip, "deduction.guarantee"), party=party),
        ]
    )


def for_advance(advance: Decimal, *, party: UUID, item: UUID) -> list[Line]:
    """Return the lines of an advance on pay that is still to be paid out: the member owes it, and it is owed to them."""
    return [debit("other_receivables", advance, party=party), credit("member_claims", advance, party=party, item=item)]
