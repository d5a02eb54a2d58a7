"""Messages to and from Peppol: what leaves, what comes in, what was asked of the network, and what happened when."""

import uuid
from collections.abc import Mapping, Set
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coop.access import visibility
from coop.access.predicates import Subject
from coop.dated import Dated, DatedQuerySet, no_overlap, range_is_ordered
from coop.documents.models import Document
from coop.entities.models import AMOUNT, Activity, Cooperative
from coop.guards import Guard
from invoicing.purchases.models import SupplierInvoice


class Network(models.TextChoices):
    """By what a cooperative sends and receives."""

    FILE = "file", _("a folder of files")
    LOOPBACK = "loopback", _("loopback: only the cooperatives of this installation")


class MessageType(models.TextChoices):
    """What a message carries."""

    INVOICE = "invoice", _("invoice")
    CREDIT_NOTE = "credit_note", _("credit note")
    RESPONSE = "response", _("answer to an invoice")
    UNKNOWN = "unknown", _("something else")


class Code(models.TextChoices):
    """The codes of an Invoice Response (Peppol BIS 63, a part of UNCL 4343)."""

    RECEIVED = "AB", _("message received")
    IN_PROCESS = "IP", _("in process")
    QUESTION = "UQ", _("question: an answer is awaited")
    CONDITIONS = "CA", _("accepted under conditions")
    REJECTED = "RE", _("rejected")
    ACCEPTED = "AP", _("accepted")
    PAID = "PD", _("paid")


def _append_only() -> Guard:
    return Guard(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_append_only")


@pghistory.track()
class PeppolPolicy(Dated):
    """By what a cooperative sends and receives from a day on; without one, nothing leaves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="peppol_policies")
    network = models.CharField(_("sends and receives by"), max_length=10, choices=Network)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("peppol_policy_ordered"),
            no_overlap("peppol_policy_no_overlap", "cooperative"),
        ]

    def __str__(self) -> str:
        return f"{self.network} from {self.valid_from}"


class Lookup(models.Model):
    """What the network answered when it was asked whether somebody can be reached: the proof. It never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.CharField(max_length=10, choices=Network)
    participant = models.CharField(max_length=60, help_text="scheme and number: 0208:0123456749")
    message_type = models.CharField(max_length=12, choices=MessageType)
    found = models.BooleanField()
    answer = models.TextField(help_text="as it came")
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["network", "participant", "message_type", "-asked_at"], name="lookup_newest")]
        triggers = [_append_only()]

    def __str__(self) -> str:
        return f"{self.participant} {self.found}"


# --- what comes in ----------------------------------------------------------------------------------------------------


class ReceivedQuerySet(models.QuerySet["Received"]):
    """Messages that came in."""

    def visible_to(self, user: Any) -> "ReceivedQuerySet":
        """Keep those of the activities and cooperatives whose purchases the user reads, and those proposed to them."""
        return self.filter(
            visibility.reach(user, Subject.PURCHASES)
            | Q(state=Received.State.UNASSIGNED)
            & visibility.reach(user, Subject.PURCHASES, activity="proposed", cooperative="")
        )


class Received(models.Model):
    """An invoice or credit note that came in, as it came. What could not be read, lies or came twice is kept, never booked.

    ``supplier_invoice`` is what became of it once its activity has accepted it. The figures are those of the file, as
    they are shown; nothing is booked from them without being checked again.
    """

    class State(models.TextChoices):
        UNASSIGNED = "unassigned", _("to assign")
        ASSIGNED = "assigned", _("to look at")
        ACCEPTED = "accepted", pgettext_lazy("invoice received", "accepted")
        REFUSED = "refused", pgettext_lazy("invoice received", "refused")
        BY_HAND = "by_hand", _("booked by hand")
        DUPLICATE = "duplicate", _("came twice")
        UNREADABLE = "unreadable", _("cannot be read")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="peppol_received")
    network = models.CharField(max_length=10, choices=Network)
    message_id = models.CharField(max_length=120)
    sender = models.CharField(max_length=60, help_text="participant that the network names")
    message_type = models.CharField(max_length=12, choices=MessageType)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=10, choices=State)
    fault = models.TextField(blank=True, help_text="why it cannot be read")
    findings = models.JSONField(default=list, help_text="what our check says: severity and sentence")
    obstacles = models.JSONField(default=list, help_text="why it is not booked from here: codes of judging.OBSTACLES")
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    seller_name = models.CharField(max_length=120, blank=True)
    seller_vat_number = models.CharField(max_length=20, blank=True)
    seller_participant = models.CharField(max_length=60, blank=True)
    number = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    dated_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    net = models.DecimalField(**AMOUNT, null=True)
    vat = models.DecimalField(**AMOUNT, null=True)
    gross = models.DecimalField(**AMOUNT, null=True)

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, related_name="peppol_received")
    proposed = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, related_name="+")
    evidence = models.CharField(max_length=20, blank=True, help_text="code of routing.Evidence")
    evidence_text = models.CharField(max_length=120, blank=True)
    supplier_invoice = models.OneToOneField(
        SupplierInvoice, on_delete=models.PROTECT, null=True, related_name="peppol_received"
    )
    reason = models.CharField(max_length=300, blank=True)

    objects = ReceivedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "network", "message_id"], name="peppol_received_once"),
            models.CheckConstraint(
                name="peppol_received_booked_by_activity",
                condition=Q(state="accepted", activity__isnull=False, supplier_invoice__isnull=False)
                | ~Q(state="accepted"),
            ),
            models.CheckConstraint(
                name="peppol_received_assigned",
                condition=~Q(state="assigned") | Q(activity__isnull=False),
            ),
            models.CheckConstraint(
                name="peppol_received_never_booked",
                condition=~Q(state__in=["duplicate", "unreadable"]) | Q(supplier_invoice__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["cooperative", "state"], name="peppol_received_by_state"),
            models.Index(fields=["activity", "state"], name="peppol_received_by_activity"),
            models.Index(fields=["cooperative", "number"], name="peppol_received_by_number"),
        ]
        triggers = [
            Guard(name="as_it_came", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_peppol_received")
        ]

    def __str__(self) -> str:
        return f"{self.seller_name or self.sender} {self.number}".strip()


MOVES: Mapping[str, Set[str]] = {
    Received.State.UNASSIGNED: {Received.State.ASSIGNED, Received.State.REFUSED, Received.State.BY_HAND},
    Received.State.ASSIGNED: {
        Received.State.UNASSIGNED, Received.State.ACCEPTED, Received.State.REFUSED, Received.State.BY_HAND,
    },
    Received.State.ACCEPTED: {Received.State.REFUSED},
    Received.State.UNREADABLE: {Received.State.BY_HAND},
}  # fmt: skip


# --- what leaves ------------------------------------------------------------------------------------------------------


class TransmissionQuerySet(models.QuerySet["Transmission"]):
    """Messages that leave."""

    def visible_to(self, user: Any) -> "TransmissionQuerySet":
        """Keep the documents of the activities and cooperatives whose sales the user reads."""
        return self.filter(visibility.reach(user, Subject.SALES, activity="invoice__activity"), invoice__isnull=False)


class Transmission(models.Model):
    """A message that leaves: an issued document, at most once, or an answer to an invoice received, once per code.

    Its id is the id of the message on the network, so that sending again is the same message. A message that may have
    left is asked about before it is sent again.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waits to be sent")
        IN_FLIGHT = "in_flight", _("on its way")
        DELIVERED = "delivered", _("delivered")
        REFUSED = "refused", pgettext_lazy("message", "refused by the network")
        FAILED = "failed", pgettext_lazy("message", "not sent")

    class Failure(models.TextChoices):
        NOT_FOUND = "not_found", _("The receiver is not on Peppol.")
        NO_ANSWER = "no_answer", _("The network did not answer.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="peppol_transmissions")
    network = models.CharField(max_length=10, choices=Network)
    invoice = models.OneToOneField("Invoice", on_delete=models.PROTECT, null=True, related_name="transmission")
    received = models.ForeignKey(Received, on_delete=models.PROTECT, null=True, related_name="answers")
    code = models.CharField(max_length=2, choices=Code, blank=True)
    content = models.TextField(blank=True, help_text="of an answer; a document is read from its file")
    message_type = models.CharField(max_length=12, choices=MessageType)
    sender = models.CharField(max_length=60)
    recipient = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    failure = models.CharField(max_length=10, choices=Failure, blank=True)
    reason = models.TextField(blank=True, help_text="what the network said")
    lookup = models.ForeignKey(Lookup, on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveIntegerField(default=0, help_text="how often it was or may have been sent or asked about")
    unanswered = models.PositiveSmallIntegerField(default=0, help_text="attempts in a row without an answer")
    lease_until = models.DateTimeField(null=True, help_text="a worker is sending it until then")
    next_at = models.DateTimeField(help_text="not tried before")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=2, choices=Code, blank=True, help_text="the customer's last")

    objects = TransmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="peppol_transmission_of_one_thing",
                condition=Q(invoice__isnull=False, received__isnull=True, code="")
                | (Q(invoice__isnull=True, received__isnull=False, message_type="response") & ~Q(code="")),
            ),
            models.UniqueConstraint(
                fields=["received", "code"], condition=Q(received__isnull=False), name="peppol_answer_once"
            ),
            models.CheckConstraint(
                name="peppol_transmission_settled",
                condition=Q(state__in=["queued", "in_flight"], settled_at__isnull=True, failure="")
                | (Q(state="failed", settled_at__isnull=False) & ~Q(failure=""))
                | Q(state__in=["delivered", "refused"], settled_at__isnull=False, failure=""),
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state__in=["queued", "in_flight"]), name="peppol_to_send"),
            models.Index(fields=["cooperative", "state"], name="peppol_transmission_by_state"),
        ]
        triggers = [
            Guard(
                name="one_message", operation=pgtrigger.Update | pgtrigger.Delete,
                function="guard_peppol_transmission",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.message_type} {self.state}"


SENDING: Mapping[str, Set[str]] = {
    Transmission.State.QUEUED: {
        Transmission.State.IN_FLIGHT, Transmission.State.DELIVERED, Transmission.State.REFUSED, Transmission.State.FAILED,
    },
    Transmission.State.IN_FLIGHT: {
        Transmission.State.DELIVERED, Transmission.State.REFUSED, Transmission.State.FAILED,
    },
    Transmission.State.FAILED: {Transmission.State.QUEUED},
}  # fmt: skip


class PeppolEvent(models.Model):
    """What happened to a message, when, by whom: rows of the history of the invoice that left or came in."""

    class Kind(models.TextChoices):
        QUEUED = "queued", _("Waits to be sent by Peppol")
        IN_FLIGHT = "in_flight", _("Sent by Peppol")
        DELIVERED = "delivered", _("Delivered by Peppol")
        REFUSED = "refused", _("Refused by the Peppol network")
        FAILED = "failed", _("Not sent by Peppol")
        ANSWERED = "answered", _("The customer answered")
        CAME = "came", _("Received by Peppol")
        CAME_TWICE = "came_twice", _("Received a second time")
        ASSIGNED = "assigned", _("Assigned")
        PROPOSED = "proposed", _("Proposed")
        RELEASED = "released", _("Given back to be assigned")
        ACCEPTED = "accepted", _("Accepted for the activity")
        BOOKED = "booked", _("Approved and booked")
        DECLINED = "declined", _("Refused by who approves costs")
        REJECTED = "rejected", _("Refused to the supplier")
        BY_HAND = "by_hand", _("Booked by hand")
        ANSWER_SENT = "answer_sent", _("Answer to the supplier")
        ANSWER_DELIVERED = "answer_delivered", _("The supplier has the answer")
        ANSWER_FAILED = "answer_failed", _("The answer did not reach the supplier")

    id = models.BigAutoField(primary_key=True)
    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, null=True, related_name="events")
    received = models.ForeignKey(Received, on_delete=models.PROTECT, null=True, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    code = models.CharField(max_length=2, choices=Code, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", help_text="empty: by itself"
    )
    comment = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="peppol_event_of_one_thing",
                condition=Q(transmission__isnull=False, received__isnull=True)
                | Q(transmission__isnull=True, received__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["transmission", "at"], name="peppol_event_of_sent"),
            models.Index(fields=["received", "at"], name="peppol_event_of_received"),
        ]
        triggers = [_append_only()]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class CustomerAnswer(models.Model):
    """An answer to a document of ours, as it came (Peppol BIS 63). It never changes; one that comes twice is kept once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="+")
    network = models.CharField(max_length=10, choices=Network)
    message_id = models.CharField(max_length=120)
    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, related_name="customer_answers")
    code = models.CharField(max_length=2, choices=Code)
    reason = models.TextField(blank=True)
    content = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "network", "message_id"], name="peppol_answer_received_once")
        ]
        triggers = [_append_only()]

    def __str__(self) -> str:
        return f"{self.code} {self.received_at:%Y-%m-%d}"


# --- the network inside this installation ------------------------------------------------------------------------------


class LoopbackMessage(models.Model):
    """A message inside the loopback network, which plays a gateway: it knows nothing of the rest of the product."""

    id = models.BigAutoField(primary_key=True)
    message_id = models.CharField(max_length=120, unique=True)
    sender = models.CharField(max_length=60)
    recipient = models.CharField(max_length=60)
    message_type = models.CharField(max_length=12, choices=MessageType)
    content = models.BinaryField()
    sent_at = models.DateTimeField()
    deliver_at = models.DateTimeField()
    refusal = models.TextField(blank=True)
    times_sent = models.PositiveSmallIntegerField(default=0, help_text="more than once is a fault of the sender")
    copies_left = models.PositiveSmallIntegerField(default=1, help_text="how often it is still handed over")

    class Meta:
        indexes = [
            models.Index(fields=["recipient"], condition=Q(copies_left__gt=0), name="loopback_to_fetch"),
        ]

    def __str__(self) -> str:
        return self.message_id


class LoopbackScript(models.Model):
    """How the loopback network behaves at the next messages to a participant: for tests and demonstrations."""

    class Behaviour(models.TextChoices):
        TIME_OUT_BEFORE = "time_out_before", _("times out; the message is lost")
        TIME_OUT_AFTER = "time_out_after", _("times out; the message has left all the same")
        REFUSE = "refuse", _("refuses the message")
        DELAY = "delay", _("delivers late")
        HANG = "hang", _("takes the message and does not answer")
        TWICE = "twice", _("hands the message over twice")
        DOUBLE = "double", _("hands the message over a second time under another id")

    id = models.BigAutoField(primary_key=True)
    recipient = models.CharField(max_length=60, blank=True, help_text="empty: any")
    behaviour = models.CharField(max_length=20, choices=Behaviour)
    seconds = models.PositiveIntegerField(default=0)
    text = models.CharField(max_length=200, blank=True)
    times_left = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.behaviour} {self.times_left}"
