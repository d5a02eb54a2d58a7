"""Give a stored file to those who may see the object that it belongs to; to all others it does not exist."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coop import clock
from coop.documents import kinds, queries
from coop.documents.models import Document


@require_safe
@login_required
@never_cache
def document_download(request: HttpRequest, document: UUID) -> HttpResponse:
    """Send the bytes of a document, or say that it is being made (202) while it waits."""
    row = queries.get_document(user=request.user, document=document)
    if row is None:
        raise Http404
    stored = row.state == Document.State.STORED
    if not stored or request.headers.get("HX-Request"):
        page = "documents/document_pending.html" + ("#state" if request.headers.get("HX-Request") else "")
        return render(
            request, page, {"document": row, "stored": stored}, status=200 if stored or page.endswith("#state") else 202
        )
    kind = kinds.get(row.kind)
    if kind.opened is not None and request.method == "GET":
        kind.opened(row, request.user, clock.now())
    shown = "show" in request.GET and not kind.received
    response = HttpResponse(queries.content(row), content_type=row.media_type)
    response["Content-Disposition"] = content_disposition_header(not shown, row.filename) or "attachment"
    response["Content-Security-Policy"] = "sandbox"
    return response
