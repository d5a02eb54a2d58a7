"""The group, its cooperatives, their periods, activities, parties, series and policies."""

import uuid
from typing import Any, TypedDict

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coop.dated import Dated, DatedQuerySet, no_overlap, range_is_ordered
from coop.guards import Guard


class Size(TypedDict):
    """How many digits a decimal column holds."""

    max_digits: int
    decimal_places: int


RATE: Size = {"max_digits": 7, "decimal_places": 6}
AMOUNT: Size = {"max_digits": 14, "decimal_places": 2}


class Language(models.TextChoices):
    """The languages of the product."""

    FRENCH = "fr", _("French")
    DUTCH = "nl", _("Dutch")
    ENGLISH = "en", _("English")


class Group(models.Model):
    """Several cooperatives together; no legal person, it owns no ledger."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Cooperative(models.Model):
    """A legal person with its own VAT number, series, books, policies."""

    class Kind(models.TextChoices):
        ENTREPRENEURS = "entrepreneurs", _("entrepreneur cooperative")
        ACTIVITIES = "activities", _("activity cooperative (test phase)")
        SELF_EMPLOYED = "self_employed", _("cooperative of self-employed associates")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="cooperatives")
    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.ENTREPRENEURS)
    legal_form = models.CharField(_("legal form"), max_length=80)
    enterprise_number = models.CharField(_("enterprise number"), max_length=10, unique=True, help_text=_("10 digits"))
    court = models.CharField(_("register of legal persons"), max_length=60, blank=True)
    street = models.CharField(_("street and number"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=10)
    town = models.CharField(_("town"), max_length=60)
    country = models.CharField(_("country"), max_length=2, default="BE")
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FRENCH)

    def __str__(self) -> str:
        return self.name


class FiscalYear(models.Model):
    """A year of accounts of one cooperative."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="fiscal_years")
    name = models.CharField(_("name"), max_length=10, help_text=_("for example 2026"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "name"], name="fiscal_year_unique"),
            models.CheckConstraint(condition=Q(last_day__gt=models.F("first_day")), name="fiscal_year_ordered"),
        ]

    def __str__(self) -> str:
        return self.name


class Period(models.Model):
    """A month of a fiscal year."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="periods")
    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="periods")
    first_day = models.DateField(_("first day"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "first_day"], name="period_unique"),
            models.UniqueConstraint(fields=["cooperative", "id"], name="period_of_cooperative"),
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"


class PeriodLock(models.Model):
    """One of the three locks of a period; it goes from open to locked and never back."""

    class Kind(models.TextChoices):
        VAT = "vat", _("VAT")
        PAYROLL = "payroll", _("payroll")
        YEAR = "year", _("year")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        LOCKED = "locked", _("locked")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="locks")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    locked_at = models.DateTimeField(_("locked at"), null=True)
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "kind"], name="period_lock_unique"),
            models.CheckConstraint(
                condition=Q(state="open", locked_at__isnull=True) | Q(state="locked", locked_at__isnull=False),
                name="period_lock_dated",
            ),
        ]
        triggers = [
            Guard(
                name="only_forward", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_period_lock_forward"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


@pghistory.track()
class Activity(models.Model):
    """What one or more members do under one name: the analytic axis of the books. COOP and FUND are activities too."""

    class Kind(models.TextChoices):
        MEMBERS = "members", _("activity of members")
        COOPERATIVE = "cooperative", _("the cooperative itself (COOP)")
        FUND = "fund", _("the mutual fund (FUND)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="activities")
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.MEMBERS)
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "code"], name="activity_code_unique"),
            models.UniqueConstraint(fields=["cooperative", "id"], name="activity_of_cooperative"),
            models.UniqueConstraint(
                fields=["cooperative", "kind"], condition=~Q(kind="members"), name="activity_one_coop_one_fund"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@pghistory.track()
class Party(models.Model):
    """A client, supplier, member or authority as the books of one cooperative know it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="parties")
    name = models.CharField(_("name"), max_length=120)
    sort_name = models.CharField(max_length=120, help_text="unaccented, lower case")
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    reference = models.CharField(max_length=80, blank=True, help_text="what the party is: members.person:<id>, …")

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "id"], name="party_of_cooperative"),
            models.UniqueConstraint(
                fields=["cooperative", "reference"], condition=~Q(reference=""), name="party_reference_unique"
            ),
        ]
        indexes = [models.Index(fields=["cooperative", "sort_name"], name="party_by_name")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class BankAccount(models.Model):
    """A bank account of a cooperative, with the ledger account that mirrors it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="bank_accounts")
    iban = models.CharField("IBAN", max_length=34, unique=True)
    bic = models.CharField("BIC", max_length=11)
    holder = models.CharField(_("account holder"), max_length=70)
    account_number = models.CharField(_("ledger account"), max_length=10)
    journal_code = models.CharField(_("journal"), max_length=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "account_number"], name="bank_account_ledger_unique")
        ]

    def __str__(self) -> str:
        return self.iban


class NumberSeries(models.Model):
    """A counter without gaps: one row per cooperative, kind, activity (empty = shared) and year, moved under its lock."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="number_series")
    kind = models.CharField(max_length=30, help_text="invoice, credit_note, journal:VEN, …")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    year = models.CharField(max_length=10, help_text="name of the fiscal year")
    template = models.CharField(max_length=40, default="{year}-{number:04d}")
    last_number = models.PositiveIntegerField(default=0)
    last_date = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "kind", "activity", "year"], nulls_distinct=False, name="number_series_unique"
            )
        ]
        triggers = [
            Guard(
                name="only_forward",
                operation=pgtrigger.Update | pgtrigger.Delete,
                function="guard_number_series_forward",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}"


class PolicyQuerySet(DatedQuerySet):
    """Policies of a cooperative, some of them for one activity only."""

    def for_activity(self, activity: Activity) -> "PolicyQuerySet":
        """Keep the policies that can apply to an activity, its own before the cooperative's."""
        policies = self.filter(Q(activity=activity) | Q(activity__isnull=True), cooperative=activity.cooperative_id)
        return policies.order_by(models.F("activity").asc(nulls_last=True))


class Policy(Dated):
    """A dated rule of a cooperative, or of one of its activities, which then goes before the cooperative's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="+")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = PolicyQuerySet.as_manager()

    class Meta:
        abstract = True


def _policy_constraints(name: str) -> list[Any]:
    return [
        range_is_ordered(f"{name}_ordered"),
        no_overlap(f"{name}_no_overlap", "cooperative", condition=Q(activity__isnull=True)),
        no_overlap(f"{name}_no_overlap_activity", "activity", condition=Q(activity__isnull=False)),
    ]


class Moment(models.TextChoices):
    """When a fee is booked."""

    ISSUED = "issued", _("when the invoice is issued")
    COLLECTED = "collected", _("when the customer has paid")


@pghistory.track()
class FeePolicy(Policy):
    """What the cooperative takes for its work: rates by tier of the activity's yearly turnover excluding VAT.

    ``tiers`` is a list of [from amount, rate] in ascending order, the first from "0"; marginal, like tax.
    """

    moment = models.CharField(_("booked"), max_length=10, choices=Moment, default=Moment.ISSUED)
    tiers = models.JSONField(_("tiers"), help_text=_("list of [from amount in EUR, rate]"))

    class Meta:
        verbose_name = _("fee policy")
        verbose_name_plural = _("fee policies")
        constraints = _policy_constraints("fee_policy")

    def __str__(self) -> str:
        return f"fee from {self.valid_from}"


@pghistory.track()
class FundPolicy(Policy):
    """What an activity pays to the mutual fund: a rate of its turnover excluding VAT."""

    moment = models.CharField(_("booked"), max_length=10, choices=Moment, default=Moment.ISSUED)
    rate = models.DecimalField(_("rate"), **RATE)

    class Meta:
        verbose_name = _("fund policy")
        verbose_name_plural = _("fund policies")
        constraints = [
            *_policy_constraints("fund_policy"),
            models.CheckConstraint(condition=Q(rate__gte=0) & Q(rate__lt=1), name="fund_policy_rate"),
        ]

    def __str__(self) -> str:
        return f"fund {self.rate} from {self.valid_from}"


@pghistory.track()
class ReservePolicy(Policy):
    """What an activity keeps back: a number of months of employer cost, or a fixed amount in EUR."""

    months = models.DecimalField(_("months of employer cost"), max_digits=4, decimal_places=1, null=True, blank=True)
    amount = models.DecimalField(_("fixed amount"), **AMOUNT, null=True, blank=True)
    contract_may_draw = models.BooleanField(_("the contractual wage may draw on the reserve"), default=True)

    class Meta:
        verbose_name = _("reserve policy")
        verbose_name_plural = _("reserve policies")
        constraints = [
            *_policy_constraints("reserve_policy"),
            models.CheckConstraint(
                condition=Q(months__isnull=False, amount__isnull=True) | Q(months__isnull=True, amount__isnull=False),
                name="reserve_policy_one_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"reserve from {self.valid_from}"
