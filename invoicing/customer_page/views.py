"""The page on which a customer reads one document without a login, and the acts on its link."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from coop import clock
from coop import forms as form_errors
from coop.documents import queries as documents
from coop.documents.models import Document
from coop.errors import Refused
from invoicing.customer_page import queries, services
from invoicing.customer_page.models import CustomerLink
from invoicing.models import Invoice
from invoicing.services.finishing import DOCUMENT

View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """Keep an answer out of caches and search engines, and its address out of what other sites are told."""

    @wraps(view)
    @never_cache
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"  # "no-referrer" would have browsers send forms without an origin
        return response

    return answer


def _link(secret: str) -> CustomerLink:
    """Return the link of a secret; an unknown one does not exist for anybody."""
    link = services.find(secret)
    if link is None:
        raise Http404
    return link


def _ended(request: HttpRequest, link: CustomerLink) -> HttpResponse | None:
    """Say that a link has ended or was withdrawn, or return nothing while it opens its document."""
    withdrawn = link.revoked_at is not None
    if not withdrawn and clock.today() <= link.expires_on:
        return None
    with translation.override(link.invoice.language):
        return render(
            request,
            "invoicing/customer_page/ended.html",
            {"link": link, "withdrawn": withdrawn, "seller": link.invoice.seller},
            status=410,
        )


@require_safe
@private
def page(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the document as it stands today: what is asked, what is left to pay and how, its lines, its PDF."""
    link = _link(secret)
    ended = _ended(request, link)
    if ended is not None:
        return ended
    if request.method == "GET" and not request.user.is_authenticated:
        services.note_opened(link=link, at=clock.now())
    with translation.override(link.invoice.language):
        shown = queries.page_of(link.invoice, clock.today())
        context = {"link": link, "page": shown, "paper": shown.paper, "seller": shown.paper.issuer}
        return render(request, "invoicing/customer_page/page.html", context)


@require_safe
@private
def paper(request: HttpRequest, secret: str) -> HttpResponse:
    """Send the PDF, or say that it is being made."""
    link = _link(secret)
    ended = _ended(request, link)
    if ended is not None:
        return ended
    document = documents.document_of(DOCUMENT, link.invoice_id)
    if document is None:
        raise Http404
    if document.state != Document.State.STORED:
        with translation.override(link.invoice.language):
            return render(
                request,
                "invoicing/customer_page/waiting.html",
                {"link": link, "seller": link.invoice.seller},
                status=202,
            )
    response = HttpResponse(documents.content(document), content_type=document.media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=document.filename) or ""
    response["Content-Security-Policy"] = "sandbox"
    return response


@require_http_methods(["GET", "POST"])
@private
def new_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Send a new link to the address on record. The answer is the same whether there is one or not."""
    link = _link(secret)
    if request.method == "GET":
        return redirect("customer_page:page", secret)
    services.ask_new_link(secret=secret, on=clock.today(), at=clock.now())
    with translation.override(link.invoice.language):
        return render(request, "invoicing/customer_page/asked.html", {"seller": link.invoice.seller})


# --- for who sells ----------------------------------------------------------------------------------------------------


def _act(request: HttpRequest, pk: UUID, act: Callable[[Invoice], str]) -> HttpResponse:
    """Do an act on the link of a document that the person sees, say what came of it, and go back to the document."""
    invoice = get_object_or_404(Invoice.objects.visible_to(request.user), pk=pk)
    services.require_sharing(invoice, request.user)
    if request.method == "POST" and form_errors.Form(request.POST).is_valid():
        try:
            messages.success(request, act(invoice))
        except Refused as refused:
            messages.error(request, str(refused))
    return redirect("invoicing:invoice_detail", pk)


@login_required
@require_http_methods(["GET", "POST"])
def link_make(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the link by which the customer reads a document."""

    def act(invoice: Invoice) -> str:
        services.make_link(invoice_id=invoice.pk, by=request.user, on=clock.today(), at=clock.now())
        return _("The link is ready: copy it, or send it by e-mail.")

    return _act(request, pk, act)


@login_required
@require_http_methods(["GET", "POST"])
def link_mail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the link and the PDF to the customer by e-mail."""

    def act(invoice: Invoice) -> str:
        link = services.mail_link(invoice_id=invoice.pk, by=request.user, on=clock.today(), at=clock.now())
        link.refresh_from_db(fields=["mail_to"])
        return _("The e-mail to %(address)s leaves now.") % {"address": link.mail_to}

    return _act(request, pk, act)


@login_required
@require_http_methods(["GET", "POST"])
def link_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw the link of a document."""

    def act(invoice: Invoice) -> str:
        services.withdraw_links(invoice_id=invoice.pk, by=request.user, at=clock.now())
        return _("The link is withdrawn; it opens nothing any more.")

    return _act(request, pk, act)
