"""Pages of the social secretariat: whose result is posted, variables out, results in, and the reconciliation."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coop import clock, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.errors import Refused
from coop.imports.reader import Table, text_of
from coop.periods import Month
from members import services as member_services
from members.models import Reading
from payroll import exports, facts, pages, replay, services
from payroll.account_views import send
from payroll.models import PayrollRun
from payroll.queries import sees_persons
from payroll.secretariat import forms, queries, reasons, texts, variables, xml
from payroll.secretariat.amounts import FIELDS
from payroll.secretariat.models import DifferenceDecision, PostedResult, ResultFile, ResultLayout
from payroll.secretariat.reading import PREVIEW_ROWS
from payroll.secretariat.reconciliation import MEMBER
from payroll.services import secretariat as files

State = ResultFile.State
PREVIEW_COLUMNS = 30


# --- whose result is posted -------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def choices(request: HttpRequest) -> HttpResponse:
    """Show and record whose result each cooperative posts, and how the files of its secretariat are read."""
    mine = pages.officer_cooperatives(request.user)
    if not mine:
        raise PermissionDenied("runs w")
    form = forms.ChoiceForm(request.POST or None, cooperatives=mine)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_choice(by=request.user, **form.values())
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("The choice was recorded."))
            return redirect("payroll:secretariat")
    rows = PostedResult.objects.filter(cooperative__in=mine).select_related("cooperative")
    layouts = ResultLayout.objects.filter(cooperative__in=mine).select_related("cooperative")
    context = {
        "rows": rows.order_by("cooperative__name", "-valid_from"),
        "layouts": [(one, _said(one)) for one in layouts.order_by("cooperative__name", "kind")],
    }
    return views.page(request, "payroll/secretariat_choice.html", context, form=form)


def _said(layout: ResultLayout) -> list[tuple[Any, str]]:
    """Return the columns of a layout in words, in the order of the form."""
    return [(field.title, layout.columns[field.name]) for field in FIELDS if field.name in layout.columns]


# --- variables out ----------------------------------------------------------------------------------------------------


def _run(request: HttpRequest, pk: UUID, right: str = "w") -> PayrollRun:
    """Return a run that the user sees, with a right on runs; ``r`` is who sees persons. 404, or 403 without the right."""
    run = get_object_or_404(PayrollRun.objects.visible_to(request.user).select_related("cooperative"), pk=pk)
    if right == "r":
        if not sees_persons(request.user, run.cooperative_id):
            raise PermissionDenied("runs r")
    else:
        visibility.require(request.user, Subject.RUNS, right, cooperative=run.cooperative_id)
    return run


@require_safe
@login_required
@never_cache
def variables_file(request: HttpRequest, pk: UUID, format_: str) -> HttpResponse:
    """Send the variables of a run as XLSX or CSV; each person sees that their file was read."""
    run = _run(request, pk, "r")
    table = variables.variables(run, request.user)
    people = sorted({row.person for row in table.rows if row.person is not None})
    unmasked = visibility.may(request.user, Subject.PAY, "r", cooperative=run.cooperative_id)
    what = Reading.What.FILE if unmasked else Reading.What.MASKED
    member_services.note_readings(people=people, what=what, by=request.user, at=clock.now())
    content = {
        "csv": lambda: exports.as_csv(table, []),
        "xlsx": lambda: exports.as_xlsx([table], subtitle=variables.subtitle(run), checks=[]),
    }[format_]()
    return send(content, f"variables-{run.cooperative.code}-{Month.of(run.month)}.{format_}", format_)


# --- results in -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def results_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a file of results for a run, and lead to its columns or to the report of its check."""
    run = _run(request, pk)
    form = forms.ResultFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = services.receive_file(
                run=run.pk, filename=file.name, content=file.read(), encoding=form.cleaned_data["encoding"],
                by=request.user, on=clock.today(), at=clock.now(),
            )  # fmt: skip
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            if found.state == State.IMPORTED:
                messages.info(request, _("This file is already imported; nothing changed."))
            return redirect("payroll:results_detail", found.pk)
    context = {
        "run": run,
        "month": Month.of(run.month),
        "files": queries.files_of(request.user, run),
        "takes": queries.takes_results(run),
    }
    return views.page(request, "payroll/secretariat_new.html", context, form=form)


def _file(request: HttpRequest, pk: UUID) -> ResultFile:
    rows = ResultFile.objects.visible_to(request.user).select_related("run__cooperative", "by")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def results_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a file of results: its first rows, which column is which, and the report of its check. A POST keeps the columns."""
    file = _file(request, pk)
    content = files.content_of(file)
    layout = queries.layout_of(file.run.cooperative_id, files.kind_of(content))
    elements = xml.row_elements(content, filename=file.filename) if xml.is_xml(content) else []
    row_path = _row_path(request, [one.path for one in elements], layout.row_path if layout else "")
    table = files.table_of(file, row_path=row_path)
    form = forms.LayoutForm(request.POST or None, header=table.header, layout=layout)
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_columns(file=file.pk, layout=form.layout(row_path), by=request.user, on=clock.today())
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            return redirect("payroll:results_detail", file.pk)
    head, rows = _preview(table)
    context = {
        "file": file,
        "run": file.run,
        "month": Month.of(file.run.month),
        "State": State,
        "open": file.state not in (State.IMPORTED, State.REPLACED) and queries.takes_results(file.run),
        "head": head,
        "rows": rows,
        "row_path": row_path,
        "row_form": forms.RowForm(initial={"rows": row_path}, elements=elements) if elements else None,
    }
    response = views.page(request, "payroll/secretariat_file.html", context, form=form)
    response["Cache-Control"] = "no-store"
    return response


def _row_path(request: HttpRequest, paths: list[str], known: str) -> str:
    """Return the element of a worker: as asked for, as the layout says, or the most frequent one; empty for a table."""
    asked = request.POST.get("rows") or request.GET.get("rows") or known
    return asked if asked in paths else next(iter(paths), "")


def _preview(table: Table) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the heads and the first rows of a file, as far as they fit on a page."""
    rows = [
        (record.line, [text_of(cell) for cell in record.cells[:PREVIEW_COLUMNS]])
        for record in table.records[:PREVIEW_ROWS]
    ]
    return list(table.header[:PREVIEW_COLUMNS]), rows


@login_required
@require_POST
def results_import(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Import a file that was checked."""
    file = _file(request, pk)
    try:
        done = services.import_results(file=file.pk, by=request.user, on=clock.today())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("payroll:results_detail", file.pk)
    if done.state != State.IMPORTED:
        messages.error(request, _("Nothing was imported: what is recorded has changed since the check."))
        return redirect("payroll:results_detail", file.pk)
    messages.success(request, _("The results are imported."))
    return redirect("payroll:reconciliation", file.run_id)


@require_safe
@login_required
def results_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a file of results as it was received."""
    file = _file(request, pk)
    response = HttpResponse(files.content_of(file), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, file.filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


# --- reconciliation ---------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def reconciliation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show ours beside the secretariat's, member by member, with each difference and its likely reason; decide them."""
    run = _run(request, pk, "r" if request.method == "GET" else "w")
    form = forms.DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            count = services.decide_differences(
                run=run.pk, chosen=_chosen(request.POST.getlist("difference")), by=request.user, at=clock.now(),
                **form.values(),
            )  # fmt: skip
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            done = ngettext("%(count)d difference was decided.", "%(count)d differences were decided.", count)
            messages.success(request, done % {"count": count})
            return redirect("payroll:reconciliation", run.pk)
    return _reconciliation_page(request, run, form)


def _reconciliation_page(request: HttpRequest, run: PayrollRun, form: forms.DecisionForm) -> HttpResponse:
    members = queries.reconcile(run)
    officer = visibility.may(request.user, Subject.RUNS, "w", cooperative=run.cooperative_id)
    if not officer:
        people = {one.contract.person_id for one in members}
        member_services.note_readings(people=people, what=Reading.What.RUN, by=request.user, at=clock.now())
    ticked = set(request.POST.getlist("difference"))
    differing = [one for one in members if one.differences]
    context = {
        "run": run,
        "month": Month.of(run.month),
        "summary": queries.summary(run),
        "members": [(one, _rows(one, ticked)) for one in differing],
        "equal": [one for one in members if not one.differences and one.result is not None],
        "uncalculated": [one for one in members if one.payslip is None and one.result is None],
        "officer": officer,
        "deciding": officer and queries.takes_results(run) and any(row.is_open or row.is_rejected for row in members),
        "decidable": officer and queries.takes_results(run),
        "MEMBER": MEMBER,
        "Decision": DifferenceDecision.Decision,
    }
    response = views.page(request, "payroll/secretariat_reconciliation.html", context, form=form)
    response["Cache-Control"] = "no-store"
    return response


def _rows(member: queries.Reconciled, ticked: set[str]) -> list[dict[str, Any]]:
    """Return the differences of a member as the page shows them."""
    return [
        {
            "label": texts.component(one.difference.code),
            "difference": one.difference,
            "decision": one.decision,
            "open": one.is_open,
            "reason": texts.reason(_likely(member, one.difference)),
            "key": (key := f"{member.contract.pk}:{one.difference.code}"),
            "ticked": key in ticked,
        }
        for one in member.differences
    ]


def _likely(member: queries.Reconciled, difference: Any) -> reasons.Reason | None:
    """Return the likely reason of a difference; None when our payslip's facts cannot be read any more."""
    theirs = member.theirs
    if member.payslip is None or theirs is None:
        return reasons.of_member(difference)
    try:
        told = replay.facts_of(member.payslip.facts, label=member.name)
    except (replay.NotWhole, ValueError):
        return None
    ours = queries.ours_of(member.payslip)
    return reasons.likely(difference, ours=ours, theirs=theirs, facts=told, law=facts.law())


def _chosen(keys: list[str]) -> list[tuple[UUID, str]]:
    """Return the ticked differences; one that names no contract is left out and cannot be decided."""
    found = []
    for key in keys:
        contract, _colon, component = key.partition(":")
        try:
            found.append((UUID(contract), component))
        except ValueError:
            continue
    return found
