"""Customers, and what is sold to them: invoices and credit notes. Amounts are EUR."""

import uuid
from collections.abc import Mapping, Set
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from coop.access import visibility
from coop.access.predicates import Subject
from coop.dated import Dated, DatedQuerySet, no_overlap, range_is_ordered
from coop.entities.models import Activity, Cooperative, Language, Party
from coop.guards import Guard, frozen


def _money(label: Any, *, decimals: int = 2, **options: Any) -> Any:
    """Return a field of money whose currency stands in the row's column ``currency``."""
    return MoneyField(  # type: ignore[no-untyped-call]
        label, max_digits=14 + decimals - 2, decimal_places=decimals, default_currency="EUR", currency_field_name="currency",
        **options,
    )  # fmt: skip


def _in_euro(name: str) -> models.CheckConstraint:
    """Return the constraint that a row holds euros: documents in other currencies are not issued yet."""
    return models.CheckConstraint(name=name, condition=Q(currency="EUR"))


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers."""

    def visible_to(self, user: Any) -> "CustomerQuerySet":
        """Keep the customers of the activities and cooperatives whose sales the user reads."""
        return self.filter(visibility.reach(user, Subject.SALES))


@pghistory.track()
class Customer(models.Model):
    """Somebody to whom an activity sells. ``party`` is who it is in the books, one per VAT number in the cooperative."""

    class Kind(models.TextChoices):
        BUSINESS = "business", _("business")
        PRIVATE = "private", _("private person")
        PUBLIC_BODY = "public_body", _("public body")
        INSTITUTION = "institution", _("European or international institution")

    class Returns(models.TextChoices):
        """Whether a Belgian business files periodic VAT returns: on works for one that does, it owes the VAT itself."""

        PERIODIC = "periodic", _("files periodic VAT returns")
        NONE = "none", _("files none (franchise, wholly exempt)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="customers")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="customers")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="customers")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.BUSINESS)
    name = models.CharField(_("name"), max_length=120)
    sort_name = models.CharField(max_length=120, help_text="unaccented, lower case")
    contact = models.CharField(_("contact person"), max_length=120, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    enterprise_number = models.CharField(_("enterprise number"), max_length=10, blank=True)
    vat_returns = models.CharField(_("VAT returns"), max_length=8, choices=Returns, default=Returns.PERIODIC)
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    town = models.CharField(_("town"), max_length=60, blank=True)
    country = models.CharField(_("country"), max_length=2, default="BE", help_text=_("two letters, for example BE"))
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language of documents"), max_length=2, choices=Language, default=Language.FRENCH)
    payment_days = models.PositiveSmallIntegerField(_("payment term in days"), default=30)
    reference = models.CharField(
        _("reference wished"),
        max_length=60,
        blank=True,
        help_text=_("what this customer wants to read on every invoice"),
    )
    version = models.PositiveIntegerField(default=1, help_text="counts the changes, so that none is overwritten unseen")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(payment_days__lte=365), name="customer_payment_days"),
            models.UniqueConstraint(
                fields=["activity", "vat_number"], condition=~Q(vat_number=""), name="customer_vat_number_unique"
            ),
        ]
        indexes = [models.Index(fields=["activity", "sort_name"], name="customer_by_name")]

    def __str__(self) -> str:
        return self.name


class ValidationRule(Dated):
    """From a day on the coach validates the invoices of an activity; without a rule its entrepreneurs issue them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="validation_rules")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("validation_rule_ordered"),
            no_overlap("validation_rule_no_overlap", "activity"),
        ]

    def __str__(self) -> str:
        return f"from {self.valid_from}"


@pghistory.track()
class SalesDefaults(models.Model):
    """What a new invoice of an activity begins with."""

    activity = models.OneToOneField(Activity, on_delete=models.PROTECT, primary_key=True, related_name="sales_defaults")
    sale = models.CharField(_("what is sold"), max_length=20, default="service")
    payment_days = models.PositiveSmallIntegerField(_("payment term in days"), default=30)
    note = models.TextField(_("note"), max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(payment_days__lte=365), name="sales_defaults_payment_days"),
        ]

    def __str__(self) -> str:
        return self.sale


@pghistory.track()
class SellerFact(Dated):
    """Something that holds for an activity from a day on and changes its VAT: an exemption, a margin scheme.

    ``fact`` is a key of ``invoicing.vat.sales.FACTS``, ``evidence`` why it holds. A fact of the activity COOP holds for the
    whole cooperative.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="seller_facts")
    fact = models.CharField(_("what holds"), max_length=20)
    evidence = models.CharField(_("evidence"), max_length=200)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("seller_fact_ordered"),
            no_overlap("seller_fact_no_overlap", "activity", "fact"),
            models.CheckConstraint(condition=~Q(evidence=""), name="seller_fact_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.fact} from {self.valid_from}"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Invoices and credit notes."""

    def visible_to(self, user: Any) -> "InvoiceQuerySet":
        """Keep the documents of the activities and cooperatives whose sales the user reads."""
        return self.filter(visibility.reach(user, Subject.SALES))


class Invoice(models.Model):
    """An invoice or a credit note. A draft may be incomplete; once issued it changes in nothing but its state.

    ``net``, ``vat`` and ``gross`` are EUR, positive on a credit note too. The last block is the copy, made at issue, of
    everything that the document shows: it never follows later changes of the customer, the activity or the cooperative.
    Whether it is paid or overdue follows from the books and is not kept here.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("invoice")
        CREDIT_NOTE = "credit_note", _("credit note")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waiting for the coach")
        ISSUED = "issued", _("issued")
        CREDITED = "credited", _("credited")

    class Origin(models.TextChoices):
        HERE = "here", _("issued here")
        ELSEWHERE = "elsewhere", _("issued elsewhere")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="invoices")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="invoices")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INVOICE)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.HERE)
    credits = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="credit_notes")
    number = models.CharField(_("number"), max_length=40, blank=True)
    issued_on = models.DateField(_("date"), null=True, blank=True)
    supplied_on = models.DateField(_("supplied on"), null=True, blank=True)
    supplied_until = models.DateField(_("supplied until"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    reference = models.CharField(_("customer’s reference"), max_length=60, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    supplied_in = models.CharField(
        _("country of delivery"),
        max_length=2,
        blank=True,
        help_text="empty: where the customer is, for property Belgium",
    )
    discount_percent = models.DecimalField(_("rebate (%)"), max_digits=7, decimal_places=4, default=0)
    discount_reason = models.CharField(_("reason of the rebate"), max_length=100, blank=True)
    charge_reason = models.CharField(_("what the charge is for"), max_length=100, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    discount = _money(_("rebate"), default=0)
    charge = _money(_("charge"), default=0)
    net = _money(_("excluding VAT"), default=0)
    vat = _money(_("VAT"), default=0)
    gross = _money(_("including VAT"), default=0)
    unread = models.JSONField(default=dict, help_text="what was typed in a draft and could not be read, by field")
    version = models.PositiveIntegerField(default=1, help_text="counts the changes, so that none is overwritten unseen")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    saved_in = models.UUIDField(null=True, help_text="key of the open editor that saved the draft last")

    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=2, choices=Language, blank=True)
    seller = models.JSONField(default=dict)
    buyer = models.JSONField(default=dict)
    breakdown = models.JSONField(default=list, help_text="base and VAT per category and rate")
    mentions = models.JSONField(default=list)
    terms = models.JSONField(default=dict, help_text="fee and fund, as coop.entities.fees writes them")
    structured_communication = models.CharField(max_length=12, blank=True, help_text="12 digits")

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            _in_euro("invoice_in_euro"),
            models.CheckConstraint(
                name="invoice_number_when_issued",
                condition=Q(state__in=["draft", "submitted"], number="", issued_on__isnull=True)
                | (Q(state__in=["issued", "credited"], issued_on__isnull=False) & ~Q(number="")),
            ),
            models.CheckConstraint(
                name="invoice_credit_names_invoice",
                condition=Q(kind="invoice", credits__isnull=True) | Q(kind="credit_note", credits__isnull=False),
            ),
            models.CheckConstraint(
                name="invoice_communication_when_payable",
                condition=Q(structured_communication="") | Q(kind="invoice", state__in=["issued", "credited"]),
            ),
            models.CheckConstraint(
                name="invoice_rebate_and_charge",
                condition=Q(discount__gte=0, charge__gte=0, discount_percent__gte=0, discount_percent__lte=100),
            ),
            models.CheckConstraint(name="invoice_totals_add_up", condition=Q(gross=models.F("net") + models.F("vat"))),
            models.UniqueConstraint(
                fields=["cooperative", "kind", "number"], condition=~Q(number=""), name="invoice_number_unique"
            ),
            models.UniqueConstraint(
                fields=["structured_communication"],
                condition=~Q(structured_communication=""),
                name="invoice_communication_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["activity", "-issued_on"], name="invoice_by_activity"),
            models.Index(fields=["cooperative", "-issued_on"], name="invoice_by_cooperative"),
        ]
        triggers = [frozen("frozen", state="state", states=["issued", "credited"], but=["state"])]

    def __str__(self) -> str:
        return self.number or str(_("draft"))


TRANSITIONS: Mapping[str, Set[str]] = {
    Invoice.State.DRAFT: {Invoice.State.SUBMITTED, Invoice.State.ISSUED},
    Invoice.State.SUBMITTED: {Invoice.State.DRAFT, Invoice.State.ISSUED},
    Invoice.State.ISSUED: {Invoice.State.CREDITED},
}


class InvoiceLineQuerySet(models.QuerySet["InvoiceLine"]):
    """Lines of invoices and credit notes."""

    def visible_to(self, user: Any) -> "InvoiceLineQuerySet":
        """Keep the lines of the documents that the user reads."""
        return self.filter(
            visibility.reach(user, Subject.SALES, activity="invoice__activity", cooperative="invoice__cooperative")
        )


class InvoiceLine(models.Model):
    """A line: quantity × unit price (both to four decimals, EUR excluding VAT) less a percentage, rounded once.

    ``sale`` is what was sold in the words of people, ``ruled`` the operation that the rule of ``invoicing.vat`` makes of it, and
    ``operation`` the one that counts: the same, unless somebody who validates sales has ``set`` another with a ``reason``. A
    line of a credit note ``credits`` one of the invoice.
    """

    class Unit(models.TextChoices):
        """Units by their code of UN/ECE Recommendation 20."""

        PIECE = "C62", _("pc")
        HOUR = "HUR", _("h")
        DAY = "DAY", _("day(s)")
        MONTH = "MON", _("month(s)")
        KILOMETRE = "KMT", _("km")
        SQUARE_METRE = "MTK", _("m²")
        KILOGRAM = "KGM", _("kg")
        PAGE = "ZP", _("page(s)")
        LUMP_SUM = "LS", _("fixed price")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.TextField(_("description"), max_length=500, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=4, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=3, choices=Unit, default=Unit.PIECE)
    currency = models.CharField(max_length=3, default="EUR")
    unit_price = _money(_("unit price"), decimals=4, null=True, blank=True)
    discount_percent = models.DecimalField(_("discount (%)"), max_digits=7, decimal_places=4, default=0)
    sale = models.CharField(_("what is sold"), max_length=20, blank=True)
    operation = models.CharField(_("VAT"), max_length=20, blank=True, help_text="empty: not decided yet")
    ruled = models.CharField(max_length=20, blank=True, help_text="the operation by the rule when it was last decided")
    legal_basis = models.CharField(_("legal basis"), max_length=200, blank=True, help_text="frozen at issue")
    set_reason = models.CharField(_("reason"), max_length=500, blank=True, help_text="why the rule was set aside")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(null=True)
    net = _money(_("excluding VAT"), default=0)
    category = models.CharField(max_length=2, blank=True, help_text="of the VAT, frozen at issue")
    rate = models.DecimalField(max_digits=5, decimal_places=4, null=True, help_text="of the VAT, frozen at issue")
    vatex = models.CharField(max_length=30, blank=True, help_text="code of the exemption, frozen at issue")
    credits = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="credited_by")
    unread = models.JSONField(default=dict, help_text="what was typed in a draft and could not be read, by field")

    objects = InvoiceLineQuerySet.as_manager()

    class Meta:
        constraints = [
            _in_euro("invoice_line_in_euro"),
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_unique"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="invoice_line_price_not_negative"),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0) & Q(discount_percent__lte=100), name="invoice_line_discount"
            ),
            models.CheckConstraint(
                condition=Q(set_reason="", set_by__isnull=True, set_at__isnull=True)
                | (Q(set_by__isnull=False, set_at__isnull=False) & ~Q(set_reason="") & ~Q(operation="")),
                name="invoice_line_set_by_somebody_for_a_reason",
            ),
        ]
        triggers = [
            Guard(
                name="of_a_draft",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                function="guard_invoice_line",
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.description[:40]}"

    @property
    def is_set(self) -> bool:
        """Whether somebody has set its VAT against the rule."""
        return bool(self.set_reason)


class InvoiceEvent(models.Model):
    """What happened to a document, when, by whom: the rows of its history. They never change."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Drafted")
        SUBMITTED = "submitted", _("Sent to the coach")
        RETURNED = "returned", _("Sent back by the coach")
        VAT_SET = "vat_set", _("VAT set by hand")
        VAT_RULED = "vat_ruled", _("VAT follows the rule again")
        ISSUED = "issued", _("Issued")
        CREDITED = "credited", _("Credited")
        SHARED = "shared", _("Link made for the customer")
        MAILED = "mailed", _("Sent to the customer by e-mail")
        OPENED = "opened", _("Opened through the customer’s link")
        WITHDRAWN = "withdrawn", _("Link withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="empty: the customer, or by itself",
    )
    comment = models.TextField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(kind__in=["shared", "mailed", "opened"]),
                name="invoice_event_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["invoice", "at"], name="invoice_event_in_order")]
        triggers = [
            Guard(name="of_the_past", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_invoice_event")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


from invoicing.catalogue import models as catalogue  # noqa: E402 - models that stand beside their services
from invoicing.customer_page.models import CustomerLink  # noqa: E402
from invoicing.peppol import models as peppol  # noqa: E402
from invoicing.purchases import models as purchases  # noqa: E402
from invoicing.quotes import models as quotes  # noqa: E402
from invoicing.recurring import models as recurring  # noqa: E402
from invoicing.reminders import models as reminders  # noqa: E402

__all__ = [
    "TRANSITIONS",
    "Customer",
    "CustomerLink",
    "Invoice",
    "InvoiceEvent",
    "InvoiceLine",
    "SalesDefaults",
    "SellerFact",
    "ValidationRule",
    "catalogue",
    "peppol",
    "purchases",
    "quotes",
    "recurring",
    "reminders",
]
