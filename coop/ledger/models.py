"""The books: one append-only double-entry journal per cooperative. Amounts are EUR, one signed column, debit positive."""

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from coop.access import visibility
from coop.access.predicates import Subject
from coop.dated import Dated, DatedQuerySet, no_overlap, range_is_ordered
from coop.entities.models import AMOUNT, Activity, Cooperative, FiscalYear, Party, Period
from coop.guards import Guard

APPEND_ONLY = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="no_truncate",
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        func="RAISE EXCEPTION 'the books are append-only: TRUNCATE refused'"
        " USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';",
    ),
]


class Account(models.Model):
    """An account of a cooperative's chart, with the role that posting schemes name."""

    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="accounts")
    number = models.CharField(_("number"), max_length=10)
    role = models.CharField(max_length=40, blank=True, help_text="what posting schemes call it")
    name_fr = models.CharField(max_length=120)
    name_nl = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    is_vat = models.BooleanField(default=False, help_text="VAT never belongs to an activity")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "number"], name="account_number_unique"),
            models.UniqueConstraint(fields=["cooperative", "id"], name="account_of_cooperative"),
            models.UniqueConstraint(fields=["cooperative", "role"], condition=~Q(role=""), name="account_role_unique"),
        ]

    def __str__(self) -> str:
        names = {"fr": self.name_fr, "nl": self.name_nl}
        return f"{self.number} {names.get((translation.get_language() or 'en')[:2], self.name_en)}"


class Journal(models.Model):
    """A day book: VEN sales, NCV credit notes, ACH purchases, NDF claims, SAL pay, AN analytic, OD, RAN, CLO, banks."""

    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="journals")
    code = models.CharField(_("code"), max_length=6)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "code"], name="journal_code_unique"),
            models.UniqueConstraint(fields=["cooperative", "id"], name="journal_of_cooperative"),
        ]

    def __str__(self) -> str:
        return self.code


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries of the books."""

    def visible_to(self, user: Any) -> "EntryQuerySet":
        """Keep the entries that touch an activity, or belong to a cooperative, whose ledger the user reads."""
        access = visibility.access_of(user)
        own = Line.objects.filter(activity__in=access.activities_with(Subject.LEDGER, "r")).values("entry")
        return self.filter(Q(pk__in=own) | Q(cooperative__in=access.cooperatives_with(Subject.LEDGER, "r")))


class Entry(models.Model):
    """A posted entry. It never changes; a correction is a new entry."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="entries")
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, db_constraint=False, related_name="entries")
    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="entries")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, db_constraint=False, related_name="entries")
    number = models.PositiveIntegerField()
    date = models.DateField()
    text = models.CharField(max_length=200)
    source = models.CharField(max_length=60, help_text="what was posted, for example invoicing.invoice.issued")
    source_key = models.CharField(max_length=80, help_text="the object, and its version where there are several")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    posted_at = models.DateTimeField(help_text="set by the database")
    created_in = models.BigIntegerField(help_text="transaction, set by the database")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "source", "source_key"], name="entry_posted_once"),
            models.UniqueConstraint(fields=["journal", "fiscal_year", "number"], name="entry_number_unique"),
            models.UniqueConstraint(fields=["id", "cooperative", "date"], name="entry_key_of_lines"),
        ]
        indexes = [models.Index(fields=["cooperative", "date"], name="entry_by_date")]
        triggers = [
            *APPEND_ONLY,
            Guard(name="stamp_and_locks", operation=pgtrigger.Insert, function="guard_entry_insert"),
            Guard(
                name="complete",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                function="guard_entry_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.number} {self.text}"


class OpenItemQuerySet(models.QuerySet["OpenItem"]):
    """Receivables and debts."""

    def visible_to(self, user: Any) -> "OpenItemQuerySet":
        """Keep the items of the activities and cooperatives whose ledger the user reads."""
        return self.filter(visibility.reach(user, Subject.LEDGER))


class OpenItem(models.Model):
    """A receivable or a debt that lines settle: an issued invoice, a supplier invoice, a claim, a net pay.

    Its id is the document's id. ``net`` and ``gross`` are EUR excluding and including VAT, positive for what the kind
    expects (a receivable of a customer, a debt to a supplier), negative for a credit note. A credit note ``settles`` an
    invoice: its lines carry the invoice as their item, so that the residual of the invoice counts it. ``terms`` are the
    fee and fund frozen on the document, in the form that ``coop.entities.fees`` writes (negative on a credit note).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="open_items")
    role = models.CharField(
        max_length=40, help_text="role of the account: customers, suppliers, member_claims, net_pay"
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, db_constraint=False, related_name="open_items")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+")
    settles = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="credits",
        help_text="the invoice that a credit note settles",
    )
    source = models.CharField(max_length=60)
    reference = models.CharField(max_length=60, help_text="what people call it: number of the invoice, …")
    issued_on = models.DateField()
    due_on = models.DateField(null=True)
    net = models.DecimalField(**AMOUNT)
    gross = models.DecimalField(**AMOUNT)
    structured_communication = models.CharField(max_length=12, blank=True, help_text="12 digits")
    terms = models.JSONField(default=dict)

    objects = OpenItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "id"], name="open_item_of_cooperative"),
            models.UniqueConstraint(
                fields=["structured_communication"],
                condition=~Q(structured_communication=""),
                name="open_item_communication_unique",
            ),
        ]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return self.reference


class LineQuerySet(models.QuerySet["Line"]):
    """Lines of the books."""

    def visible_to(self, user: Any) -> "LineQuerySet":
        """Keep the lines of the activities, and of the cooperatives, whose ledger the user reads."""
        return self.filter(visibility.reach(user, Subject.LEDGER))


class Line(models.Model):
    """A line of an entry: an amount (EUR, debit positive) on an account, with its analytic axis and its VAT tag."""

    class VatPart(models.TextChoices):
        BASE = "base", _("base")
        TAX = "tax", _("tax")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_constraint=False, related_name="lines")
    position = models.PositiveSmallIntegerField()
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_constraint=False, related_name="lines")
    amount = models.DecimalField(**AMOUNT)
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="lines"
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+")
    item = models.ForeignKey(OpenItem, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="lines")
    vat_code = models.CharField(max_length=20, blank=True)
    vat_part = models.CharField(max_length=4, choices=VatPart, blank=True)
    vat_grid = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    foreign_amount = models.DecimalField(**AMOUNT, null=True)

    objects = LineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="line_not_zero"),
            models.UniqueConstraint(fields=["entry", "position"], name="line_position_unique"),
            models.CheckConstraint(
                condition=Q(vat_code="", vat_part="", vat_grid="") | ~Q(vat_code="") & ~Q(vat_part=""),
                name="line_vat_tag_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["activity", "date"], include=["account", "amount"], name="line_by_activity"),
            models.Index(fields=["cooperative", "date"], include=["account", "amount"], name="line_by_cooperative"),
            models.Index(
                fields=["item"],
                include=["account", "amount", "date"],
                name="line_by_item",
                condition=Q(item__isnull=False),
            ),
        ]
        triggers = [
            *APPEND_ONLY,
            Guard(name="rules", operation=pgtrigger.Insert, function="guard_line_insert"),
            Guard(
                name="balance",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                function="guard_line_balance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.amount}"


class ChainHead(models.Model):
    """The last hash of a cooperative's chain."""

    cooperative = models.OneToOneField(
        Cooperative, on_delete=models.PROTECT, primary_key=True, related_name="chain_head"
    )
    position = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        triggers = [
            Guard(
                name="only_forward", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_chain_head_forward"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.hash}"


class ChainRecord(models.Model):
    """A link of the chain: an entry, or a stored document, sealed with the hash of the link before it."""

    class Kind(models.TextChoices):
        ENTRY = "entry", _("entry")
        DOCUMENT = "document", _("document")

    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="chain_record")
    document = models.UUIDField(null=True, unique=True)
    content = models.CharField(
        max_length=64, help_text="SHA-256 of the canonical form, or of the bytes of the document"
    )
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField(default=1)
    files = models.JSONField(default=list, help_text="SHA-256 of the files that were present when the entry was posted")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "position"], name="chain_position_unique"),
            models.CheckConstraint(
                condition=Q(kind="entry", entry__isnull=False, document__isnull=True)
                | Q(kind="document", entry__isnull=True, document__isnull=False),
                name="chain_record_subject",
            ),
        ]
        triggers = [
            *APPEND_ONLY,
            Guard(name="follows", operation=pgtrigger.Insert, function="guard_chain_follows"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.kind}"


class Reservation(models.Model):
    """Money of an activity that is promised and not yet posted; EUR.

    ``contract_cost`` and ``free_before`` are what was true under the lock when it was made. An order, payout, expense
    or purchase never takes more than the greater of the two. An ``advance`` is a structural reduction given before its
    quarter is settled, which the free balance leaves out.
    """

    class Kind(models.TextChoices):
        ORDER = "order", _("salary order")
        PAYOUT = "payout", _("payout")
        EXPENSE = "expense", _("expense note")
        PURCHASE = "purchase", _("purchase")
        ADVANCE = "advance", _("structural reduction, not yet settled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="reservations")
    kind = models.CharField(max_length=10, choices=Kind)
    source = models.CharField(max_length=60)
    source_key = models.CharField(max_length=80)
    text = models.CharField(max_length=200)
    amount = models.DecimalField(**AMOUNT)
    contract_cost = models.DecimalField(**AMOUNT)
    free_before = models.DecimalField(**AMOUNT)
    made_on = models.DateField()
    released_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "source", "source_key"],
                condition=Q(released_on__isnull=True),
                name="reservation_unique",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0) | Q(kind="advance"), name="reservation_not_negative"),
            models.CheckConstraint(
                condition=Q(amount__lte=models.functions.Greatest(models.F("contract_cost"), models.F("free_before")))
                | Q(kind="advance"),
                name="reservation_within_free",
            ),
        ]
        indexes = [models.Index(fields=["activity", "released_on"], name="reservation_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class ReserveTarget(Dated):
    """What an activity keeps back from a day on, in EUR: worked out by policy from its employer cost, or fixed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="reserve_targets")
    amount = models.DecimalField(**AMOUNT)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("reserve_target_ordered"),
            no_overlap("reserve_target_no_overlap", "activity"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="reserve_target_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} from {self.valid_from}"
