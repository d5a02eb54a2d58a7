"""Questions about messages: how sending stands and what comes next, what waits in the inbox, the history."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from invoicing import structured
from invoicing.models import Invoice
from invoicing.peppol.models import Code, PeppolEvent, PeppolPolicy, Received, Transmission

State = Transmission.State
Pill = Literal["good", "warning", "bad", "info", "neutral", "draft"]

PILLS: dict[str, Pill] = {
    State.QUEUED: "info", State.IN_FLIGHT: "info", State.DELIVERED: "good", State.REFUSED: "bad", State.FAILED: "bad",
}  # fmt: skip
RECEIVED_PILLS: dict[str, Pill] = {
    Received.State.UNASSIGNED: "warning", Received.State.ASSIGNED: "info", Received.State.ACCEPTED: "good",
    Received.State.REFUSED: "neutral", Received.State.BY_HAND: "neutral", Received.State.DUPLICATE: "neutral",
    Received.State.UNREADABLE: "bad",
}  # fmt: skip
ANSWER_PILLS: dict[str, Pill] = {
    Code.RECEIVED: "info", Code.IN_PROCESS: "info", Code.QUESTION: "warning", Code.CONDITIONS: "warning",
    Code.REJECTED: "bad", Code.ACCEPTED: "good", Code.PAID: "good",
}  # fmt: skip


# --- what leaves ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sending:
    """How the sending of a document stands: a pill, what it says, and what comes next and who does it."""

    pill: Pill
    word: str
    sentence: str
    next: str
    row: Transmission | None = None

    @property
    def may_send_again(self) -> bool:
        """Whether a person can let it try again."""
        return self.row is not None and self.row.state == State.FAILED


def sending_of(invoice: Invoice) -> Sending | None:
    """Return how the sending of a document that the caller may see stands; None where nothing is to be said of it."""
    if not invoice.number or invoice.origin == Invoice.Origin.ELSEWHERE:
        return None
    row = Transmission.objects.select_related("lookup").filter(invoice=invoice).first()
    if row is not None:
        return standing(row)
    if not structured.addressable(invoice.buyer):
        return Sending(
            "neutral",
            _("not by Peppol"),
            _("This customer has no number by which Peppol finds them."),
            _("Send the link to the customer’s page, or the PDF."),
        )
    return None


def standing(row: Transmission) -> Sending:
    """Return how a message stands, in words."""
    sentence, after = _SAID[row.state](row)
    if row.answer:
        sentence = f"{sentence} {_('The customer’s last answer: %(answer)s.') % {'answer': row.get_answer_display()}}"
        after = _after_answer(row.answer) or after
        pill = ANSWER_PILLS[row.answer]
        return Sending(pill, row.get_answer_display(), sentence, after, row)
    return Sending(PILLS[row.state], row.get_state_display(), sentence, after, row)


def _queued(row: Transmission) -> tuple[str, str]:
    return (
        _("It waits to be sent by Peppol to %(receiver)s.") % {"receiver": row.recipient},
        _("It leaves by itself as soon as its file is made."),
    )


def _in_flight(row: Transmission) -> tuple[str, str]:
    if row.unanswered:
        return (
            _("The network did not answer; whether it took the message is not known."),
            _("It is asked again by itself at %(moment)s; nothing is sent twice.")
            % {"moment": formatting.moment(row.next_at)},
        )
    return _("It was sent by Peppol to %(receiver)s.") % {"receiver": row.recipient}, _(
        "The network says by itself when it has arrived."
    )


def _delivered(row: Transmission) -> tuple[str, str]:
    if row.network == "file":
        return _("Its file was written into the folder."), _("Whoever takes the files on sends it.")
    return (
        _("It was delivered by Peppol on %(moment)s.") % {"moment": formatting.moment(row.settled_at)},
        _("Nothing to do: the customer answers or pays."),
    )


def _refused(row: Transmission) -> tuple[str, str]:
    return (
        _("The network refused it: %(reason)s") % {"reason": row.reason or "–"},
        _("Credit it and make it anew; it keeps its number in the books."),
    )


def _failed(row: Transmission) -> tuple[str, str]:
    if row.failure == Transmission.Failure.NOT_FOUND and row.lookup is not None:
        asked = {"receiver": row.recipient, "moment": formatting.moment(row.lookup.asked_at)}
        return (
            _("The customer is not on Peppol: %(receiver)s was looked up on %(moment)s, and the answer is kept.")
            % asked,
            _("Send the link or the PDF by e-mail; try again when the customer has registered."),
        )
    return (
        _("It was not sent: %(reason)s") % {"reason": row.get_failure_display()},
        _("Try again: nothing is sent twice. If it fails again, tell the administrator."),
    )


_SAID: Mapping[str, Callable[[Transmission], tuple[str, str]]] = {
    State.QUEUED: _queued, State.IN_FLIGHT: _in_flight, State.DELIVERED: _delivered, State.REFUSED: _refused,
    State.FAILED: _failed,
}  # fmt: skip


def _after_answer(code: str) -> str:
    return {
        Code.QUESTION: _("Answer the customer’s question; it stands in the history."),
        Code.CONDITIONS: _("Read the conditions in the history, and agree with the customer."),
        Code.REJECTED: _("Read the reason in the history; credit the invoice, and make it anew where needed."),
        Code.PAID: _("Nothing to do: the customer has paid."),
    }.get(Code(code), "")


def events_of(invoice: Invoice) -> list[PeppolEvent]:
    """Return what happened to the message of a document that the caller may see."""
    return list(PeppolEvent.objects.filter(transmission__invoice=invoice).select_related("by").order_by("at", "pk"))


def sees_outbox(user: Any) -> bool:
    """Tell whether a user sees what a whole cooperative sends."""
    return bool(visibility.access_of(user).cooperatives_with(Subject.SALES, "r"))


def outbox(user: Any, *, state: str = "") -> QuerySet[Transmission]:
    """Return the documents sent that a user sees: first those that ask for somebody, then the newest."""
    rows: QuerySet[Transmission] = Transmission.objects.visible_to(user).select_related(
        "invoice__activity", "invoice__customer", "cooperative", "lookup"
    )
    rows = rows.filter(state=state) if state in State.values else rows
    return rows.order_by("-created_at")


# --- what comes in ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """How many messages wait for a user."""

    to_decide: int
    to_assign: int
    not_sent: int


def anybody_receives() -> bool:
    """Tell whether some cooperative has ever switched Peppol on."""
    return PeppolPolicy.objects.exists()


def decidable(user: Any) -> Q:
    """Return the filter of what a user may accept, or take as proposed to them."""
    mine = Q(state=Received.State.ASSIGNED) & visibility.reach(user, Subject.PURCHASES, "w", cooperative="")
    proposed = Q(state=Received.State.UNASSIGNED) & visibility.reach(
        user, Subject.PURCHASES, "w", activity="proposed", cooperative=""
    )
    return mine | proposed


def assignable(user: Any) -> Q:
    """Return the filter of what a user is to assign."""
    return Q(state=Received.State.UNASSIGNED) & visibility.reach(user, Subject.PURCHASES, "w", activity="")


def counts(user: Any) -> Counts:
    """Return how many messages wait for a user, in three queries at most."""
    access = visibility.access_of(user)
    writes = access.activities_with(Subject.PURCHASES, "w") or access.cooperatives_with(Subject.PURCHASES, "w")
    sells = access.activities_with(Subject.SALES, "w") or access.cooperatives_with(Subject.SALES, "w")
    failed = visibility.reach(user, Subject.SALES, "w", activity="invoice__activity", cooperative="cooperative")
    return Counts(
        Received.objects.filter(decidable(user)).count() if writes else 0,
        Received.objects.filter(assignable(user)).count() if writes else 0,
        Transmission.objects.filter(failed, state__in=[State.FAILED, State.REFUSED], invoice__isnull=False).count()
        if sells
        else 0,
    )


@dataclass(frozen=True)
class Inbox:
    """What a user's inbox shows: what waits for them, what waits for others, what is set aside, what is done."""

    to_decide: Sequence[Received]
    to_assign: Sequence[Received]
    waiting: Sequence[Received]
    aside: Sequence[Received]
    done: QuerySet[Received]


def inbox(user: Any) -> Inbox:
    """Return the messages that a user sees, by what is to be done with them."""
    rows = (
        Received.objects.visible_to(user)
        .select_related("activity", "proposed", "cooperative", "supplier_invoice")
        .order_by("-received_at")
    )
    to_decide = list(rows.filter(decidable(user))[:200])
    seen = [row.pk for row in to_decide]
    to_assign = list(rows.filter(assignable(user)).exclude(pk__in=seen)[:200])
    open_states = [Received.State.ASSIGNED, Received.State.UNASSIGNED]
    others = rows.filter(state__in=open_states).exclude(pk__in=[*seen, *(row.pk for row in to_assign)])
    return Inbox(
        to_decide, to_assign, list(others[:200]),
        list(rows.filter(state__in=[Received.State.UNREADABLE, Received.State.DUPLICATE])[:200]),
        rows.filter(state__in=[Received.State.ACCEPTED, Received.State.REFUSED, Received.State.BY_HAND]),
    )  # fmt: skip


def history_of(row: Received) -> list[PeppolEvent]:
    """Return what happened to a message that the caller may see."""
    return list(row.events.select_related("by").order_by("at", "pk"))


def activities_of(row: Received) -> QuerySet[Activity]:
    """Return the activities to which a message can be assigned."""
    return (
        Activity.objects.filter(cooperative=row.cooperative_id, closed_on__isnull=True)
        .exclude(kind=Activity.Kind.FUND)
        .order_by("code")
    )
