"""Pages of imports: choose a sheet, send a file, read the report of its check, import it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coop import clock, views
from coop import forms as form_errors
from coop.errors import Refused
from coop.imports import forms, queries, services, sheets, templates
from coop.imports.models import ImportRun


def _require_any(user: Any) -> None:
    if not queries.may_import_something(user):
        raise PermissionDenied("imports w")


def _sheet(name: str) -> sheets.Sheet:
    try:
        return sheets.get(name)
    except KeyError:
        raise Http404(name) from None


@login_required
@require_GET
@never_cache
def import_list(request: HttpRequest) -> HttpResponse:
    """Show the sheets that can be imported, and the latest imports."""
    _require_any(request.user)
    titles = {sheet.name: sheet.title for sheet in sheets.all_sheets()}
    runs = [(run, titles.get(run.sheet, run.sheet)) for run in queries.recent_runs(request.user)]
    context = {"sheets": queries.sheets_for(request.user), "runs": runs}
    return views.page(request, "imports/import_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def import_new(request: HttpRequest, name: str) -> HttpResponse:
    """Explain a sheet, take a file for it, check it, and lead to the report."""
    _require_any(request.user)
    sheet = _sheet(name)
    cooperatives = queries.cooperatives_for(request.user, sheet)
    if not cooperatives:
        raise PermissionDenied(f"import of {name}")
    form = forms.UploadForm(request.POST or None, request.FILES or None, cooperatives=cooperatives)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        file = values.pop("file")
        try:
            run = services.check_file(
                sheet=sheet,
                filename=file.name,
                content=file.read(),
                by=request.user,
                on=clock.today(),
                at=clock.now(),
                **values,
            )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            return redirect("imports:import_detail", run.pk)
    columns = [
        {"column": column, "kind": sheets.KIND_HELP[column.kind], "choices": list(column.choices.items())}
        for column in sheet.columns
    ]
    return views.page(request, "imports/import_new.html", {"sheet": sheet, "columns": columns}, form=form)


@login_required
@require_GET
@never_cache
def import_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the report of a file: what it holds, or every problem with its line, column, reason and remedy."""
    run = _run(request.user, pk)
    sheet = _sheet(run.sheet)
    return views.page(request, "imports/import_detail.html", {"run": run, "sheet": sheet, "State": ImportRun.State})


@login_required
@require_POST
def import_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Import a file that was checked."""
    run = _run(request.user, pk)
    already = run.state == ImportRun.State.IMPORTED
    try:
        done = services.import_checked(run=run.pk, by=request.user, on=clock.today(), at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("imports:import_detail", run.pk)
    if done.state == ImportRun.State.REFUSED:
        messages.error(request, _("Nothing was imported: what is recorded has changed since the check."))
    elif already:
        messages.info(request, _("This file was already imported; nothing changed."))
    else:
        messages.success(request, _("The file was imported."))
    return redirect("imports:import_detail", done.pk)


@login_required
@require_GET
def import_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the file as it was received."""
    run = _run(request.user, pk)
    headers = {
        "Content-Disposition": content_disposition_header(True, run.filename) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return HttpResponse(services.original(run), content_type="application/octet-stream", headers=headers)


@login_required
@require_GET
def sheet_template(request: HttpRequest, name: str, extension: str) -> HttpResponse:
    """Send the template of a sheet, to fill in."""
    _require_any(request.user)
    sheet = _sheet(name)
    headers = {"Content-Disposition": f'attachment; filename="{sheet.name}.{extension}"'}
    return HttpResponse(templates.write(sheet, extension), content_type=templates.FORMATS[extension], headers=headers)


def _run(user: Any, pk: UUID) -> ImportRun:
    return get_object_or_404(ImportRun.objects.visible_to(user).select_related("cooperative", "by"), pk=pk)
