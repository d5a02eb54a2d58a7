"""Payslips that rest on other facts than those on file now, because a fact was recorded after they were approved.

Nothing here changes anything: the payroll officer corrects each of them, or leaves it as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.errors import Refused
from coop.periods import Month
from members.consequences import Consequence
from members.models import LateFact, Person
from payroll import facts
from payroll.facts import Basis
from payroll.models import Payslip

LOOKED_AT = timedelta(days=366)
"""A late fact is followed for a year after it was recorded; what was not corrected by then was left on purpose."""
RECENT = 3
"""Months before this one whose payslips a person's file looks at."""
UNLIKE = {"quarter", "year", "label", "month", "gross"}
"""Facts that are no one's to record: what other months were paid, and the pay itself."""


@dataclass(frozen=True)
class Concerned:
    """A payslip that is paid, the late fact that it does not know, and the basis that it would have today, or why none."""

    payslip: Payslip
    late: LateFact
    basis: Basis | Refused

    @property
    def why(self) -> str:
        """What was recorded late, from which day on, and why."""
        return _("%(what)s from %(day)s, recorded on %(recorded)s. Reason: %(reason)s") % {
            "what": self.late.get_what_display(),
            "day": formatting.day(self.late.valid_from),
            "recorded": formatting.day(self.late.recorded_at),
            "reason": self.late.reason,
        }


def list_concerned(user: Any, *, on: date, people: Iterable[UUID] | None = None) -> list[Concerned]:
    """Return the payslips to look at in the cooperatives whose pay a user prepares, by name and month; all, or of some people."""
    cooperatives = visibility.access_of(user).cooperatives_with(Subject.RUNS, "w")
    late = LateFact.objects.filter(cooperative__in=cooperatives, recorded_at__date__gt=on - LOOKED_AT)
    return _concerned(late if people is None else late.filter(person__in=list(people)))


def _concerned(late: QuerySet[LateFact]) -> list[Concerned]:
    """The last fact recorded names each payslip; one that was calculated after it knows it already."""
    newest: dict[UUID, tuple[Payslip, LateFact]] = {}
    for fact in late.order_by("recorded_at", "pk"):
        payslips = Payslip.objects.paid().ordinary().filter(
            person=fact.person_id, cooperative=fact.cooperative_id, month__gte=Month.of(fact.valid_from).first,
            calculated_at__lt=fact.recorded_at,
        )  # fmt: skip
        for payslip in payslips.select_related("person", "cooperative", "contract", "member__run").defer("figures"):
            newest[payslip.pk] = (payslip, fact)
    bases: dict[tuple[UUID, date], Basis | Refused] = {}
    for month in sorted({payslip.month for payslip, _fact in newest.values()}):
        contracts = [payslip.contract_id for payslip, _fact in newest.values() if payslip.month == month]
        found = facts.bases(contracts, Month.of(month), estimate=True)
        bases |= {(contract, month): basis for contract, basis in found.items()}
    every = [Concerned(payslip, fact, bases[payslip.contract_id, payslip.month]) for payslip, fact in newest.values()]
    differing = [one for one in every if _differs(one.payslip, one.basis)]
    return sorted(differing, key=lambda one: (one.payslip.person.sort_name, one.payslip.month))


def _differs(payslip: Payslip, basis: Basis | Refused) -> bool:
    """Tell whether the facts on file now differ from those that a payslip was calculated from, or ask for more pay."""
    if isinstance(basis, Refused):
        return True
    run = payslip.member.run
    if run.due_hours is not None:
        basis = basis.with_hours(run.due_hours)
    now, then = facts.to_json(basis.facts), payslip.facts
    names = (now.keys() & then.keys()) - UNLIKE
    return basis.contract_gross > payslip.gross or not all(_same(now[name], then[name]) for name in names)


def _same(now: Any, then: Any) -> bool:
    """Compare facts as far as both tell them: what an older engine was not told is no difference."""
    if isinstance(now, dict) and isinstance(then, dict):
        return all(_same(now[name], then[name]) for name in now.keys() & then.keys())
    return bool(now == then)


def due_now(payslip: Payslip) -> tuple[Decimal, Decimal]:
    """Return gross (EUR) and hours that a correction most likely asks for: what was paid, or the contract where it asks more."""
    found = facts.bases([payslip.contract_id], Month.of(payslip.month), estimate=True)[payslip.contract_id]
    if isinstance(found, Refused):
        return payslip.gross, payslip.hours
    ordered = payslip.order_id is not None or payslip.member.run.corrects_id is not None
    gross = max(found.contract_gross, payslip.gross) if ordered else found.contract_gross
    return gross, payslip.hours if ordered else found.facts.work.hours


def reason_of(payslip: Payslip) -> str:
    """Return the reason of the last fact that was recorded after a payslip and may concern it; empty without one."""
    fact = (
        LateFact.objects.filter(
            person=payslip.person_id, cooperative=payslip.cooperative_id, valid_from__lte=Month.of(payslip.month).last,
            recorded_at__gt=payslip.calculated_at,
        )
        .order_by("-recorded_at")
        .first()
    )  # fmt: skip
    return fact.reason if fact is not None else ""


def consequences(user: Any, person: Person, on: date) -> list[Consequence]:
    """Tell a person's file which payslips to correct, for those who prepare the pay.

    Those that a late fact concerns, and those of the last three months whose facts on file are others now: a month that is
    approved and not yet locked takes a fact without a reason.
    """
    known = {one.payslip.pk: (one.payslip, one.why) for one in list_concerned(user, on=on, people=[person.pk])}
    why = _("The facts on file are others than those that it was calculated from.")
    known |= {one.pk: (one, why) for one in _recent(user, person, on) if one.pk not in known}
    return [
        Consequence(
            label=_("Payslip of %(month)s") % {"month": formatting.month(payslip.month)},
            why=reason,
            url=reverse("payroll:payslip_correct", args=[payslip.pk]),
            action=_("Correct this payslip"),
        )
        for payslip, reason in sorted(known.values(), key=lambda pair: pair[0].month)
    ]


def _recent(user: Any, person: Person, on: date) -> list[Payslip]:
    cooperatives = visibility.access_of(user).cooperatives_with(Subject.RUNS, "w")
    payslips = (
        Payslip.objects.paid()
        .ordinary()
        .filter(person=person, cooperative__in=cooperatives, month__gte=Month.of(on).plus(-RECENT).first)
    )
    found = []
    for payslip in payslips.select_related("cooperative", "contract", "member__run").defer("figures"):
        basis = facts.bases([payslip.contract_id], Month.of(payslip.month), estimate=True)[payslip.contract_id]
        if _differs(payslip, basis):
            found.append(payslip)
    return found
