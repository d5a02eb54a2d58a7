"""Pay: terms of the employer, salary orders, runs with a row per member, payslips with their figures, quarters."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coop.access import visibility
from coop.access.predicates import Subject
from coop.dated import Dated, DatedQuerySet, no_overlap, range_is_ordered
from coop.documents.models import Document
from coop.entities.models import AMOUNT, RATE, Activity, Cooperative
from coop.guards import Guard, frozen
from coop.ledger.models import Entry
from coop.money import ZERO
from members.models import HOURS, EmploymentContract, Person
from payroll import beside_models  # noqa: F401 - Django finds them here
from payroll.exceptional import Nature
from payroll.provision_models import ProvisionSettlement as ProvisionSettlement
from payroll.provision_models import SettledProvision as SettledProvision
from payroll.secretariat.models import DifferenceDecision as DifferenceDecision
from payroll.secretariat.models import PostedResult as PostedResult
from payroll.secretariat.models import ResultFile as ResultFile
from payroll.secretariat.models import ResultLayout as ResultLayout
from payroll.secretariat.models import SecretariatResult as SecretariatResult
from payroll.worktime_models import HolidayChoice as HolidayChoice
from payroll.worktime_models import Performance as Performance
from payroll.worktime_models import UsualWeek as UsualWeek
from payroll.worktime_models import WorkDay as WorkDay

QUARTER_STARTS = (1, 4, 7, 10)


@pghistory.track()
class EmployerTerms(Dated):
    """What a cooperative is as an employer, from a day on. Payroll refuses a month for which nothing is set."""

    class Headcount(models.TextChoices):
        UNDER_TEN = "<10", _("fewer than 10 workers")
        TEN_TO_NINETEEN = "10-19", _("10 to 19 workers")
        TWENTY_OR_MORE = "20+", _("20 workers or more")

    class HolidayProvision(models.TextChoices):
        CASH = "cash", _("double holiday pay only (cash)")
        ACCRUAL = "accrual", _("18.20 % of gross (accrual)")

    class ReductionPolicy(models.TextChoices):
        HOLD = "hold", _("held until the quarter closes")
        ADVANCE = "advance", _("advanced month by month")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="employer_terms")
    joint_committee = models.CharField(_("joint committee"), max_length=10)
    headcount_class = models.CharField(_("number of workers"), max_length=5, choices=Headcount)
    commercial_purpose = models.BooleanField(_("commercial purpose (closure fund)"))
    category = models.PositiveSmallIntegerField(_("category of the structural reduction"), default=1)
    onss_number = models.CharField(_("employer number (ONSS/RSZ)"), max_length=14)
    cut_off_day = models.PositiveSmallIntegerField(_("last day for salary orders"), default=20)
    pay_day = models.PositiveSmallIntegerField(_("day of payment"), default=28)
    accident_insurance_rate = models.DecimalField(_("rate of the work-accident insurance"), **RATE)
    fixed_costs = models.DecimalField(_("fixed costs a month and person (EUR)"), **AMOUNT)
    holiday_provision = models.CharField(_("provision for holiday pay"), max_length=10, choices=HolidayProvision)
    reduction_policy = models.CharField(_("structural reduction"), max_length=10, choices=ReductionPolicy)
    end_of_year_premium = models.BooleanField(_("provision for the end-of-year premium"), default=True)
    annual_premium = models.BooleanField(_("provision for the annual premium"), default=True)
    eco_vouchers = models.BooleanField(_("provision for eco vouchers"), default=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "employer terms"
        constraints = [
            range_is_ordered("employer_terms_ordered"),
            no_overlap("employer_terms_no_overlap", "cooperative"),
            models.CheckConstraint(
                condition=Q(cut_off_day__range=(1, 31)) & Q(pay_day__range=(1, 31)), name="employer_terms_days"
            ),
            models.CheckConstraint(
                condition=Q(accident_insurance_rate__gte=0) & Q(accident_insurance_rate__lt=1) & Q(fixed_costs__gte=0),
                name="employer_terms_costs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.joint_committee}, {self.headcount_class} from {self.valid_from}"


@pghistory.track()
class FirstHire(Dated):
    """The reduction for first hires is claimed for a contract, in whole quarters: which worker of the employer it is, why.

    Off unless somebody of the payroll office records it. ``counted_from`` is the first day of the quarter in which the
    reduction began; every calendar quarter counts from there. A rank is held by one contract of a cooperative at a time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="first_hires")
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="first_hires")
    rank = models.PositiveSmallIntegerField(_("rank of the worker"))
    counted_from = models.DateField(_("first day of its first quarter"))
    reason = models.TextField(_("reason"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("first_hire_ordered"),
            no_overlap("first_hire_no_overlap", "contract"),
            no_overlap("first_hire_rank_once", "cooperative", "rank"),
            models.CheckConstraint(condition=Q(rank__range=(1, 5)) & ~Q(reason=""), name="first_hire_possible"),
            models.CheckConstraint(
                condition=Q(valid_from__day=1, valid_from__month__in=QUARTER_STARTS)
                & Q(counted_from__day=1, counted_from__month__in=QUARTER_STARTS, counted_from__lte=F("valid_from"))
                & (Q(valid_until__isnull=True) | Q(valid_until__day=1, valid_until__month__in=QUARTER_STARTS)),
                name="first_hire_whole_quarters",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank} from {self.valid_from}"


class SalaryOrderQuerySet(models.QuerySet["SalaryOrder"]):
    """Salary orders."""

    def visible_to(self, user: Any) -> "SalaryOrderQuerySet":
        """Keep one's own, and those of the cooperatives whose orders the user reads person by person."""
        access = visibility.access_of(user)
        cooperatives = access.cooperatives_with(Subject.ORDERS, "m")
        cooperatives |= access.cooperatives_with(Subject.ORDERS, "r")
        return self.filter(Q(person__user=user.pk) | Q(cooperative__in=cooperatives))

    def live(self) -> "SalaryOrderQuerySet":
        """Keep the last version of each order."""
        return self.filter(superseded_at__isnull=True)


@pghistory.track()
class SalaryOrder(models.Model):
    """What a member wishes to be paid for a month: gross, employer cost or net. Approved, it reserves its cost.

    A correction is a new version; at most one version per person, cooperative and month is live. ``gross`` and ``cost``
    (EUR) are what the approval fixed; ``warnings`` are codes with amounts, worded by ``payroll.texts``.
    """

    class Target(models.TextChoices):
        GROSS = "gross", _("gross pay")
        COST = "cost", _("employer cost")
        NET = "net", _("net pay")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")

    MOVES: Mapping[str, frozenset[str]] = {
        State.DRAFT: frozenset({State.SUBMITTED}),
        State.SUBMITTED: frozenset({State.DRAFT, State.APPROVED, State.REFUSED}),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="salary_orders")
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="salary_orders")
    month = models.DateField(_("month"), help_text=_("its first day"))
    version = models.PositiveSmallIntegerField(default=1)
    target = models.CharField(_("wish"), max_length=5, choices=Target)
    amount = models.DecimalField(_("amount (EUR)"), **AMOUNT)
    state = models.CharField(_("state"), max_length=10, choices=State)
    reason = models.TextField(_("reason"), blank=True)
    warnings = models.JSONField(default=list)
    gross = models.DecimalField(_("gross pay (EUR)"), **AMOUNT, null=True)
    cost = models.DecimalField(_("employer cost (EUR)"), **AMOUNT, null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    objects = SalaryOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "cooperative", "month"],
                condition=Q(superseded_at__isnull=True),
                name="salary_order_one_live",
            ),
            models.UniqueConstraint(
                fields=["person", "cooperative", "month", "version"], name="salary_order_version_unique"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="salary_order_month_first_day"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="salary_order_amount_positive"),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(gross__isnull=False, cost__isnull=False, decided_at__isnull=False, submitted_at__isnull=False),
                name="salary_order_approved_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="salary_order_refused_with_reason"
            ),
        ]
        triggers = [frozen("frozen", state="state", states=["approved", "refused"], but=["superseded_at"])]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.target} {self.amount}"


class PayrollRunQuerySet(models.QuerySet["PayrollRun"]):
    """Payroll runs."""

    def visible_to(self, user: Any) -> "PayrollRunQuerySet":
        """Keep the runs of the cooperatives whose runs the user reads, person by person or in totals only."""
        access = visibility.access_of(user)
        cooperatives = access.cooperatives_with(Subject.RUNS, "r") | access.cooperatives_with(Subject.RUNS, "t")
        return self.filter(cooperative__in=cooperatives | access.cooperatives_with(Subject.RUNS, "m"))


class PayrollRun(models.Model):
    """The calculation of the pay of one month of one cooperative; a row per member, each with a payslip.

    An exceptional run pays one ``nature`` of payment beside the month's pay. A run of the kind correction replaces one
    approved payslip, ``corrects``: why, and the gross (EUR) and the hours (in the unit of the contract) that were really
    due; of an exceptional payslip it has the nature, and its member what was given. One that ``withdraws`` it puts no
    payslip in its place. A payslip has at most one such run that is not cancelled.
    """

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", _("ordinary")
        EXCEPTIONAL = "exceptional", _("exceptional")
        CORRECTION = "correction", _("correction")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CALCULATED = "calculated", _("calculated")
        SUBMITTED = "submitted", pgettext_lazy("payroll run", "submitted")
        APPROVED = "approved", pgettext_lazy("payroll run", "approved")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    MOVES: Mapping[str, frozenset[str]] = {
        State.OPEN: frozenset({State.CALCULATED, State.CANCELLED}),
        State.CALCULATED: frozenset({State.OPEN, State.SUBMITTED, State.CANCELLED}),
        State.SUBMITTED: frozenset({State.CALCULATED, State.APPROVED, State.CANCELLED}),
        State.APPROVED: frozenset({State.CLOSED}),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="payroll_runs")
    month = models.DateField(_("month"), help_text=_("its first day"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ORDINARY)
    nature = models.CharField(
        _("payment"), max_length=20, choices=Nature, blank=True, help_text="empty: the month's pay"
    )
    sequence = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    corrects = models.ForeignKey("Payslip", on_delete=models.PROTECT, null=True, related_name="correction_runs")
    reason = models.TextField(_("reason of the correction"), blank=True)
    due_gross = models.DecimalField(_("gross really due (EUR)"), **AMOUNT, null=True)
    due_hours = models.DecimalField(_("hours really paid"), **HOURS, null=True)
    withdraws = models.BooleanField(default=False, help_text="nothing of the payment that it corrects was due")
    opened_at = models.DateTimeField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="empty: opened by itself",
    )
    calculated_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    note = models.TextField(_("note of the check"), blank=True)
    returned_reason = models.TextField(_("why it was returned"), blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approval_started_at = models.DateTimeField(null=True, help_text="posting has begun and will be carried through")
    posted_on = models.DateField(null=True, help_text="the day of its entries")
    approved_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True, help_text="somebody is posting it until then")
    closed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PayrollRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "month", "kind", "sequence"],
                condition=~Q(state="cancelled"),
                name="payroll_run_unique",
            ),
            models.CheckConstraint(condition=~Q(kind="ordinary") | Q(sequence=1), name="payroll_run_one_ordinary"),
            models.UniqueConstraint(
                fields=["corrects"], condition=~Q(state="cancelled"), name="payroll_run_corrects_once"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="correction", corrects__isnull=False)
                    & ~Q(reason="")
                    & (
                        Q(nature="", due_gross__isnull=False, due_hours__isnull=False, due_gross__gt=0, due_hours__gt=0)
                        | ~Q(nature="") & Q(due_gross__isnull=True, due_hours__isnull=True)
                    )
                )
                | ~Q(kind="correction") & Q(corrects__isnull=True, due_gross__isnull=True, due_hours__isnull=True),
                name="payroll_run_correction_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind="ordinary", nature="") | Q(kind="exceptional") & ~Q(nature="") | Q(kind="correction"),
                name="payroll_run_nature",
            ),
            models.CheckConstraint(
                condition=Q(withdraws=False) | Q(kind="correction") & ~Q(nature=""),
                name="payroll_run_withdraws_payment",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="payroll_run_month_first_day"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "closed"])
                | Q(approved_at__isnull=False, approval_started_at__isnull=False, posted_on__isnull=False),
                name="payroll_run_approved_whole",
            ),
            models.CheckConstraint(
                condition=Q(approval_started_at__isnull=True) | Q(state__in=["submitted", "approved", "closed"]),
                name="payroll_run_approval_not_undone",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (
                    (Q(submitted_by__isnull=True) | ~Q(submitted_by=F("approved_by")))
                    & (Q(prepared_by__isnull=True) | ~Q(prepared_by=F("approved_by")))
                ),
                name="payroll_run_four_eyes",
            ),
        ]
        indexes = [
            models.Index(fields=["state"], name="payroll_run_active", condition=Q(state__in=["open", "submitted"]))
        ]
        triggers = [
            frozen(
                "frozen",
                state="state",
                states=["approved", "closed", "cancelled"],
                but=["state", "closed_at", "lease_until"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind}"


class RunMemberQuerySet(models.QuerySet["RunMember"]):
    """Members of runs."""

    def visible_to(self, user: Any) -> "RunMemberQuerySet":
        """Keep oneself, and the members of the runs that the user reads person by person."""
        access = visibility.access_of(user)
        cooperatives = access.cooperatives_with(Subject.RUNS, "r") | access.cooperatives_with(Subject.RUNS, "m")
        return self.filter(Q(contract__person__user=user.pk) | Q(run__cooperative__in=cooperatives))


class RunMember(models.Model):
    """One member of one run: to do, done, or failed with a sentence in each language and its remedy.

    Of an exceptional run a member may be left out, with the reason in ``checked_note``.
    """

    class State(models.TextChoices):
        TODO = "todo", _("to do")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        OUT = "out", _("left out")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(PayrollRun, on_delete=models.CASCADE, related_name="members")
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="run_members")
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.TODO)
    lease_until = models.DateTimeField(null=True, help_text="a worker is calculating it until then")
    failure = models.JSONField(null=True, help_text="subject, reason and remedy by language")
    attempts = models.PositiveSmallIntegerField(default=0)
    checked_note = models.TextField(_("note of the check"), blank=True)

    objects = RunMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "contract"], name="run_member_unique"),
            models.CheckConstraint(
                condition=Q(state="failed", failure__isnull=False) | ~Q(state="failed") & Q(failure__isnull=True),
                name="run_member_failure_named",
            ),
            models.CheckConstraint(condition=~Q(state="out") | ~Q(checked_note=""), name="run_member_left_out_named"),
        ]
        indexes = [models.Index(fields=["run", "lease_until"], name="run_member_to_do", condition=Q(state="todo"))]

    def __str__(self) -> str:
        return f"{self.run_id} {self.state}"


@pghistory.track()
class GivenFacts(models.Model):
    """What the payroll officer says of a member of an exceptional run in place of the records, and why.

    What is empty is as the records say. ``months``: counted for the payment; the amounts are EUR gross.
    """

    AMOUNTS = ("monthly_pay", "earned_this_year", "earned_before")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.OneToOneField(RunMember, on_delete=models.CASCADE, related_name="given")
    months = models.PositiveSmallIntegerField(_("months counted"), null=True)
    monthly_pay = models.DecimalField(_("monthly pay (EUR)"), **AMOUNT, null=True)
    earned_this_year = models.DecimalField(_("earned this year without holiday taken (EUR)"), **AMOUNT, null=True)
    earned_before = models.DecimalField(_("earned the year before without holiday taken (EUR)"), **AMOUNT, null=True)
    reason = models.TextField(_("reason"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "given facts"
        constraints = [
            models.CheckConstraint(
                condition=(Q(months__isnull=True) | Q(months__range=(1, 12)))
                & (Q(monthly_pay__isnull=True) | Q(monthly_pay__gt=0))
                & (Q(earned_this_year__isnull=True) | Q(earned_this_year__gte=0))
                & (Q(earned_before__isnull=True) | Q(earned_before__gte=0)),
                name="given_facts_possible",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="given_facts_with_reason"),
        ]

    def __str__(self) -> str:
        return self.reason


class PayslipQuerySet(models.QuerySet["Payslip"]):
    """Payslips."""

    def visible_to(self, user: Any) -> "PayslipQuerySet":
        """Keep one's own once they are approved, and those of the cooperatives whose pay the user reads."""
        access = visibility.access_of(user)
        cooperatives = access.cooperatives_with(Subject.PAY, "r") | access.cooperatives_with(Subject.PAY, "m")
        own = Q(person__user=user.pk, state__in=[Payslip.State.APPROVED, Payslip.State.REVERSED])
        return self.filter(own | Q(cooperative__in=cooperatives))

    def paid(self) -> "PayslipQuerySet":
        """Keep what counts as paid: approved and not reversed."""
        return self.filter(state=Payslip.State.APPROVED)

    def ordinary(self) -> "PayslipQuerySet":
        """Keep the pay of months: no payments beside it."""
        return self.filter(nature="")


class Payslip(models.Model):
    """The pay of one member for one month, with every figure explained. Replaceable until approved, then frozen.

    Approved, it is never changed: a correction reverses it (it stays readable, ``reversed``) and approves another one.

    ``facts`` is what the engine was told, ``figures`` what it answered; the totals are EUR and repeat figures of it. Where
    the social secretariat's ``result`` is posted, ``figures`` hold its amounts, and ``simulation`` what our engine answered.
    With a ``nature`` it is a payment beside the month's pay: ``gross`` is the payment, ``wage_cost`` what it costs, and
    ``employer_cost`` what of that was not set aside before; hours and bases are zero.
    ``payment_facts`` is what it was told of the way from the net to the payment; empty for a payslip that was paid its net.
    ``expenses``: what its activities bear beside the employer cost, EUR.
    """

    class State(models.TextChoices):
        CALCULATED = "calculated", _("being checked")
        APPROVED = "approved", _("approved")
        REVERSED = "reversed", pgettext_lazy("payslip", "corrected")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.OneToOneField(RunMember, on_delete=models.PROTECT, related_name="payslip")
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="payslips")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="payslips")
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="payslips")
    order = models.ForeignKey(SalaryOrder, on_delete=models.PROTECT, null=True, related_name="payslips")
    month = models.DateField(_("month"))
    nature = models.CharField(
        _("payment"), max_length=20, choices=Nature, blank=True, help_text="empty: the month's pay"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CALCULATED)
    facts = models.JSONField()
    payment_facts = models.JSONField(null=True)
    figures = models.JSONField()
    result = models.ForeignKey(SecretariatResult, on_delete=models.PROTECT, null=True, related_name="payslips")
    simulation = models.JSONField(null=True, help_text="our engine's figures beside the social secretariat's")
    engine_version = models.CharField(max_length=20)
    law_digest = models.CharField(max_length=64)
    gross = models.DecimalField(_("gross pay"), **AMOUNT)
    net = models.DecimalField(_("net pay"), **AMOUNT)
    to_pay = models.DecimalField(_("net to pay"), **AMOUNT)
    wage_cost = models.DecimalField(_("wage cost"), **AMOUNT)
    employer_cost = models.DecimalField(_("employer cost"), **AMOUNT)
    expenses = models.DecimalField(_("expenses beside pay"), **AMOUNT, default=0)
    hours = models.DecimalField(_("hours, of the full-time hours"), **HOURS)
    full_time_hours = models.DecimalField(_("full-time hours"), **HOURS)
    reduction = models.DecimalField(_("structural reduction"), **AMOUNT)
    first_hire_reduction = models.DecimalField(_("reduction of a first hire"), **AMOUNT, default=ZERO)
    special_contribution = models.DecimalField(_("special contribution"), **AMOUNT)
    end_of_year_base = models.DecimalField(_("base of the end-of-year premium"), **AMOUNT)
    double_holiday_pay = models.DecimalField(_("base of the holiday provision"), **AMOUNT)
    calculated_at = models.DateTimeField()
    posted_on = models.DateField(null=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PayslipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="calculated", entry__isnull=True, posted_on__isnull=True)
                | ~Q(state="calculated") & Q(entry__isnull=False, document__isnull=False, posted_on__isnull=False),
                name="payslip_posted_exactly_when_approved",
            ),
            models.UniqueConstraint(
                fields=["contract", "month"],
                condition=Q(state="approved", nature=""),
                name="payslip_paid_once_a_month",
            ),
            models.UniqueConstraint(
                F("contract"),
                F("nature"),
                ExtractYear("month"),
                condition=Q(state="approved") & ~Q(nature=""),
                name="payslip_beside_pay_once_a_year",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="payslip_month_first_day"),
            models.CheckConstraint(
                condition=Q(result__isnull=True, simulation__isnull=True)
                | Q(result__isnull=False, simulation__isnull=False),
                name="payslip_simulation_beside_result",
            ),
        ]
        indexes = [models.Index(fields=["person", "month"], name="payslip_by_person")]
        triggers = [
            frozen("frozen", state="state", states=["approved", "reversed"], but=["state"]),
            Guard(name="claims", operation=pgtrigger.Update, when=pgtrigger.After, function="guard_claims"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.state}"


class PayslipShare(models.Model):
    """What an activity bears of the employer cost of a payslip (EUR): its weight among the person's activities."""

    payslip = models.ForeignKey(Payslip, on_delete=models.CASCADE, related_name="shares")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    weight = models.DecimalField(max_digits=6, decimal_places=3)
    cost = models.DecimalField(**AMOUNT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payslip", "activity"], name="payslip_share_unique")]

    def __str__(self) -> str:
        return f"{self.cost}"


class QuarterOpening(models.Model):
    """A month paid before the cooperative came to the product: what its quarter and its year must know of it (EUR).

    ``hours`` and ``full_time_hours`` in any common unit. The two sums of the year run from 1 January up to and including
    this month; empty means that nothing was provisioned from them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="quarter_openings")
    month = models.DateField(_("month"))
    gross = models.DecimalField(_("gross pay"), **AMOUNT)
    hours = models.DecimalField(_("hours paid"), **HOURS)
    full_time_hours = models.DecimalField(_("full-time hours"), **HOURS)
    reduction = models.DecimalField(_("structural reduction given"), **AMOUNT)
    first_hire_reduction = models.DecimalField(_("reduction of a first hire given"), **AMOUNT, default=ZERO)
    special_contribution = models.DecimalField(_("special contribution withheld"), **AMOUNT)
    end_of_year_base = models.DecimalField(_("pay and contributions of the year so far"), **AMOUNT, null=True)
    double_holiday_pay = models.DecimalField(_("double holiday pay base of the year so far"), **AMOUNT, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "month"], name="quarter_opening_unique"),
            models.CheckConstraint(condition=Q(month__day=1), name="quarter_opening_month_first_day"),
            models.CheckConstraint(
                condition=Q(gross__gte=0) & Q(hours__gte=0) & Q(hours__lte=F("full_time_hours")),
                name="quarter_opening_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class QuarterSettlementQuerySet(models.QuerySet["QuarterSettlement"]):
    """Settled quarters."""

    def visible_to(self, user: Any) -> "QuarterSettlementQuerySet":
        """Keep one's own, and those of the cooperatives whose pay the user reads."""
        access = visibility.access_of(user)
        cooperatives = access.cooperatives_with(Subject.PAY, "r") | access.cooperatives_with(Subject.PAY, "m")
        return self.filter(Q(contract__person__user=user.pk) | Q(cooperative__in=cooperatives))


class QuarterSettlement(models.Model):
    """A quarter of a contract, counted as the law counts it; a correction of zero is recorded and writes no entry.

    ``facts`` is what the engine was told, ``figures`` what it answered; the amounts are EUR and repeat figures of it.
    ``sequence`` is above 1 when a payslip of the quarter was corrected after its settlement; ``reduction_given`` then holds
    what the earlier settlements corrected too. ``entry`` gives or takes back the reductions on the activities;
    ``special_contribution_entry`` withholds from the member, or gives back, through the open item of the settlement's id.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contract = models.ForeignKey(EmploymentContract, on_delete=models.PROTECT, related_name="settlements")
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, related_name="settlements")
    last_month = models.DateField(_("last month of the quarter"))
    sequence = models.PositiveSmallIntegerField(default=1)
    settled_on = models.DateField()
    facts = models.JSONField(null=True, help_text="empty: settled before facts were kept")
    figures = models.JSONField()
    engine_version = models.CharField(max_length=20, blank=True)
    law_digest = models.CharField(max_length=64, blank=True)
    reduction_given = models.DecimalField(**AMOUNT)
    reduction_due = models.DecimalField(**AMOUNT)
    correction = models.DecimalField(_("correction of the structural reduction"), **AMOUNT)
    first_hire_correction = models.DecimalField(
        _("correction of the reduction of a first hire"), **AMOUNT, default=ZERO
    )
    special_contribution_correction = models.DecimalField(_("correction of the special contribution"), **AMOUNT)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    special_contribution_entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="+")

    objects = QuarterSettlementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "last_month", "sequence"], name="quarter_settled_once"),
            models.CheckConstraint(
                condition=Q(correction=F("reduction_due") - F("reduction_given")), name="quarter_settlement_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(first_hire_correction=F("correction") * -1) | Q(entry__isnull=False),
                name="quarter_settlement_posted",
            ),
            models.CheckConstraint(
                condition=Q(facts__isnull=True)
                | Q(special_contribution_correction=0, special_contribution_entry__isnull=True)
                | ~Q(special_contribution_correction=0) & Q(special_contribution_entry__isnull=False),
                name="quarter_settlement_special_posted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.last_month:%Y-%m} {self.correction}"

    @property
    def for_activities(self) -> Decimal:
        """What the activities gain by it, or give back: the corrections of both reductions; EUR."""
        return self.correction + self.first_hire_correction
