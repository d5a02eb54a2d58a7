"""Pages of the lists that declarations are made from: return 274, slips 281.10, DmfA, Dimona; each as XLSX and CSV."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coop import clock, formatting, views
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.periods import Month
from members import services as member_services
from members.models import Reading
from payroll import declarations as lists
from payroll import exports, paid, quarters, tables, worktime, worktime_pages
from payroll.account_views import send
from payroll.tables import Kind, Table


@dataclass(frozen=True)
class Declaration:
    """A list with its period, the day by which it is declared, and what it was compared with.

    ``checks`` are pairs of a check and its sentence; ``incomplete`` says what the list cannot know; ``beside`` is a second
    list that belongs to it, and ``away`` the people whose entered days it shows.
    """

    name: str
    title: str
    label: str
    code: str
    period: Any
    previous: Any
    following: Any
    due: str
    year: int
    table: Table
    checks: Sequence[tuple[tables.Check | lists.Presence, str]]
    incomplete: str = ""
    beside: Table | None = None
    away: Sequence[UUID] = ()


Build = Callable[[Any, Cooperative, Any], Declaration]


def _cooperative(request: HttpRequest) -> tuple[Cooperative, list[Cooperative]]:
    """Return the cooperative that is asked for, or the first, of those whose pay the user reads; 403 without one."""
    mine = paid.reads_pay(request.user)
    if not mine:
        raise PermissionDenied("pay r")
    wanted = request.GET.get("cooperative", "")
    return next((one for one in mine if one.code == wanted), mine[0]), mine


@require_safe
@login_required
@never_cache
def declaration(request: HttpRequest, name: str, period: Any) -> HttpResponse:
    """Show a list of ``LISTS`` for a month, a quarter or a year, beside the books."""
    cooperative, mine = _cooperative(request)
    found = LISTS[name](request.user, cooperative, period)
    member_services.note_readings(people=found.away, what=Reading.What.DAYS, by=request.user, at=clock.now())
    month = period if isinstance(period, Month) else Month(period, 12)
    context = {
        "found": found,
        "table": found.table,
        "checks": found.checks,
        "year": found.year,
        "cooperative": cooperative,
        "cooperatives": mine,
        "page": f"payroll:{found.name}",
        "file": f"payroll:{found.name}_file",
        "tabs": _tabs(month),
        "reads_books": visibility.may(request.user, Subject.LEDGER, "r", cooperative=cooperative.pk),
    }
    response = views.page(request, "payroll/declaration.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _tabs(month: Month) -> list[tuple[str, str, Any]]:
    """Return the lists around a month: address, words, period."""
    quarter = Month(month.year, month.quarter * 3)
    return [
        ("payroll:withholding", _("Withholding tax 274"), month),
        ("payroll:dmfa", _("DmfA"), quarter),
        ("payroll:dimona", _("Dimona"), month),
        ("payroll:slips", _("Slips 281.10"), month.year),
    ]


@require_safe
@login_required
@never_cache
def declaration_file(request: HttpRequest, name: str, period: Any, format_: str) -> HttpResponse:
    """Send a list as a file; national numbers stand in it whole, and each person sees that theirs was read."""
    cooperative, _mine = _cooperative(request)
    found = LISTS[name](request.user, cooperative, period)
    member_services.note_readings(people=found.away, what=Reading.What.DAYS, by=request.user, at=clock.now())
    people = _named(found.table)
    if people:
        member_services.note_readings(people=people, what=Reading.What.FILE, by=request.user, at=clock.now())
    sentences = [*(sentence for _check, sentence in found.checks), *([found.incomplete] if found.incomplete else [])]
    if format_ == "csv":
        content = exports.as_csv(found.table, sentences)
    else:
        sheets = [found.table, *([found.beside] if found.beside else [])]
        content = exports.as_xlsx(sheets, subtitle=f"{cooperative.name}, {found.label}", checks=sentences)
    return send(content, f"{found.name}-{cooperative.code}-{found.code}.{format_}", format_)


def _named(table: Table) -> list[UUID]:
    """Return the people whose national number a list holds."""
    if all(head.kind != Kind.NUMBER for head in table.heads):
        return []
    return sorted({row.person for row in table.rows if row.person is not None})


@require_safe
@login_required
def declarations(request: HttpRequest) -> HttpResponse:
    """Lead to the return that is due next: the withholding tax of last month."""
    _cooperative(request)
    return redirect("payroll:withholding", Month.of(clock.today()).plus(-1))


# --- 274 --------------------------------------------------------------------------------------------------------------


def _withholding(user: Any, cooperative: Cooperative, month: Month) -> Declaration:
    rows = paid.paid_in(user, cooperative.pk, month, month)
    check = paid.withholding_check(cooperative.pk, rows, month, month)
    return Declaration(
        name="withholding",
        title=_("Withholding tax 274"),
        label=formatting.month(month),
        code=str(month),
        period=month,
        previous=month.plus(-1),
        following=month.plus(1),
        due=formatting.day(lists.withholding_due(month)),
        year=month.year,
        table=lists.withholding(rows),
        checks=[(check, exports.verdict(check))],
    )


# --- 281.10 -----------------------------------------------------------------------------------------------------------


def _slips(user: Any, cooperative: Cooperative, year: int) -> Declaration:
    first, last = Month(year, 1), Month(year, 12)
    rows = paid.paid_in(user, cooperative.pk, first, last)
    check = paid.withholding_check(cooperative.pk, rows, first, last)
    return Declaration(
        name="slips",
        title=_("Slips 281.10"),
        label=str(year),
        code=str(year),
        period=year,
        previous=year - 1,
        following=year + 1,
        due=formatting.day(lists.slips_due(year)),
        year=year,
        table=lists.slips(rows, paid.employed_in(cooperative.pk, year), paid.corrected_in(cooperative.pk, first, last)),
        checks=[(check, exports.verdict(check))],
        incomplete=exports.before_us(paid.opened_in(cooperative.pk, first, last)),
    )


# --- DmfA -------------------------------------------------------------------------------------------------------------


def _dmfa(user: Any, cooperative: Cooperative, last: Month) -> Declaration:
    first = last.plus(-2)
    workers = paid.workers_in(user, cooperative.pk, first, last)
    check = paid.dmfa_check(cooperative.pk, workers, first, last)
    quarter = [worktime.month_of(cooperative.pk, month) for month in first.until(last)]
    return Declaration(
        name="dmfa",
        title=_("DmfA"),
        label=quarters.label(last),
        code=f"{last.year}-Q{last.quarter}",
        period=last,
        previous=last.plus(-3),
        following=last.plus(3),
        due=formatting.day(lists.dmfa_due(last)),
        year=last.year,
        table=lists.dmfa(workers),
        checks=[(check, exports.verdict(check))],
        incomplete=exports.before_us(paid.opened_in(cooperative.pk, first, last)),
        beside=worktime_pages.service_table(quarter),
        away=sorted({one.person for months in quarter for one in months if one.entered}),
    )


# --- Dimona -----------------------------------------------------------------------------------------------------------


def _dimona(user: Any, cooperative: Cooperative, month: Month) -> Declaration:
    employments = paid.employments_around(cooperative.pk, month)
    unpaid = worktime.away([one.contract for one in employments], month)
    present = [one for one in employments if one.contract not in unpaid]
    found = lists.presence(present, paid.paid_in(user, cooperative.pk, month, month), month)
    events = lists.events(employments, month)
    due = lists.dimona_due(events)
    return Declaration(
        name="dimona",
        title=_("Dimona"),
        label=formatting.month(month),
        code=str(month),
        period=month,
        previous=month.plus(-1),
        following=month.plus(1),
        due=formatting.day(due) if due else "",
        year=month.year,
        table=lists.dimona(events),
        checks=[(found, lists.presence_sentence(found))],
    )


LISTS: dict[str, Build] = {"withholding": _withholding, "slips": _slips, "dmfa": _dmfa, "dimona": _dimona}
