"""People, and what holds for them from a day on: membership, activities, contract, family situation."""

import uuid
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coop.access import visibility
from coop.access.crypto import EncryptedField
from coop.access.models import Role
from coop.access.predicates import Subject
from coop.dated import Dated, DatedQuerySet, no_overlap, range_is_ordered
from coop.entities.models import AMOUNT, Activity, Cooperative, Group, Language, Size
from coop.guards import Guard

HOURS: Size = {"max_digits": 5, "decimal_places": 2}


class PersonQuerySet(models.QuerySet["Person"]):
    """People."""

    def visible_to(self, user: Any) -> "PersonQuerySet":
        """Keep oneself, the people of assigned activities, and those of the cooperatives whose people the user reads."""
        access = visibility.access_of(user)
        assigned = access.activities.get(Role.COACH, frozenset())
        cooperatives = access.cooperatives_with(Subject.PEOPLE, "r")
        return self.filter(
            Q(user=user.pk)
            | Q(pk__in=Runs.objects.filter(activity__in=assigned).values("person"))
            | Q(pk__in=Membership.objects.filter(cooperative__in=cooperatives).values("person"))
        )


@pghistory.track()
class Person(models.Model):
    """A human being, known once in the group. NISS and IBAN are encrypted; they serve payroll and nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="people")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="person"
    )
    first_name = models.CharField(_("first name"), max_length=60)
    last_name = models.CharField(_("last name"), max_length=60)
    sort_name = models.CharField(max_length=120, help_text="last name first, unaccented, lower case")
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FRENCH)
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    town = models.CharField(_("town"), max_length=60, blank=True)
    niss = EncryptedField("NISS", blank=True)
    niss_index = models.CharField(max_length=64, blank=True, help_text="keyed digest of the NISS")
    iban = EncryptedField("IBAN", blank=True)
    born_on = models.DateField(_("born on"), null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(
                fields=["group", "niss_index"], condition=~Q(niss_index=""), name="person_niss_unique"
            ),
            models.UniqueConstraint(fields=["group", "email"], name="person_email_unique"),
        ]
        indexes = [models.Index(fields=["sort_name"], name="person_by_name")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Status(models.TextChoices):
    """How somebody works in a cooperative; independent of shares and of activities."""

    EMPLOYEE = "employee", _("employee-entrepreneur")
    SELF_EMPLOYED = "self_employed", _("self-employed associate")
    CANDIDATE = "candidate", _("candidate-entrepreneur")


@pghistory.track()
class Membership(Dated):
    """The working relation of a person with a cooperative from a day on; at most one per cooperative on a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="memberships")
    status = models.CharField(_("status"), max_length=20, choices=Status)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("membership_ordered"),
            no_overlap("membership_no_overlap", "person", "cooperative"),
        ]

    def __str__(self) -> str:
        return f"{self.status} from {self.valid_from}"


@pghistory.track()
class Runs(Dated):
    """A person runs an activity. One person may run several, several persons one. ``weight`` shares a salary cost among
    the activities of a person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="runs")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="run_by")
    weight = models.DecimalField(_("weight in the person's salary cost"), max_digits=6, decimal_places=3, default=1)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "runs"
        constraints = [
            range_is_ordered("runs_ordered"),
            no_overlap("runs_no_overlap", "person", "activity"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="runs_weight_not_negative"),
        ]

    def __str__(self) -> str:
        return f"from {self.valid_from}"


class PayQuerySet(DatedQuerySet):
    """Restricted facts about a person."""

    person_path = "person"
    cooperative_path = "cooperative"

    def visible_to(self, user: Any) -> "PayQuerySet":
        """Keep one's own, and those of the cooperatives whose pay the user reads, masked or not."""
        access = visibility.access_of(user)
        cooperatives = access.cooperatives_with(Subject.PAY, "r") | access.cooperatives_with(Subject.PAY, "m")
        return self.filter(
            Q(**{f"{self.person_path}__user": user.pk}) | Q(**{f"{self.cooperative_path}__in": cooperatives})
        )


@pghistory.track()
class EmploymentContract(Dated):
    """A contract of employment of a person with a cooperative, from its first to (excluded) its end day."""

    class Kind(models.TextChoices):
        PERMANENT = "permanent", _("permanent")
        FIXED_TERM = "fixed_term", _("fixed term")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contracts")
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="contracts")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERMANENT)
    worker_number = models.CharField(_("worker number"), max_length=20)
    signed_on = models.DateField(_("signed on"))
    experience_from = models.DateField(
        _("experience counts from"), help_text=_("day from which years of experience count for the scale")
    )

    objects = PayQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("contract_ordered"),
            no_overlap("contract_no_overlap", "person", "cooperative"),
            models.UniqueConstraint(fields=["cooperative", "worker_number"], name="contract_worker_number_unique"),
            models.CheckConstraint(
                condition=Q(signed_on__lte=models.F("valid_from")), name="contract_signed_before_first_hour"
            ),
        ]

    def __str__(self) -> str:
        return self.worker_number


class ContractVersionQuerySet(PayQuerySet):
    """Terms of contracts."""

    person_path = "contract__person"
    cooperative_path = "contract__cooperative"


@pghistory.track()
class ContractVersion(Dated):
    """The terms of a contract from a day on: hours, wage, scale. An amendment is a new version, never a change."""

    class ScaleClass(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"
        D = "D", "D"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="versions")
    joint_committee = models.CharField(_("joint committee"), max_length=10, help_text=_("for example 200"))
    weekly_hours = models.DecimalField(_("hours a week"), **HOURS)
    full_time_hours = models.DecimalField(_("full-time hours a week"), **HOURS)
    scale_class = models.CharField(_("class of function"), max_length=1, choices=ScaleClass)
    gross = models.DecimalField(_("contractual gross wage a month (EUR)"), **AMOUNT)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    derogation = models.CharField(
        _("derogation"), max_length=200, blank=True, help_text=_("ground for fewer hours than one third of full time")
    )

    objects = ContractVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("contract_version_ordered"),
            no_overlap("contract_version_no_overlap", "contract"),
            models.CheckConstraint(
                condition=Q(weekly_hours__gt=0) & Q(weekly_hours__lte=models.F("full_time_hours")),
                name="contract_version_hours",
            ),
            models.CheckConstraint(condition=Q(gross__gt=0), name="contract_version_gross_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.weekly_hours}/{self.full_time_hours} from {self.valid_from}"


@pghistory.track()
class WorkDeclaration(models.Model):
    """The declaration of a contract to social security (Dimona IN): due before the first hour of work."""

    contract = models.OneToOneField(
        EmploymentContract, on_delete=models.PROTECT, primary_key=True, related_name="declaration"
    )
    declared_on = models.DateField(_("declared on"))
    number = models.CharField(_("number of the declaration"), max_length=20, blank=True)

    def __str__(self) -> str:
        return f"{self.declared_on}"


class SituationQuerySet(DatedQuerySet):
    """Family situations."""

    def visible_to(self, user: Any) -> "SituationQuerySet":
        """Keep one's own, and those of people who are members of cooperatives whose pay the user reads."""
        access = visibility.access_of(user)
        cooperatives = access.cooperatives_with(Subject.PAY, "r") | access.cooperatives_with(Subject.PAY, "m")
        return self.filter(
            Q(person__user=user.pk)
            | Q(person__in=Membership.objects.filter(cooperative__in=cooperatives).values("person"))
        )


@pghistory.track()
class Situation(Dated):
    """The family situation that decides the withholding tax, from a day on."""

    class Household(models.TextChoices):
        SINGLE = "single", _("single")
        NO_INCOME = "no_income", _("spouse without income")
        SMALL_PENSION = "small_pension", _("spouse with a small pension")
        LOW_PENSION = "low_pension", _("spouse with a low pension")
        LOW_INCOME = "low_income", _("spouse with a low income")
        OWN_INCOME = "own_income", _("spouse with an income")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="situations")
    household = models.CharField(_("household"), max_length=20, choices=Household)
    children = models.PositiveSmallIntegerField(_("dependent children"), default=0)
    disabled_children = models.PositiveSmallIntegerField(_("of whom disabled"), default=0)
    single_parent = models.BooleanField(_("single parent"), default=False)
    disabled = models.BooleanField(_("disabled"), default=False)
    disabled_spouse = models.BooleanField(_("disabled spouse"), default=False)
    other_dependants = models.PositiveSmallIntegerField(_("other dependants"), default=0)
    dependants_65 = models.PositiveSmallIntegerField(_("dependants of 65 or more who need care"), default=0)

    objects = SituationQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("situation_ordered"),
            no_overlap("situation_no_overlap", "person"),
            models.CheckConstraint(
                condition=Q(disabled_children__lte=models.F("children")), name="situation_disabled_children"
            ),
            models.CheckConstraint(
                condition=Q(single_parent=False) | Q(household="single", children__gt=0), name="situation_single_parent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household}, {self.children} from {self.valid_from}"


class LateFactQuerySet(PayQuerySet):
    """Facts recorded late."""


class LateFact(models.Model):
    """A fact of pay recorded when the pay of its month was locked already: what, from which day on, why, by whom.

    It changes nothing that was paid; whoever prepares the pay corrects the payslips that it concerns. Never changed.
    """

    class What(models.TextChoices):
        SITUATION = "situation", _("Family situation")
        CONTRACT = "contract", _("Contract")
        AMENDMENT = "amendment", _("Amendment of the contract")
        END = "end", _("End of the contract")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="late_facts")
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(_("what"), max_length=10, choices=What)
    valid_from = models.DateField(_("valid from"))
    reason = models.TextField(_("why it was recorded late"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects = LateFactQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="late_fact_has_reason")]
        indexes = [models.Index(fields=["cooperative", "-recorded_at"], name="late_fact_by_cooperative")]
        triggers = [
            Guard(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_append_only")
        ]

    def __str__(self) -> str:
        return f"{self.what} from {self.valid_from}"


@pghistory.track()
class AccompanimentAgreement(Dated):
    """The agreement of a candidate-entrepreneur (law of 1 March 2007): at most 18 months, benefits kept until a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="agreements")
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="agreements")
    signed_on = models.DateField(_("signed on"))
    benefit_end_date = models.DateField(_("benefits end on"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [range_is_ordered("agreement_ordered"), no_overlap("agreement_no_overlap", "person")]

    def __str__(self) -> str:
        return f"from {self.valid_from}"


class Visit(models.Model):
    """When a user was last here: what others did after ``before`` is new to them."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="visit"
    )
    before = models.DateTimeField(help_text="end of the visit before this one")
    seen_at = models.DateTimeField(help_text="last page of this visit")

    def __str__(self) -> str:
        return f"{self.seen_at:%Y-%m-%d %H:%M}"


class Reading(models.Model):
    """Somebody read restricted fields of a person: who, what, when. The person sees it; it never changes."""

    class What(models.TextChoices):
        FILE = "file", _("contract, family situation, national number, account")
        MASKED = "masked", _("contract and family situation, numbers masked")
        PAYSLIP = "payslip", _("a payslip")
        RUN = "run", _("the pay of a month, in its run")
        DAYS = "days", _("days worked and absences")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="readings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=What)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="reading_by_person")]
        triggers = [
            Guard(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete, function="guard_append_only")
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"
