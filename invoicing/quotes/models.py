"""Quotes: what is offered to a customer until a day, what the customer answered, and what was charged on it. EUR."""

import uuid
from collections.abc import Mapping, Set
from datetime import date
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coop.access import visibility
from coop.access.crypto import EncryptedField
from coop.access.predicates import Subject
from coop.entities.models import AMOUNT, Activity, Cooperative, Language
from coop.guards import Guard, frozen
from invoicing.lines import KeptLine
from invoicing.models import Customer, Invoice


class QuoteQuerySet(models.QuerySet["Quote"]):
    """Quotes."""

    def visible_to(self, user: Any) -> "QuoteQuerySet":
        """Keep the quotes of the activities and cooperatives whose sales the user reads."""
        return self.filter(visibility.reach(user, Subject.SALES))


class Quote(models.Model):
    """An offer to a customer. A draft may be incomplete; once sent it changes in nothing but its state and its answer.

    ``net``, ``vat`` and ``gross`` are EUR. A quote is in no books. That it has expired follows from ``valid_until``, that it
    is charged from its invoices; neither is kept here.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENT = "sent", _("sent")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="quotes")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="quotes")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="quotes")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    number = models.CharField(_("number"), max_length=40, blank=True)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text="the last day on which it can be accepted"
    )
    reference = models.CharField(_("customer’s reference"), max_length=60, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    net = models.DecimalField(_("excluding VAT"), **AMOUNT, default=0)
    vat = models.DecimalField(_("VAT"), **AMOUNT, default=0)
    gross = models.DecimalField(_("including VAT"), **AMOUNT, default=0)
    unread = models.JSONField(default=dict, help_text="what was typed in a draft and could not be read, by field")
    version = models.PositiveIntegerField(default=1, help_text="counts the changes, so that none is overwritten unseen")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    sent_on = models.DateField(_("date"), null=True, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=2, choices=Language, blank=True)
    seller = models.JSONField(default=dict)
    buyer = models.JSONField(default=dict)
    breakdown = models.JSONField(default=list, help_text="base and VAT per category and rate")
    mentions = models.JSONField(default=list)

    answered_at = models.DateTimeField(null=True)
    answered_name = models.CharField(_("name"), max_length=120, blank=True, help_text="who answered for the customer")
    answered_from = models.GenericIPAddressField(null=True, help_text="address of the browser that answered")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        help_text="who recorded the answer on the customer’s behalf; empty: the customer’s page",
    )  # fmt: skip
    answer_note = models.CharField(_("reason"), max_length=500, blank=True)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quote_number_when_sent",
                condition=Q(state="draft", number="", sent_on__isnull=True)
                | (~Q(state="draft") & ~Q(number="") & Q(sent_on__isnull=False, valid_until__gte=F("sent_on"))),
            ),
            models.CheckConstraint(
                name="quote_answered_by_somebody",
                condition=(Q(state__in=["accepted", "refused"], answered_at__isnull=False) & ~Q(answered_name=""))
                | Q(state__in=["draft", "sent", "withdrawn"], answered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="quote_signed_from_somewhere",
                condition=Q(answered_at__isnull=True) | Q(answered_from__isnull=False) | Q(answered_by__isnull=False),
            ),
            models.CheckConstraint(name="quote_totals_add_up", condition=Q(gross=F("net") + F("vat"))),
            models.UniqueConstraint(
                fields=["cooperative", "number"], condition=~Q(number=""), name="quote_number_unique"
            ),
        ]
        indexes = [models.Index(fields=["activity", "-created_at"], name="quote_by_activity")]
        triggers = [
            frozen(
                "offered", state="state", states=["sent"],
                but=["state", "answered_at", "answered_name", "answered_from", "answered_by_id", "answer_note"],
            ),
            frozen("ended", state="state", states=["accepted", "refused", "withdrawn"], but=[]),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number or str(_("draft"))

    def expired(self, on: date) -> bool:
        """Tell whether it was sent, not answered, and can no longer be accepted on a day."""
        return self.state == Quote.State.SENT and self.valid_until is not None and self.valid_until < on


TRANSITIONS: Mapping[str, Set[str]] = {
    Quote.State.DRAFT: {Quote.State.SENT},
    Quote.State.SENT: {Quote.State.ACCEPTED, Quote.State.REFUSED, Quote.State.WITHDRAWN},
}


class QuoteLine(KeptLine):
    """A line of a quote; its VAT is the one of the day on which the quote was sent."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    operation = models.CharField(_("VAT"), max_length=20, blank=True, help_text="frozen when sent")
    category = models.CharField(max_length=2, blank=True, help_text="of the VAT, frozen when sent")
    rate = models.DecimalField(max_digits=5, decimal_places=4, null=True, help_text="of the VAT, frozen when sent")

    class Meta(KeptLine.Meta):
        constraints = [
            *KeptLine.Meta.constraints,
            models.UniqueConstraint(fields=["quote", "position"], name="quote_line_position_unique"),
        ]
        triggers = [
            Guard(
                name="of_a_draft",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                function="guard_part_of_quote",
            )
        ]


class Instalment(models.Model):
    """A deposit that the quote announces: a share of the whole, asked for when its moment comes. The final invoice takes the rest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="instalments")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(_("when"), max_length=120)
    percent = models.DecimalField(_("share (%)"), max_digits=7, decimal_places=4)
    planned_on = models.DateField(_("planned on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quote", "position"], name="instalment_position_unique"),
            models.CheckConstraint(condition=Q(percent__gt=0) & Q(percent__lte=100), name="instalment_share"),
        ]
        triggers = [
            Guard(
                name="of_a_draft",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                function="guard_part_of_quote",
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.label}"


class QuoteInvoice(models.Model):
    """An invoice made from an accepted quote: the whole, a deposit, or the final one. A draft that is discarded takes it along.

    ``above_reason`` says why more than the quote is charged; without it, such an invoice is not issued.
    """

    class Part(models.TextChoices):
        WHOLE = "whole", _("the whole")
        DEPOSIT = "deposit", _("deposit")
        FINAL = "final", _("final invoice")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="charges")
    invoice = models.OneToOneField(Invoice, on_delete=models.CASCADE, related_name="quoted")
    part = models.CharField(_("part"), max_length=8, choices=Part)
    instalment = models.OneToOneField(Instalment, on_delete=models.PROTECT, null=True, related_name="charge")
    takes_off = models.JSONField(
        default=list, help_text="of a final invoice: id, number, date and net amount of each invoice that it takes off"
    )
    above_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(instalment__isnull=True) | Q(part="deposit"), name="quote_invoice_instalment_is_deposit"
            )
        ]
        indexes = [models.Index(fields=["quote", "created_at"], name="quote_invoice_in_order")]

    def __str__(self) -> str:
        return f"{self.part} {self.invoice_id}"


class QuoteEvent(models.Model):
    """What happened to a quote, when, by whom: the rows of its history. They never change."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Drafted")
        SENT = "sent", _("Sent")
        SHARED = "shared", _("Link made for the customer")
        MAILED = "mailed", _("Sent to the customer by e-mail")
        OPENED = "opened", _("Opened through the customer’s link")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CHARGED = "charged", _("Invoice drafted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        help_text="empty: the customer, or by itself",
    )  # fmt: skip
    comment = models.TextField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(kind__in=["shared", "mailed", "opened", "accepted", "refused"]),
                name="quote_event_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["quote", "at"], name="quote_event_in_order")]
        triggers = [
            Guard(name="of_the_past", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_quote_event")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class QuoteLinkQuerySet(models.QuerySet["QuoteLink"]):
    """Links of customers to quotes."""

    def visible_to(self, user: Any) -> "QuoteLinkQuerySet":
        """Keep the links of the quotes that the user reads."""
        return self.filter(
            visibility.reach(user, Subject.SALES, activity="quote__activity", cooperative="quote__cooperative")
        )


class QuoteLink(models.Model):
    """An unguessable address of one sent quote, until a day or until it is withdrawn; as a document's ``CustomerLink``.

    ``secret`` (256 random bits) is the address; the database holds it encrypted, and its SHA-256 to find it by. A mail to
    ``mail_to`` is wanted from ``mail_wanted_at`` on, and sent at ``mailed_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="links")
    secret = EncryptedField()
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret")
    expires_on = models.DateField(help_text="after it the link shows nothing any more")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True, help_text="first")
    opened_last_at = models.DateTimeField(null=True)
    mail_to = models.EmailField(blank=True)
    mail_wanted_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_next_at = models.DateTimeField(null=True, help_text="not tried before")
    mailed_at = models.DateTimeField(null=True)

    objects = QuoteLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mail_wanted_at__isnull=True, mailed_at__isnull=True)
                | Q(mail_wanted_at__isnull=False) & ~Q(mail_to=""),
                name="quote_link_mail_has_address",
            )
        ]
        indexes = [
            models.Index(
                fields=["mail_wanted_at"],
                condition=Q(mail_wanted_at__isnull=False, mailed_at__isnull=True),
                name="quote_link_to_mail",
            )
        ]
        triggers = [
            Guard(name="of_its_quote", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_quote_link")
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} until {self.expires_on}"
