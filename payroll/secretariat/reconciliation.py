"""Our payslip beside a social secretariat's result: what differs to the cent, and what follows from what. Pure; EUR."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from coop.money import ZERO
from payroll.secretariat.amounts import COMPONENTS, Amounts

MEMBER = "member"
"""The component that stands for somebody whom only one of the two pays."""
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Difference:
    """A component that differs: its code, what each says (None: it has nobody), and whether it only follows from others.

    What follows needs no decision of its own: it is the sum of differences that have one.
    """

    code: str
    ours: Decimal | None
    theirs: Decimal | None
    follows: bool = False

    @property
    def amount(self) -> Decimal:
        """How much more the secretariat has than we."""
        return (self.theirs or ZERO) - (self.ours or ZERO)

    @property
    def is_a_cent(self) -> bool:
        """Tell whether it is one cent, up or down."""
        return self.ours is not None and self.theirs is not None and abs(self.amount) == CENT


@dataclass(frozen=True)
class Compared:
    """A component as both have it; ``theirs`` is None where the file does not tell it."""

    code: str
    ours: Decimal
    theirs: Decimal | None

    @property
    def amount(self) -> Decimal:
        """How much more the secretariat has than we; zero where it tells nothing."""
        return ZERO if self.theirs is None else self.theirs - self.ours


def compared(ours: Mapping[str, Decimal], theirs: Amounts) -> list[Compared]:
    """Return each component beside the secretariat's, in the order of the payslip; zero on both sides is left out.

    Where the file gives the worker's contribution after the employment bonus, it is compared with ours after the bonus.
    """
    found = []
    for code in COMPONENTS:
        if theirs.employment_bonus_a is None and code.startswith("employment_bonus_"):
            continue
        if theirs.employment_bonus_a is None and code == "social_contribution":
            code = "social_contribution_due"
        said = theirs.contribution_due if code == "social_contribution_due" else getattr(theirs, code)
        if ours[code] or said:
            found.append(Compared(code, ours[code], said))
    return found


def differences(ours: Mapping[str, Decimal] | None, theirs: Amounts | None) -> list[Difference]:
    """Return what differs to the cent between our components and the secretariat's, in the order of the payslip.

    Somebody whom only one side has is one difference, of the gross. The net follows from the other amounts, and so does
    a taxable pay that is the gross less the contribution on both sides.
    """
    if ours is None or theirs is None:
        gross = None if ours is None else ours["gross"]
        return [Difference(MEMBER, gross, None if theirs is None else theirs.gross)]
    found = []
    for one in compared(ours, theirs):
        if one.amount:
            found.append(Difference(one.code, one.ours, one.theirs, _follows(one.code, ours, theirs)))
    return found


def _follows(code: str, ours: Mapping[str, Decimal], theirs: Amounts) -> bool:
    if code == "net":
        return theirs.net == theirs.left
    if code == "taxable":
        plain = theirs.taxable == theirs.gross - theirs.contribution_due
        return plain and ours["taxable"] == ours["gross"] - ours["social_contribution_due"]
    return False
