"""What payroll tells the registries of coop, once the apps are loaded."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from celery.schedules import crontab
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coop import formatting, shell, sweeping, todo
from coop.access import visibility
from coop.access.models import Role
from coop.access.predicates import Subject
from coop.celery import app
from coop.documents import kinds
from coop.entities.models import Cooperative
from coop.ledger import checking, sources
from coop.ledger.models import Line
from coop.money import ZERO
from coop.periods import Month
from members import consequences, working_time
from payroll import concerned, debts, documents, exceptional, facts, papers, quarters, queries, tasks, withdrawals
from payroll.beside_models import Withheld
from payroll.models import EmployerTerms, PayrollRun, Payslip, QuarterSettlement, RunMember, SalaryOrder
from payroll.provision_models import ProvisionSettlement
from payroll.services import deductions
from payroll.services import provisions as provision_settlements
from payroll.services.approval import CARRIED, REVERSED, SOURCE
from payroll.services.quarters import SETTLEMENT, SPECIAL_CONTRIBUTION

NOTICE = timedelta(days=60)
"""How long before the law expires its officer is told."""


def register() -> None:
    """Register the sweeper, the beat entry, sources, document kind, checks, navigation and tasks."""
    sweeping.register(tasks.sweep, often=True)
    app.add_periodic_task(crontab(minute="*/10"), tasks.open_runs.s(), name="payroll.open_runs")
    for source in (SOURCE, REVERSED, CARRIED):
        sources.register(source, payslip_links)
    for source in (SETTLEMENT, SPECIAL_CONTRIBUTION):
        sources.register(source, quarters.links)
    sources.register(deductions.ADVANCE_PAID, advance_links)
    sources.register(provision_settlements.SOURCE, settlement_links)
    kinds.register(kinds.Kind("payslip", build=documents.build, visible=documents.visible, opened=documents.opened))
    papers.register()
    withdrawals.register()
    consequences.register(concerned.consequences)
    working_time.register(facts.shortest_share)
    checking.register("net pay is what is owed", net_pay_is_owed)
    checking.register("payslips are posted", payslips_are_posted)
    checking.register("what is withheld is owed", withheld_is_owed)
    todo.register(tasks_of)
    todo.register_deadlines(deadlines_of)
    todo.register_states(states_of)
    for entry in NAVIGATION:
        shell.register(entry)


# --- navigation -------------------------------------------------------------------------------------------------------


def is_paid(user: Any) -> bool:
    """Tell whether a user runs an activity, and so may have a salary."""
    return Role.ENTREPRENEUR in visibility.access_of(user).roles


def sees_runs(user: Any) -> bool:
    """Tell whether a user sees payroll runs, at least in totals."""
    access = visibility.access_of(user)
    return any(access.cooperatives_with(Subject.RUNS, right) for right in "rtm")


NAVIGATION = (
    shell.Entry(
        label=gettext_lazy("Salary"), url="payroll:salary", icon="wallet", allowed=is_paid, group="work", order=40
    ),
    shell.Entry(
        label=gettext_lazy("Hours and absences"),
        url="payroll:days",
        icon="calendar-days",
        allowed=is_paid,
        group="work",
        order=42,
    ),
    shell.Entry(
        label=gettext_lazy("Payslips"),
        url="payroll:payslip_list",
        icon="receipt-text",
        allowed=is_paid,
        group="work",
        order=41,
    ),
    shell.Entry(
        label=gettext_lazy("Payroll"),
        url="payroll:run_list",
        icon="calculator",
        allowed=sees_runs,
        group="team",
        order=40,
    ),
)


# --- sources ----------------------------------------------------------------------------------------------------------


def payslip_links(keys: Iterable[str], user: Any) -> dict[str, sources.Link]:
    """Return the links of payslips: a label without a name, and an address only for those who see the payslip."""
    wanted = list(keys)
    seen = {str(pk) for pk in Payslip.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True)}
    months = Payslip.objects.filter(pk__in=wanted).values_list("pk", "month", "nature")
    return {
        str(pk): sources.Link(
            label=exceptional.titled(nature, month)
            if nature
            else _("Payslip of %(month)s") % {"month": formatting.month(month)},
            url=reverse("payroll:payslip_detail", args=[pk]) if str(pk) in seen else "",
        )
        for pk, month, nature in months
    }


def advance_links(keys: Iterable[str], user: Any) -> dict[str, sources.Link]:
    """Return the labels of advances on pay; their page belongs to the payroll office."""
    return {key: sources.Link(label=_("Advance on pay"), url="") for key in keys}


def settlement_links(keys: Iterable[str], user: Any) -> dict[str, sources.Link]:
    """Return the links of settled provisions, without a name; an address only for those who see them."""
    wanted = list(keys)
    seen = ProvisionSettlement.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True)
    pages_ = {str(pk): reverse("payroll:provisions_settlement", args=[pk]) for pk in seen}
    return {key: sources.Link(label=_("Provisions left"), url=pages_.get(key, "")) for key in wanted}


# --- checks of the books ----------------------------------------------------------------------------------------------


def net_pay_is_owed(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    """Each approved payslip has its net on the account of pay, one that was corrected nothing, and so has what a settled
    quarter gives back or still withholds of the special contribution, each with what later pay recovered of it; what is
    owed is of these.
    """
    lines = Line.objects.filter(cooperative=cooperative, account__role="net_pay")
    booked = dict(
        lines.filter(entry__source__in=[SOURCE, REVERSED, SPECIAL_CONTRIBUTION], item__isnull=False)
        .values_list("item")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    paid = dict(Payslip.objects.paid().filter(cooperative=cooperative).values_list("pk", "to_pay"))
    settled = {
        pk: -amount
        for pk, amount in QuarterSettlement.objects.filter(
            cooperative=cooperative, special_contribution_entry__isnull=False
        ).values_list("pk", "special_contribution_correction")
    }
    paid |= settled
    recovered = (
        Withheld.objects.filter(
            payslip__cooperative=cooperative, payslip__state=Payslip.State.APPROVED, deduction__item__isnull=False
        )
        .values_list("deduction__item")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    for pk, amount in recovered:
        paid[pk] = paid.get(pk, ZERO) + amount
    for pk in sorted(paid.keys() | booked.keys()):
        owed, net = -booked.get(pk, ZERO), paid.get(pk, ZERO)
        if owed != net and pk in settled:
            yield _("the quarter settled %(settlement)s gives %(net)s to pay, but %(owed)s stands in the books.") % {
                "settlement": pk,
                "net": net,
                "owed": owed,
            }
        elif owed != net:
            yield _("payslip %(payslip)s gives %(net)s to pay, but %(owed)s stands in the books.") % {
                "payslip": pk,
                "net": net,
                "owed": owed,
            }
    # What payslips leave open, and what was there before the product (opening lines without a payslip), make the balance.
    whole = lines.exclude(entry__journal__code="RAN").aggregate(total=Sum("amount"))["total"] or ZERO
    withdrawn = set(PayrollRun.objects.filter(cooperative=cooperative, withdraws=True).values_list("pk", flat=True))
    open_items = (
        lines.filter(item__in=paid.keys() | booked.keys() | withdrawn).aggregate(total=Sum("amount"))["total"] or ZERO
    )
    if whole != open_items:
        yield _("%(balance)s stands on the account of pay, of which payslips explain %(explained)s.") % {
            "balance": whole,
            "explained": open_items,
        }


def payslips_are_posted(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    """An approved payslip charges its employer cost and the expenses beside it; an approved run holds only approved ones."""
    charged = dict(
        Line.objects.filter(cooperative=cooperative, entry__source=SOURCE, account__number__startswith="6")
        .exclude(activity__kind="cooperative")
        .values_list("entry__source_key")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    paid = Payslip.objects.paid().filter(cooperative=cooperative)
    for pk, employer_cost, expenses in paid.values_list("pk", "employer_cost", "expenses"):
        cost = employer_cost + expenses
        if charged.get(str(pk), ZERO) != cost:
            yield _("payslip %(payslip)s costs %(cost)s, but %(charged)s is charged in the books.") % {
                "payslip": pk,
                "cost": cost,
                "charged": charged.get(str(pk), ZERO),
            }
    open_ones = Payslip.objects.filter(
        cooperative=cooperative,
        state=Payslip.State.CALCULATED,
        member__run__state__in=[PayrollRun.State.APPROVED, PayrollRun.State.CLOSED],
    )
    for pk in open_ones.values_list("pk", flat=True):
        yield _("payslip %(payslip)s is not posted, although its run is approved.") % {"payslip": pk}


def withheld_is_owed(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    """What the payslips that count withhold for an attachment is what their entries owe to its creditor."""
    booked = dict(
        Line.objects.filter(
            cooperative=cooperative, entry__source__in=[SOURCE, REVERSED], item__source=deductions.ATTACHED
        )
        .values_list("item")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    counted = Withheld.objects.filter(
        payslip__cooperative=cooperative, payslip__state=Payslip.State.APPROVED, attachment__isnull=False
    )
    withheld = dict(counted.values_list("attachment").annotate(total=Sum("amount")).order_by())
    for pk in sorted(withheld.keys() | booked.keys()):
        if withheld.get(pk, ZERO) != -booked.get(pk, ZERO):
            yield _("attachment %(attachment)s: payslips withhold %(withheld)s, but %(owed)s is owed in the books.") % {
                "attachment": pk,
                "withheld": withheld.get(pk, ZERO),
                "owed": -booked.get(pk, ZERO),
            }


# --- what waits for whom ----------------------------------------------------------------------------------------------


def tasks_of(user: Any, on: date) -> Iterator[todo.Task]:
    """Give the tasks of payroll: orders to decide, failures, runs to check, to approve."""
    access = visibility.access_of(user)
    officer = access.cooperatives_with(Subject.RUNS, "w")
    if officer:
        yield from _officer_tasks(officer, on)
        yield from _concerned(user, on)
        yield from _owed(user)
    approver = access.cooperatives_with(Subject.RUNS, "x")
    waiting = ProvisionSettlement.objects.filter(
        cooperative__in=approver, state=ProvisionSettlement.State.PROPOSED
    ).exclude(proposed_by=user.pk)
    for settlement in waiting.select_related("cooperative", "contract").order_by("proposed_at"):
        yield todo.Task(
            kind="provisions_to_settle",
            sentence=_("Approve the settlement of the provisions of worker %(number)s")
            % {"number": settlement.contract.worker_number},
            url=reverse("payroll:provisions_settlement", args=[settlement.pk]),
            action=_("Look"),
            note=settlement.cooperative.name,
        )
    for run in _runs(approver, [PayrollRun.State.SUBMITTED], mine=user.pk):
        yield _run_task(run, "run_to_approve", _("Approve the payroll of %(month)s"), _("Approve"))


def _officer_tasks(cooperatives: frozenset[Any], on: date) -> Iterator[todo.Task]:
    waiting = SalaryOrder.objects.live().filter(cooperative__in=cooperatives, state=SalaryOrder.State.SUBMITTED)
    for cooperative, month, count in (
        waiting.values_list("cooperative", "month").annotate(n=Count("pk")).order_by("month", "cooperative")
    ):
        yield todo.Task(
            kind="order_to_decide",
            sentence=_("Decide %(count)s salary orders of %(month)s")
            % {"count": count, "month": formatting.month(month)},
            url=f"{reverse('payroll:order_list')}?cooperative={cooperative}&month={Month.of(month)}",
            action=_("Decide"),
            count=count,
        )
    failed = RunMember.objects.filter(
        run__cooperative__in=cooperatives,
        state=RunMember.State.FAILED,
        run__state__in=[PayrollRun.State.OPEN, PayrollRun.State.CALCULATED],
    )
    runs_with_failures = set(failed.values_list("run", flat=True))
    for run in _runs(cooperatives, [PayrollRun.State.OPEN, PayrollRun.State.CALCULATED]):
        if run.pk in runs_with_failures:
            yield _run_task(run, "run_failed", _("Payslips of %(month)s are missing a fact"), _("Open the run"))
        elif run.state == PayrollRun.State.CALCULATED:
            yield _run_task(run, "run_to_check", _("Check the payroll of %(month)s and submit it"), _("Check"))
    if facts.law().confirmed_until - on < NOTICE:
        yield todo.Task(
            kind="law_expires",
            sentence=_("The law of pay is confirmed only up to %(day)s")
            % {"day": formatting.day(facts.law().confirmed_until)},
            url=reverse("payroll:run_list"),
            action=_("Look"),
            deadline=facts.law().confirmed_until,
        )


def _concerned(user: Any, on: date) -> Iterator[todo.Task]:
    """Payslips to look at because a fact was recorded after them, by cooperative."""
    found = Counter(one.payslip.cooperative for one in concerned.list_concerned(user, on=on))
    for cooperative, count in sorted(found.items(), key=lambda pair: pair[0].name):
        yield todo.Task(
            kind="paid_on_other_facts",
            sentence=ngettext(
                "Look at %(count)s payslip that was paid before a fact was recorded",
                "Look at %(count)s payslips that were paid before a fact was recorded",
                count,
            )
            % {"count": count},
            url=f"{reverse('payroll:pay_checks')}?cooperative={cooperative.code}#concerned",
            action=_("Look"),
            note=cooperative.name,
            count=count,
        )


def _owed(user: Any) -> Iterator[todo.Task]:
    """What members were paid too much, or still owe of a settled quarter, and nobody decided how it is recovered."""
    mine = visibility.access_of(user).cooperatives_with(Subject.PAY, "w")
    for cooperative in Cooperative.objects.filter(pk__in=mine).order_by("name"):
        count = len(debts.undecided(debts.of_cooperatives([cooperative.pk])))
        if count:
            yield todo.Task(
                kind="owed_by_members",
                sentence=ngettext(
                    "Decide how %(count)s amount that was paid too much is recovered",
                    "Decide how %(count)s amounts that were paid too much are recovered",
                    count,
                )
                % {"count": count},
                url=f"{reverse('payroll:beside_list')}?cooperative={cooperative.code}#owed",
                action=_("Decide"),
                note=cooperative.name,
                count=count,
            )


def _runs(cooperatives: frozenset[Any], states: list[str], mine: Any = None) -> Iterator[PayrollRun]:
    rows = PayrollRun.objects.filter(cooperative__in=cooperatives, state__in=states).select_related("cooperative")
    rows = rows.exclude(submitted_by=mine).exclude(prepared_by=mine) if mine else rows
    yield from rows.order_by("month", "pk")


def _run_task(run: PayrollRun, kind: str, sentence: str, action: str) -> todo.Task:
    month = Month.of(run.month)
    return todo.Task(
        kind=kind,
        sentence=sentence % {"month": formatting.month(month)},
        url=reverse("payroll:run_detail", args=[run.pk]),
        action=action,
        deadline=None if run.corrects_id else month.last,
        note=_note(run),
    )


def _note(run: PayrollRun) -> str:
    """Say which cooperative, and what the run is if it does not pay the month."""
    if run.corrects_id:
        return _("%(cooperative)s, correction of a payslip") % {"cooperative": run.cooperative.name}
    return f"{run.cooperative.name}, {run.get_nature_display()}" if run.nature else run.cooperative.name


def deadlines_of(user: Any, on: date) -> Iterator[todo.Deadline]:
    """Give the last day for salary orders of this month to those who are employed."""
    person = queries.person_of(user)
    if person is None:
        return
    month = Month.of(on)
    for terms in EmployerTerms.objects.filter(
        cooperative__in=[cooperative for cooperative, _status in queries.employers_of(person, month)]
    ).on(on):
        if facts.contract_of(person=person, cooperative=terms.cooperative_id, month=month):
            yield todo.Deadline(_("Last day for your salary order"), month.day(terms.cut_off_day))


STATE_WORDS = {
    PayrollRun.State.OPEN: (gettext_lazy("Your payslip is being calculated."), "info"),
    PayrollRun.State.CALCULATED: (gettext_lazy("Your payslip is being checked."), "info"),
    PayrollRun.State.SUBMITTED: (gettext_lazy("Your payslip waits for approval."), "info"),
    PayrollRun.State.APPROVED: (gettext_lazy("Your payslip is approved."), "good"),
    PayrollRun.State.CLOSED: (gettext_lazy("Your payslip is approved."), "good"),
}


def states_of(user: Any, on: date) -> Iterator[todo.State]:
    """Give the state of this month's payroll run to the members that it pays."""
    month = Month.of(on)
    members = RunMember.objects.filter(
        contract__person__user=user.pk, run__month=month.first, run__kind=PayrollRun.Kind.ORDINARY
    ).exclude(run__state=PayrollRun.State.CANCELLED)
    for member in members.select_related("run__cooperative"):
        sentence, kind = STATE_WORDS[PayrollRun.State(member.run.state)]
        yield todo.State(
            title=_("Salary of %(month)s") % {"month": formatting.month(month)},
            sentence=sentence,
            word=member.run.get_state_display(),
            kind=kind,
            url=reverse("payroll:payslip_list"),
        )
