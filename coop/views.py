"""Views that belong to no app: errors, health, language, the day in words, the style guide."""

import logging
import sys
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import i18n
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from coop import clock, formatting, styleguide, typed

logger = logging.getLogger("coop.errors")


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, form: BaseForm | None = None
) -> HttpResponse:
    """Render a page; with status 422 when the form that it shows was refused."""
    refused = form is not None and form.is_bound and bool(form.errors)
    return render(request, template, {"form": form, **(context or {})}, status=422 if refused else 200)


def _error(request: HttpRequest, status: int) -> HttpResponse:
    """Answer with the page of an error and a reference that stands in the log as well."""
    reference = uuid.uuid4().hex[:8].upper()
    logger.warning("%s %s answered %s, reference %s", request.method, request.path, status, reference)
    return render(request, f"{status}.html", {"reference": reference, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read (400), or is too large (413)."""
    return _error(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403: the object is there, the role is not."""
    return _error(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form without a valid token, as when cookies are blocked or the page was open for long."""
    reference = uuid.uuid4().hex[:8].upper()
    logger.warning("%s %s refused: %s, reference %s", request.method, request.path, reason, reference)
    return render(request, "403.html", {"reference": reference, "status": 403, "csrf": True}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404, the same page for what is unknown and for what belongs to others."""
    return _error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 when the database cannot be reached. The page needs no database."""
    status = 503 if isinstance(sys.exc_info()[1], OperationalError | InterfaceError) else 500
    reference = uuid.uuid4().hex[:8].upper()
    logger.error("%s %s answered %s, reference %s", request.method, request.path, status, reference, exc_info=True)
    return HttpResponse(_bare(f"{status}.html", {"reference": reference, "status": status}), status=status)


def _bare(template: str, context: dict[str, Any]) -> str:
    """Render without context processors, which could ask the database for the user."""
    return render_to_string(template, context)


@require_GET
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 with “ok” when the process and its database work, else 503. It says nothing more to strangers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("health: the database does not answer")
        return HttpResponse("database\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language: in the cookie for a visitor, in the profile as well for somebody logged in."""
    answer = i18n.set_language(request)
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        request.user.language = language
        request.user.save(update_fields=["language"])
    return answer  # type: ignore[return-value]


@require_GET
def read_day(request: HttpRequest) -> HttpResponse:
    """Answer in words the day that was typed, read as the form reads it; nothing when it cannot be read."""
    try:
        words = formatting.day(typed.day(request.GET.get("text", ""), today=clock.today()))
    except typed.Unreadable:
        words = ""
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@require_GET
def style_guide(request: HttpRequest) -> HttpResponse:
    """Show every component with invented values; only while developing and in the demo."""
    return render(request, "parts/styleguide.html", styleguide.context(request.GET))
