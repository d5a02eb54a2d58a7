"""The page on which a customer reads a quote without a login, accepts it with a name, or refuses it."""

import logging
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from coop import clock
from coop import forms as form_errors
from coop.documents import queries as documents
from coop.documents.models import Document
from coop.errors import Refused
from invoicing.customer_page.views import private
from invoicing.quotes import forms, links, paper, queries, services
from invoicing.quotes.models import Quote, QuoteLink
from invoicing.quotes.services.sending import DOCUMENT

logger = logging.getLogger("invoicing.quotes")
TEMPLATES = "invoicing/quotes/customer"


def _link(secret: str) -> QuoteLink:
    """Return the link of a secret; an unknown one does not exist for anybody."""
    link = links.find(secret)
    if link is None:
        raise Http404
    return link


def _ended(request: HttpRequest, link: QuoteLink) -> HttpResponse | None:
    """Say that a link has ended, or return nothing while it opens its quote."""
    withdrawn = link.revoked_at is not None
    if not withdrawn and clock.today() <= link.expires_on:
        return None
    with translation.override(link.quote.language):
        context = {"link": link, "withdrawn": withdrawn, "seller": link.quote.seller}
        return render(request, f"{TEMPLATES}/ended.html", context, status=410)


def _show(request: HttpRequest, link: QuoteLink, form: forms.AnswerForm, status: int = 200) -> HttpResponse:
    quote, today = link.quote, clock.today()
    state, word = queries.state_of(quote, today)
    shown = paper.of(quote)
    context: dict[str, Any] = {
        "link": link, "quote": quote, "shown": shown, "paper": shown.paper, "seller": shown.paper.issuer,
        "state": state, "word": word, "expired": quote.expired(today), "form": form,
        "waits": quote.state == Quote.State.SENT and not quote.expired(today),
    }  # fmt: skip
    return render(request, f"{TEMPLATES}/page.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def page(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the quote as it stands today; take the customer's answer."""
    link = _link(secret)
    ended = _ended(request, link)
    if ended is not None:
        return ended
    with translation.override(link.quote.language):
        if request.method == "POST":
            return _answered(request, link)
        if request.method == "GET" and not request.user.is_authenticated:
            links.note_opened(link=link, at=clock.now())
        return _show(request, link, forms.AnswerForm())


def _answered(request: HttpRequest, link: QuoteLink) -> HttpResponse:
    """Take an answer. Who comes too late, or second, reads how the quote stands and why nothing was changed."""
    form = forms.AnswerForm(request.POST)
    if form.is_valid():
        clean = form.cleaned_data
        signed = {
            "quote_id": link.quote_id, "name": clean["name"], "address": _address(request), "on": clock.today(),
            "at": clock.now(),
        }  # fmt: skip
        try:
            if clean["answer"] == Quote.State.ACCEPTED:
                services.accept_quote(**signed)
            else:
                services.refuse_quote(reason=clean["reason"], **signed)
            return redirect("quotes:page", link.secret)
        except Refused as refused:
            form_errors.refuse(form, refused)
            link.quote.refresh_from_db()
    return _show(request, link, form, status=422)


def _address(request: HttpRequest) -> str:
    """Return the address of the browser: behind our own proxy the last one that it names, else that of the connection."""
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    if settings.SECURE_PROXY_SSL_HEADER and told:
        try:
            return str(ip_address(told))
        except ValueError:
            logger.warning("the proxy names an address that is none")
    return str(request.META["REMOTE_ADDR"])


@require_safe
@private
def paper_of(request: HttpRequest, secret: str) -> HttpResponse:
    """Send the PDF, or say that it is being made."""
    link = _link(secret)
    ended = _ended(request, link)
    if ended is not None:
        return ended
    document = documents.document_of(DOCUMENT, link.quote_id)
    if document is None:
        raise Http404
    if document.state != Document.State.STORED:
        with translation.override(link.quote.language):
            context = {"link": link, "seller": link.quote.seller}
            return render(request, f"{TEMPLATES}/waiting.html", context, status=202)
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
        return redirect("quotes:page", secret)
    links.ask_new_link(secret=secret, on=clock.today(), at=clock.now())
    with translation.override(link.quote.language):
        return render(request, "invoicing/customer_page/asked.html", {"seller": link.quote.seller})
