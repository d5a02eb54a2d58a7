"""Pages of days: the month of a member, the month of all for the payroll officer, usual weeks and public holidays."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from coop import clock, formatting, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.periods import Month
from members import services as member_services
from members.models import EmploymentContract, Reading
from payroll import exports, facts, pages, public_holidays, queries, services, worktime, worktime_pages
from payroll.absences import Kind
from payroll.account_views import send
from payroll.models import SalaryOrder
from payroll.services.worktime import closed, closing_run, is_corrected
from payroll.worktime_forms import AS_USUAL, NAMES, DaysForm, HolidayForm, WeekForm


@login_required
@require_GET
def days(request: HttpRequest) -> HttpResponse:
    """Lead to one's own days of this month."""
    return redirect("payroll:days_month", Month.of(clock.today()))


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def days_month(request: HttpRequest, month: Month) -> HttpResponse:
    """Let a member see and enter the days of a month."""
    person = pages.me(request)
    contracts = worktime.contracts_of(request.user, month)
    wanted = request.GET.get("cooperative") or request.POST.get("cooperative")
    contract = next((one for one in contracts if one.cooperative.code == wanted), contracts[0] if contracts else None)
    context = {
        "month": month,
        "previous": reverse("payroll:days_month", args=[month.plus(-1)]),
        "next": reverse("payroll:days_month", args=[month.plus(1)]),
        "employers": contracts,
        "person": person,
        "own": True,
    }
    if contract is None:
        return views.page(request, "payroll/worktime_month.html", context)
    return _month_page(request, contract, month, context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def days_contract(request: HttpRequest, pk: UUID, month: Month) -> HttpResponse:
    """Show the days of a contract to the payroll officer, who corrects them; absences may be health, so to nobody else."""
    contract = _contract(request, pk)
    if contract.person.user_id != request.user.pk:
        visibility.require(request.user, Subject.PAY, "r", cooperative=contract.cooperative_id)
        member_services.note_reading(person=contract.person, what=Reading.What.DAYS, by=request.user, at=clock.now())
    context = {
        "month": month,
        "previous": reverse("payroll:days_contract", args=[pk, month.plus(-1)]),
        "next": reverse("payroll:days_contract", args=[pk, month.plus(1)]),
        "employers": [],
        "person": contract.person,
        "own": False,
    }
    return _month_page(request, contract, month, context)


def _contract(request: HttpRequest, pk: UUID) -> EmploymentContract:
    """Return a contract whose days a user reads; 404 for others. One's own days are on one's own page, and here too."""
    contract: EmploymentContract = get_object_or_404(
        EmploymentContract.objects.visible_to(request.user).select_related("person", "cooperative"), pk=pk
    )
    return contract


def _month_page(
    request: HttpRequest, contract: EmploymentContract, month: Month, context: dict[str, Any]
) -> HttpResponse:
    officer = visibility.may(request.user, Subject.RUNS, "w", cooperative=contract.cooperative_id)
    writes = officer or contract.person.user_id == request.user.pk
    shut = _shut(contract, month, officer=officer)
    selected = _selected(request, month)
    initial = {"first": selected, "kind": Kind.HOLIDAY}
    form = DaysForm(request.POST or None, officer=officer, initial=initial)
    if request.method == "POST":
        if not writes:
            raise PermissionDenied("days w")
        if form.is_valid() and _enter(request, contract, form):
            return redirect(f"{request.path}?cooperative={contract.cooperative.code}")
    found = worktime.month_of(contract.cooperative_id, month, contracts=[contract.pk])
    mine = found[0] if found else None
    record = worktime.record(contract.pk, month.first, month.plus(1).first)
    context |= {
        "contract": contract,
        "cooperative": contract.cooperative,
        "weekdays": worktime_pages.weekdays(),
        "weeks": worktime_pages.grid(month, mine.days if mine else (), selected),
        "mine": mine,
        "counters": worktime.counters_of(contract, month.last),
        "unpaid": worktime_pages.unpaid_sentence(mine) if mine else "",
        "wage": _wage(contract, month) if mine and mine.unpaid_days else None,
        "order": _order(contract, month) if mine and mine.unpaid_days else None,
        "incapacities": [one for one in record.incapacities if one.last >= month.first and one.first <= month.last],
        "shut": shut,
        "open": shut is None and writes and mine is not None,
        "officer": officer,
        "form_address": f"{request.path}?cooperative={contract.cooperative.code}#entry",
    }
    response = views.page(request, "payroll/worktime_month.html", context, form=form)
    response["Cache-Control"] = "no-store"
    return response


def _shut(contract: EmploymentContract, month: Month, *, officer: bool) -> Refused | None:
    """Say why the days of a month cannot change any more, if so."""
    run = closing_run(contract, month)
    if run is None or (officer and is_corrected(contract, month)):
        return None
    return closed(contract, month, run, officer=officer)


def _selected(request: HttpRequest, month: Month) -> date | None:
    """Return the day of the month that was tapped, if one was."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
    return day if Month.of(day) == month else None


def _enter(request: HttpRequest, contract: EmploymentContract, form: DaysForm) -> bool:
    """Enter or take back what was sent; tell whether it was done."""
    first, last = form.stretch
    kind = form.cleaned_data["kind"]
    try:
        if kind == AS_USUAL:
            services.clear_days(contract=contract.pk, first=first, last=last, by=request.user, at=clock.now())
            messages.success(request, _("These days are as usual again."))
        else:
            rows = services.enter_days(
                contract=contract.pk, first=first, last=last, kind=Kind(kind), hours=form.cleaned_data["hours"],
                by=request.user, at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Days entered: %(count)s.") % {"count": len(rows)})
    except Refused as refused:
        form_errors.refuse(form, refused)
        return False
    return True


def _wage(contract: EmploymentContract, month: Month) -> Any:
    """Return what the contract gives in a month with its absences; nothing when that cannot be said yet."""
    try:
        return facts.basis(contract.pk, month, estimate=True).contract_gross
    except Refused:
        return None


def _order(contract: EmploymentContract, month: Month) -> SalaryOrder | None:
    """Return the approved order of a month, which is paid as it was approved."""
    order = queries.live_order(contract.person, contract.cooperative, month)
    return order if order is not None and order.state == SalaryOrder.State.APPROVED else None


# --- all members ------------------------------------------------------------------------------------------------------


def _cooperative(request: HttpRequest) -> tuple[Cooperative, list[Cooperative]]:
    """Return the cooperative that is asked for, or the first, of those whose pay the user prepares; 403 without one."""
    mine = pages.officer_cooperatives(request.user)
    if not mine:
        raise PermissionDenied("runs w")
    wanted = request.GET.get("cooperative", "")
    return next((one for one in mine if one.code == wanted), mine[0]), mine


@login_required
@require_safe
def days_team(request: HttpRequest) -> HttpResponse:
    """Lead the payroll officer to the days of this month."""
    _cooperative(request)
    return redirect("payroll:days_team_month", Month.of(clock.today()))


def _read(request: HttpRequest, cooperative: Cooperative, month: Month) -> list[worktime.MemberMonth]:
    """Return the month of all, and leave a note with each person of whom something was entered."""
    found = worktime.month_of(cooperative.pk, month)
    people = sorted({one.person for one in found if one.entered})
    member_services.note_readings(people=people, what=Reading.What.DAYS, by=request.user, at=clock.now())
    return found


@login_required
@require_safe
@never_cache
def days_team_month(request: HttpRequest, month: Month) -> HttpResponse:
    """Show the payroll officer the month of all members of a cooperative, those who entered something first."""
    cooperative, mine = _cooperative(request)
    found = _read(request, cooperative, month)
    context = {
        "cooperative": cooperative,
        "cooperatives": mine,
        "month": month,
        "previous": month.plus(-1),
        "next": month.plus(1),
        "rows": [one for one in found if one.entered],
        "usual": [one for one in found if not one.entered],
        "run": queries.run_of(cooperative, month),
        "holidays": [
            one for one in public_holidays.holidays_of(month.year, _chosen(cooperative)) if Month.of(one.on) == month
        ],
    }
    response = views.page(request, "payroll/worktime_team.html", context)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_safe
@never_cache
def days_team_file(request: HttpRequest, month: Month, format_: str) -> HttpResponse:
    """Send the month of all members as a file, a row per contract and kind of day."""
    cooperative, _mine = _cooperative(request)
    table = worktime_pages.list_of(_read(request, cooperative, month), _("Days and hours"))
    label = formatting.month(month)
    if format_ == "csv":
        content = exports.as_csv(table, [])
    else:
        content = exports.as_xlsx([table], subtitle=f"{cooperative.name}, {label}", checks=[])
    return send(content, f"days-{cooperative.code}-{month}.{format_}", format_)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def days_week(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record the usual week of a contract."""
    contract = _contract(request, pk)
    visibility.require(request.user, Subject.RUNS, "w", cooperative=contract.cooperative_id)
    month = Month.of(clock.today())
    record = worktime.record(pk, month.first, month.plus(1).first)
    week = dict(zip(NAMES, record.usual_week(clock.today()), strict=True))
    form = WeekForm(request.POST or None, initial={"valid_from": month.first, **week})
    if request.method == "POST" and form.is_valid():
        try:
            services.record_week(
                contract=pk, valid_from=form.cleaned_data["valid_from"], hours=form.hours(), by=request.user
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The usual week was recorded."))
            return redirect("payroll:days_contract", pk, month)
    version = record.version(clock.today())
    context = {"contract": contract, "month": month, "weekly": version.weekly_hours if version else None}
    return views.page(request, "payroll/worktime_week.html", context, form=form)


# --- public holidays --------------------------------------------------------------------------------------------------


def _chosen(cooperative: Cooperative) -> dict[date, date]:
    return worktime.chosen_days([cooperative.pk]).get(cooperative.pk, {})


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def holiday_list(request: HttpRequest, year: int) -> HttpResponse:
    """Show the public holidays of a year, and choose the days that replace those on which nobody works."""
    cooperative, mine = _cooperative(request)
    form = HolidayForm(request.POST or None, holidays=public_holidays.holidays_of(year))
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_holiday(
                cooperative=cooperative, holiday=form.cleaned_data["holiday"], taken_on=form.cleaned_data["taken_on"],
                by=request.user, at=clock.now(),
            )  # fmt: skip
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The day of this public holiday was recorded."))
            return redirect(f"{request.path}?cooperative={cooperative.code}")
    chosen = _chosen(cooperative)
    rows = [(one, one.of in chosen) for one in public_holidays.holidays_of(year, chosen)]
    context = {
        "cooperative": cooperative,
        "cooperatives": mine,
        "year": year,
        "rows": rows,
        "address": f"{request.path}?cooperative={cooperative.code}",
    }
    return views.page(request, "payroll/worktime_holidays.html", context, form=form)
