"""Payments beside the month's pay: who is due one, what counts for it, how lists read it. Pure; EUR.

Assumptions to confirm, which the payroll officer overrides on the row of a member: a month counts when the contract holds
on its 15th; pay above the contract counts by its average over the months known of the twelve before; on leaving, no
holiday of this year was taken yet, and that of the year before was when its double holiday pay was paid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import formatting
from coop.money import ZERO, cents
from coop.periods import Month
from payroll.engine.figures import Explained

MIDDLE, JUNE, DECEMBER = 15, 6, 12


class Nature(TextChoices):
    """A payment beside the month's pay, paid by a run of its own; each is due once a year."""

    DOUBLE_HOLIDAY_PAY = "double_holiday_pay", gettext_lazy("double holiday pay")
    END_OF_YEAR_PREMIUM = "end_of_year_premium", gettext_lazy("end-of-year premium")
    ANNUAL_PREMIUM = "annual_premium", gettext_lazy("annual premium")
    EXIT_HOLIDAY_PAY = "exit_holiday_pay", gettext_lazy("holiday pay on leaving")


PROVISIONS = {
    Nature.DOUBLE_HOLIDAY_PAY: "provision.holiday_pay",
    Nature.EXIT_HOLIDAY_PAY: "provision.holiday_pay",
    Nature.END_OF_YEAR_PREMIUM: "provision.end_of_year",
    Nature.ANNUAL_PREMIUM: "provision.annual_premium",
}
"""The provision that a payment uses up first, by the code of its figure on the payslips of months."""
PREMIUMS = (Nature.END_OF_YEAR_PREMIUM, Nature.ANNUAL_PREMIUM)
"""Payments that belong to the quarter's pay of social security (remuneration code 2; to confirm)."""


@dataclass(frozen=True)
class Span:
    """A stretch of employment: its first day and the first day after it, None while it goes on."""

    begin: date
    end: date | None

    def holds(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return self.begin <= day and (self.end is None or day < self.end)

    def ends_in(self, month: Month) -> bool:
        """Tell whether its last day lies in a month."""
        return self.end is not None and Month.of(self.end - timedelta(days=1)) == month


def counted_over(nature: str, month: Month) -> tuple[Month, Month] | None:
    """Return the first and the last of the months that count for a payment; None when none are counted.

    Double holiday pay: the calendar year before; end-of-year premium: this one; annual premium: the twelve before June.
    """
    if nature == Nature.DOUBLE_HOLIDAY_PAY:
        return Month(month.year - 1, 1), Month(month.year - 1, 12)
    if nature == Nature.END_OF_YEAR_PREMIUM:
        return Month(month.year, 1), Month(month.year, 12)
    if nature == Nature.ANNUAL_PREMIUM:
        return Month(month.year - 1, JUNE), Month(month.year, JUNE - 1)
    return None


def months_counted(employed: Span, nature: str, month: Month) -> int:
    """Return how many months count: those on whose 15th the employment holds."""
    span = counted_over(nature, month)
    return sum(employed.holds(one.day(MIDDLE)) for one in span[0].until(span[1])) if span else 0


def is_due(nature: str, month: Month, employed: Span, seniority: int) -> bool:
    """Tell whether a payment is due in a month to somebody employed so; ``seniority``: months for the end-of-year premium.

    On leaving, holiday pay is settled as such, and the premiums are paid by the months worked; why somebody leaves is not
    on file, so who loses a premium by it is left out by the payroll officer.
    """
    leaves = employed.ends_in(month)
    if nature == Nature.EXIT_HOLIDAY_PAY:
        return leaves
    if not months_counted(employed, nature, month):
        return False
    stays = employed.holds(month.last)
    if nature == Nature.DOUBLE_HOLIDAY_PAY:
        return stays and not leaves
    if nature == Nature.ANNUAL_PREMIUM:
        return leaves or (stays and month.number >= JUNE)
    return (leaves or (stays and month.number == DECEMBER)) and served(employed, month) >= seniority


def served(employed: Span, month: Month) -> int:
    """Return the whole months of service on the last day of a month, or the last day of the employment before it."""
    after = month.plus(1).first
    end = min(employed.end or after, after)
    months = (end.year - employed.begin.year) * 12 + end.month - employed.begin.month
    return months - (end.day < employed.begin.day)


def monthly_pay(wage: Decimal, earlier: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """Return the monthly pay that a payment follows: the wage, and the average of what was paid above it.

    ``earlier``: gross paid and contractual wage of each known month of the twelve before. Rounded to the cent once.
    Source: royal decree of 30 March 1967, article 39, for pay that is variable in part.
    """
    above = [max(ZERO, gross - due) for gross, due in earlier]
    return wage + cents(sum(above, ZERO) / len(above)) if above else wage


# --- words ------------------------------------------------------------------------------------------------------------


def title(nature: str) -> str:
    """Return the name of a payment, as a heading begins."""
    return {
        Nature.DOUBLE_HOLIDAY_PAY: _("Double holiday pay"),
        Nature.END_OF_YEAR_PREMIUM: _("End-of-year premium"),
        Nature.ANNUAL_PREMIUM: _("Annual premium"),
        Nature.EXIT_HOLIDAY_PAY: _("Holiday pay on leaving"),
    }[Nature(nature)]


def titled(nature: str, month: object) -> str:
    """Return what people call a payment of a month."""
    return _("%(payment)s, %(month)s") % {"payment": title(nature), "month": formatting.month(month)}  # type: ignore[arg-type]


def who(nature: str) -> str:
    """Say who is due a payment and what it follows, for the page of its run."""
    return {
        Nature.DOUBLE_HOLIDAY_PAY: _(
            "Everybody employed at the end of the month who worked in the year before: the legal share of a month's pay, a "
            "twelfth of it for each month worked then."
        ),
        Nature.END_OF_YEAR_PREMIUM: _(
            "In December everybody employed with the seniority that the sector asks, in another month those who leave: a "
            "month's pay, a twelfth of it for each month of the year."
        ),
        Nature.ANNUAL_PREMIUM: _(
            "From June on everybody employed, before it those who leave: the premium of the sector by the hours of the "
            "contract, a twelfth of it for each of the twelve months before June."
        ),
        Nature.EXIT_HOLIDAY_PAY: _(
            "Those whose contract ends in the month: simple and double holiday pay on the pay for which no holiday was taken."
        ),
    }[Nature(nature)]


# --- lists ------------------------------------------------------------------------------------------------------------

EQUIVALENT: Mapping[str, str] = {
    "gross": "exceptional_payment",
    "social_contribution": "exceptional_contribution",
    "social_contribution_due": "exceptional_contribution",
    "taxable": "exceptional_taxable_payment",
    "withholding_before_bonus": "exceptional_tax",
    "withholding_tax": "exceptional_tax",
    "net": "exceptional_net",
    "employer_contribution": "exceptional_employer_contribution",
    "wage_cost": "exceptional_cost",
    "employer_cost": "exceptional_cost_left",
}
"""What the figures of a month's pay are called on a payment beside it; a code that is not here is not due on it."""


def amount(payslip: Explained, code: str) -> Decimal:
    """Return the amount that a payment beside pay has under the code of a month's figure; zero when it is not due."""
    own = EQUIVALENT.get(code)
    return payslip[own].amount if own is not None and own in payslip else ZERO


def is_exceptional(payslip: Explained) -> bool:
    """Tell whether figures are those of a payment beside pay."""
    return "exceptional_payment" in payslip


def is_holiday_pay(payslip: Explained) -> bool:
    """Tell whether a payment beside pay is holiday pay, and not a premium."""
    return "holiday_contribution_base" in payslip


def declared_gross(payslip: Explained) -> Decimal:
    """Return what of a payment is declared to social security as pay: what bears the contributions of both."""
    return payslip["contributory_payment"].amount if "contributory_payment" in payslip else ZERO


def social_security(payslip: Explained) -> dict[str, Decimal]:
    """Return what a payment owes to social security, by the lines of a DmfA; EUR.

    What is withheld on double holiday pay alone stands in a line of its own, for it is not declared as an ordinary one.
    """
    ordinary, holiday = payslip["exceptional_contribution"].amount, ZERO
    if is_holiday_pay(payslip):
        on_simple = payslip["exit_contribution_simple"].amount if "exit_contribution_simple" in payslip else ZERO
        ordinary, holiday = on_simple, ordinary - on_simple
    prefix = "exceptional_"
    lines = {
        figure.code.removeprefix(prefix): figure.amount
        for figure in payslip.starting_with("exceptional_employer_contribution.")
    }
    return {"social_contribution": ordinary, "holiday_contribution": holiday, **lines}
