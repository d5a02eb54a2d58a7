"""Questions about cooperatives, periods and policies."""

from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.entities import fees
from coop.entities.models import Activity, Cooperative, FeePolicy, FundPolicy, Period, PeriodLock, ReservePolicy
from coop.errors import Refused
from coop.money import cents
from coop.periods import Month


class BooksNotOpen(Refused):
    """A date lies in no fiscal year of the cooperative."""


class PeriodLocked(Refused):
    """A date lies in a period whose lock forbids the act."""


class PolicyMissing(Refused):
    """A cooperative has no fee, fund or reserve policy at a date; there is no hidden default."""


def period_of(cooperative: Cooperative, day: date) -> Period:
    """Return the period in which a day falls. Raises BooksNotOpen."""
    period = (
        Period.objects.select_related("fiscal_year")
        .filter(cooperative=cooperative, first_day=Month.of(day).first)
        .first()
    )
    if period is None:
        raise BooksNotOpen(
            subject=_("Books of %(cooperative)s") % {"cooperative": cooperative},
            reason=_("No fiscal year is open on %(day)s.") % {"day": date_format(day)},
            remedy=_("Choose a date in an open year, or ask the accountant to open the books of that year."),
            field="date",
        )
    return period


def refuse_locked(cooperative: Cooperative, day: date, *kinds: PeriodLock.Kind) -> Period:
    """Return the period of a day, or raise PeriodLocked when one of the locks is set, BooksNotOpen when there is none.

    The database refuses too, under the lock's row; this is the sentence for people, before any number is taken.
    """
    period = period_of(cooperative, day)
    locked = PeriodLock.objects.filter(period=period, kind__in=kinds, state=PeriodLock.State.LOCKED).first()
    if locked is not None:
        raise locked_refusal(cooperative, day, locked.get_kind_display())
    return period


def locked_refusal(cooperative: Cooperative, day: date, lock: str) -> PeriodLocked:
    """Return the refusal that names the cooperative, the month and the lock."""
    return PeriodLocked(
        subject=_("%(cooperative)s, period %(month)s") % {"cooperative": cooperative, "month": Month.of(day)},
        reason=_("The period is locked (%(lock)s): nothing dated %(day)s can be added to it.")
        % {"lock": lock, "day": date_format(day)},
        remedy=_("Use a date in the first open period; a locked period is never opened again."),
        field="date",
    )


def fee_terms(activity: Activity, *, on: date, net: Decimal, already: Decimal) -> fees.Terms:
    """Return the fee and fund of a document of ``net`` EUR excluding VAT, issued on a day, by the policies of that day.

    ``already`` is the activity's turnover of the same calendar year before the document, which decides the tier. Raises
    PolicyMissing when the cooperative has no policy: a fee is never assumed.
    """
    fee = FeePolicy.objects.for_activity(activity).on(on).first()
    fund = FundPolicy.objects.for_activity(activity).on(on).first()
    if fee is None or fund is None:
        raise PolicyMissing(
            subject=_("Policies of %(cooperative)s") % {"cooperative": activity.cooperative},
            reason=_("No fee or fund policy is set for %(day)s.") % {"day": date_format(on)},
            remedy=_("Ask the cooperative's administrator to record the fee and the fund policy."),
        )
    parts = tuple(fees.slices(net, already, fees.read_tiers(fee.tiers)))
    return fees.Terms(
        fee=fees.amount(parts),
        fee_slices=parts,
        fee_moment=fee.moment,
        fund=cents(net * fund.rate),
        fund_rate=fund.rate,
        fund_moment=fund.moment,
    )


def reserve_policy(activity: Activity, on: date) -> ReservePolicy:
    """Return the reserve policy of an activity on a day. Raises PolicyMissing."""
    policy: ReservePolicy | None = ReservePolicy.objects.for_activity(activity).on(on).first()
    if policy is None:
        raise PolicyMissing(
            subject=_("Policies of %(cooperative)s") % {"cooperative": activity.cooperative},
            reason=_("No reserve policy is set for %(day)s.") % {"day": date_format(on)},
            remedy=_("Ask the cooperative's administrator to record the reserve policy."),
        )
    return policy
