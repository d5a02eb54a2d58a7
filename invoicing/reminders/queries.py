"""Questions about reminders: which invoices are due one today, what stops them, what was sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from coop.access import visibility
from coop.access.predicates import Subject
from coop.banking.models import Movement
from coop.documents import queries as documents
from coop.documents.models import Document
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.money import ZERO
from invoicing import queries as sales
from invoicing.models import Customer, Invoice
from invoicing.reminders import claiming, deciding
from invoicing.reminders.claiming import Channel
from invoicing.reminders.deciding import Claim, Due, Facts, Level, Plan, PrivateInterest, Promise, Sent, Terms
from invoicing.reminders.models import PromisedPayment, Reminder, ReminderPause, ReminderPolicy

DOCUMENT = "reminder"
ATTEMPTS = 8
"""How often an e-mail is tried before somebody has to post the letter."""


@dataclass(frozen=True)
class Standing:
    """How an overdue invoice stands on a day: what was sent, what stops it, what comes next and what that would ask.

    ``pause`` stops it, unless it is a plan with a ``broken`` promise. ``refusal`` says why the claim cannot be counted.
    """

    invoice: Invoice
    on: date
    facts: Facts
    terms: Terms | None
    reminders: Sequence[Reminder]
    pause: ReminderPause | None
    broken: Promise | None
    promised: Promise | None
    due: Due | None
    claim: Claim | None
    refusal: Refused | None
    channel: Channel

    @property
    def stopped(self) -> bool:
        """Whether nobody may be reminded now."""
        return self.pause is not None and self.broken is None

    @property
    def days_late(self) -> int:
        """Days since the due date."""
        return (self.on - self.facts.due_on).days

    @property
    def ready(self) -> bool:
        """Whether the next reminder may leave today."""
        due = self.due
        return not self.stopped and due is not None and due.on is not None and due.on <= self.on

    @property
    def exhausted(self) -> bool:
        """Whether all reminders were sent and the last day to pay has passed."""
        over = self.terms is not None and self.due is None and not self.stopped
        return over and bool(self.reminders) and self.reminders[-1].pay_until < self.on

    @property
    def level_name(self) -> str:
        """What the next reminder is called."""
        return str(Reminder(level=self.due.level).get_level_display()) if self.due else ""


def terms_of(policy: ReminderPolicy) -> Terms:
    """Return what a policy decides, as plain values."""
    return Terms(
        friendly_days=policy.friendly_days,
        formal_days=policy.formal_days,
        notice_days=policy.notice_days,
        business_charges=policy.business_charges,
        private_rate=policy.private_rate,
        private_penalty=policy.private_penalty,
        private_from=PrivateInterest(policy.private_from),
        reminder_cost=policy.reminder_cost,
    )


def policy_of(cooperative: UUID, on: date) -> ReminderPolicy | None:
    """Return the rules of a cooperative on a day, where it has some."""
    return ReminderPolicy.objects.filter(cooperative=cooperative).on(on).first()


def overdue(invoices: QuerySet[Invoice], on: date) -> QuerySet[Invoice]:
    """Keep the invoices that are overdue on a day. What was issued elsewhere is reminded from there."""
    return (
        sales.with_residual(invoices)
        .filter(sales.condition(sales.Status.OVERDUE, on), origin=Invoice.Origin.HERE)
        .select_related("customer", "activity", "cooperative")
        .order_by("due_on", "number")
    )


def standings(invoices: QuerySet[Invoice], on: date) -> list[Standing]:
    """Return how the overdue ones of some invoices stand on a day, the oldest first; in a fixed number of queries."""
    found = list(overdue(invoices, on))
    if not found:
        return []
    keys = [invoice.pk for invoice in found]
    payments: dict[UUID, list[tuple[date, Decimal]]] = {}
    for item, booked, amount in Movement.objects.filter(item__in=keys).values_list("item", "booked_on", "amount"):
        payments.setdefault(item, []).append((booked, amount))
    reminders: dict[UUID, list[Reminder]] = {}
    for reminder in Reminder.objects.filter(invoice__in=keys).select_related("made_by").order_by("made_at"):
        reminders.setdefault(reminder.invoice_id, []).append(reminder)
    policies = {
        policy.cooperative_id: policy
        for policy in ReminderPolicy.objects.filter(cooperative__in={one.cooperative_id for one in found}).on(on)
    }
    pauses, dead = _pauses(found)
    reminded = _due_dates_reminded(found, on)
    return [
        _standing(
            invoice,
            on,
            payments=payments.get(invoice.pk, []),
            reminders=reminders.get(invoice.pk, []),
            policy=policies.get(invoice.cooperative_id),
            pause=pauses.get(invoice.pk) or dead.get(invoice.customer_id),
            reminded=len(reminded.get(invoice.customer_id, set()) - {invoice.pk}),
        )
        for invoice in found
    ]


def _pauses(found: Sequence[Invoice]) -> tuple[dict[UUID, ReminderPause], dict[UUID | None, ReminderPause]]:
    """Return the open pauses by invoice, and those of deceased customers by customer."""
    open_pauses = (
        ReminderPause.objects.filter(ended_at__isnull=True)
        .select_related("made_by", "invoice")
        .prefetch_related(Prefetch("promises", PromisedPayment.objects.order_by("due_on")))
    )
    own = {pause.invoice_id: pause for pause in open_pauses.filter(invoice__in=[one.pk for one in found])}
    customers = {one.customer_id for one in found}
    dead = open_pauses.filter(kind=ReminderPause.Kind.DECEASED, invoice__customer__in=customers)
    return own, {pause.invoice.customer_id: pause for pause in dead}


def _due_dates_reminded(found: Sequence[Invoice], on: date) -> dict[UUID | None, set[UUID]]:
    """Return for which invoices each customer was reminded in the calendar year of a day."""
    rows = Reminder.objects.filter(
        invoice__customer__in={one.customer_id for one in found}, on__gte=date(on.year, 1, 1), on__lte=on
    ).values_list("invoice__customer", "invoice")
    known: dict[UUID | None, set[UUID]] = {}
    for customer, invoice in rows:
        known.setdefault(customer, set()).add(invoice)
    return known


def _standing(
    invoice: Invoice,
    on: date,
    *,
    payments: Sequence[tuple[date, Decimal]],
    reminders: Sequence[Reminder],
    policy: ReminderPolicy | None,
    pause: ReminderPause | None,
    reminded: int,
) -> Standing:
    assert invoice.due_on is not None
    residual: Decimal = invoice.residual  # type: ignore[attr-defined]
    facts = Facts(
        due_on=invoice.due_on,
        private=invoice.buyer.get("kind") == Customer.Kind.PRIVATE,
        owed=claiming.owed_since(invoice.due_on, open_now=residual, payments=payments),
        sent=[Sent(Level(one.level), one.left_on, Channel(one.channel)) for one in reminders],
        due_dates_reminded=reminded,
    )
    terms = terms_of(policy) if policy else None
    plan = _plan(pause, residual) if pause is not None else Plan()
    due = deciding.due(facts, terms) if terms else None
    claim, refusal = _claim(facts, terms, due, on)
    return Standing(
        invoice=invoice, on=on, facts=facts, terms=terms, reminders=reminders, pause=pause, broken=plan.broken(on),
        promised=plan.next(on), due=due, claim=claim, refusal=refusal, channel=channel_of(invoice),
    )  # fmt: skip


def _plan(pause: ReminderPause, residual: Decimal) -> Plan:
    """Return the promises of a plan; what is no longer open of them was paid or credited."""
    promises = [Promise(one.due_on, one.amount) for one in pause.promises.all()]
    return Plan(promises, sum((one.amount for one in promises), ZERO) - residual)


def _claim(facts: Facts, terms: Terms | None, due: Due | None, on: date) -> tuple[Claim | None, Refused | None]:
    if terms is None or due is None:
        return None, None
    try:
        return deciding.claim(facts, terms, due.level, on=on), None
    except Refused as refused:
        return None, refused


def channel_of(invoice: Invoice) -> Channel:
    """Return how a reminder would leave: by e-mail where this installation sends it and an address is known, else by post."""
    address = invoice.customer.email if invoice.customer else ""
    return Channel.MAIL if address and settings.SENDS_MAIL else Channel.POST


def standing_of(invoice: Invoice, on: date) -> Standing | None:
    """Return how one invoice stands; None unless it is overdue."""
    return next(iter(standings(Invoice.objects.filter(pk=invoice.pk), on)), None)


def remindable(user: Any) -> QuerySet[Invoice]:
    """Return the invoices for which a user sends reminders: who sells, or validates, for the activity."""
    rights = visibility.reach(user, Subject.SALES, "w") | visibility.reach(user, Subject.SALES, "x")
    return Invoice.objects.filter(rights)


def papers_of(reminders: Iterable[Reminder]) -> Mapping[UUID, Document]:
    """Return the PDF of each of some reminders."""
    return documents.documents_of(DOCUMENT, [one.pk for one in reminders])


def waiting_to_post(user: Any) -> QuerySet[Reminder]:
    """Return the reminders whose e-mail could not be sent: somebody has to print and post them."""
    return Reminder.objects.filter(
        invoice__in=remindable(user).values("pk"), channel="mail", left_on__isnull=True, mail_attempts__gte=ATTEMPTS
    ).select_related("invoice__customer")


def cooperatives_of(user: Any, right: str) -> list[Cooperative]:
    """Return the cooperatives whose rules a user reads, or sets."""
    reached = visibility.access_of(user).cooperatives_with(Subject.POLICIES, right)
    return list(Cooperative.objects.filter(pk__in=reached).order_by("name"))
