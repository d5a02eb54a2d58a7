"""Pages of what leaves and comes in: the outbox, the inbox, one invoice received, the switch of a cooperative."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coop import choosing, clock, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from invoicing import rules
from invoicing.einvoice.nodes import NotAStructuredInvoice
from invoicing.peppol import deciding, forms, judging, outbox, queries, switching
from invoicing.peppol.models import Code, Network, PeppolPolicy, Received, Transmission
from invoicing.peppol.routing import Evidence
from invoicing.purchases.models import State as CostState

PAGE = 50
State = Received.State


# --- what leaves ------------------------------------------------------------------------------------------------------


@login_required
@require_GET
@never_cache
def outbox_page(request: HttpRequest) -> HttpResponse:
    """List the documents sent by Peppol that a person sees, each with how it stands and what comes next."""
    access = visibility.access_of(request.user)
    if not (access.activities_with(Subject.SALES, "r") or access.cooperatives_with(Subject.SALES, "r")):
        raise PermissionDenied("sales r")
    state = request.GET.get("state", "")
    rows = queries.outbox(request.user, state=state)
    chooser = choosing.chooser(request)
    if chooser.activity is not None:
        rows = rows.filter(invoice__activity=chooser.activity)
    elif chooser.cooperative is not None:
        rows = rows.filter(cooperative=chooser.cooperative)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    switches = {each.pk for each in rules.cooperatives(request.user)}
    context = {
        "rows": [(row, queries.standing(row)) for row in page.object_list],
        "page": page,
        "state": state,
        "states": Transmission.State.choices,
        "switch": chooser.cooperative if chooser.cooperative and chooser.cooperative.pk in switches else None,
    }
    return views.page(request, "invoicing/peppol/outbox.html", context)


@login_required
@require_POST
def send_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a document that was not sent try again."""
    row = get_object_or_404(Transmission.objects.visible_to(request.user), pk=pk)
    try:
        outbox.send_again(transmission=pk, by=request.user, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is sent again by itself; nothing is sent twice."))
    assert row.invoice_id is not None
    return redirect("invoicing:invoice_detail", row.invoice_id)


# --- what comes in ----------------------------------------------------------------------------------------------------


@login_required
@require_GET
@never_cache
def inbox_page(request: HttpRequest) -> HttpResponse:
    """Show what came in: first what this person is to do, then what waits for others, is set aside, or done."""
    access = visibility.access_of(request.user)
    if not (access.activities_with(Subject.PURCHASES, "r") or access.cooperatives_with(Subject.PURCHASES, "r")):
        raise PermissionDenied("purchases r")
    found = queries.inbox(request.user)
    page = Paginator(found.done, PAGE).get_page(request.GET.get("page"))
    sections = [
        (_("To look at"), _pills(found.to_decide)),
        (_("To assign to an activity"), _pills(found.to_assign)),
        (_("Waiting for others"), _pills(found.waiting)),
        (_("Set aside, never booked"), _pills(found.aside)),
        (_("Done"), _pills(page.object_list)),
    ]
    context = {
        "sections": [(title, rows) for title, rows in sections if rows],
        "page": page,
        "to_do": len(found.to_decide) + len(found.to_assign),
        "receives": PeppolPolicy.objects.on(clock.today()).exists(),
    }
    return views.page(request, "invoicing/peppol/inbox.html", context)


def _pills(rows: Any) -> list[tuple[Received, str]]:
    return [(row, queries.RECEIVED_PILLS[row.state]) for row in rows]


@login_required
@require_GET
@never_cache
def received_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one invoice received: what it says, what is wrong with it, whose it is, what to do, its history."""
    return _page(request, _received(request, pk))


def _received(request: HttpRequest, pk: UUID) -> Received:
    rows = Received.objects.visible_to(request.user).select_related(
        "cooperative", "activity", "proposed", "document__cooperative", "supplier_invoice", "duplicate_of"
    )
    return get_object_or_404(rows, pk=pk)


def _parts(row: Received) -> list[judging.Group]:
    """Return what would be booked of an invoice; nothing of what cannot be read."""
    try:
        return judging.groups(deciding.reread(row)[1].document)
    except NotAStructuredInvoice:
        return []


def _page(request: HttpRequest, row: Received, **bound: Any) -> HttpResponse:
    """Draw the page of an invoice received; ``bound`` holds the one form that was sent and refused."""
    user, cost = request.user, row.supplier_invoice
    decides, assigns = deciding.may_decide(user, row), deciding.may_assign(user, row)
    open_, asks = row.state in (State.ASSIGNED, State.UNASSIGNED), row.state == State.ASSIGNED
    declined = cost is not None and cost.state == CostState.REFUSED and row.state == State.ACCEPTED
    parts = _parts(row) if asks and decides and not row.obstacles else []
    claims = row.state == State.UNASSIGNED and deciding.may_claim(user, row)
    context = {
        "row": row,
        "pill": queries.RECEIVED_PILLS[row.state],
        "obstacles": [judging.OBSTACLES[code] for code in row.obstacles],
        "evidence": Evidence(row.evidence).label if row.evidence else "",
        "parts": parts,
        "claims": claims,
        "releases": (asks and decides) or claims,
        "accept_form": bound.get("accept") or (forms.AcceptForm(parts=parts) if parts else None),
        "assign_form": (bound.get("assign") or _assign_form(row)) if open_ and assigns else None,
        "reply_form": (bound.get("reply") or forms.ReplyForm()) if (open_ or declined) and decides else None,
        "note_form": (bound.get("note") or forms.NoteForm()) if assigns and _by_hand(row) else None,
        "events": queries.history_of(row),
        "next": _next(row, decides=decides, assigns=assigns, claims=claims),
    }
    page = views.page(request, "invoicing/peppol/received.html", context)
    if bound:
        page.status_code = 422
    return page


def _assign_form(row: Received, data: Any = None) -> forms.AssignForm:
    initial = {"activity": row.activity_id or row.proposed_id}
    return forms.AssignForm(data, activities=queries.activities_of(row), initial=initial)


def _by_hand(row: Received) -> bool:
    """Whether what came in can only be dealt with elsewhere."""
    return row.state == State.UNREADABLE or (row.state in (State.ASSIGNED, State.UNASSIGNED) and bool(row.obstacles))


def _next(row: Received, **may: Any) -> str:
    """Say what comes next, and who does it."""
    if row.state == State.UNREADABLE:
        return _("It is kept as it came and never booked. The accountant asks the sender for a right one.")
    if row.state == State.DUPLICATE:
        return _("Nothing to do: the first one counts.")
    if row.state in (State.REFUSED, State.BY_HAND):
        return _("Nothing to do.")
    if row.state == State.ACCEPTED:
        cost = row.supplier_invoice
        if cost is not None and cost.state == CostState.REFUSED:
            return _("Correct the cost and submit it again, or refuse the invoice to the supplier.")
        if cost is not None and cost.state == CostState.APPROVED:
            return _("It is booked. The cooperative pays it.")
        return _("Whoever approves costs decides on it.")
    if may["claims"]:
        return _("Take it if it is yours; give it back if it is not.")
    if row.state == State.UNASSIGNED:
        return _("Choose its activity.") if may["assigns"] else _("The accountant says whose it is.")
    if row.obstacles:
        return _("It is not booked from here: refuse it with the reason, or the accountant books it by hand.")
    return _("Accept it, ask, or refuse it.") if may["decides"] else _("Who runs the activity accepts or refuses it.")


@login_required
@require_POST
@never_cache
def received_act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """Do one thing with an invoice received: accept it, assign it, take it, give it back, answer, note it."""
    row = _received(request, pk)
    if act not in ACTS:
        raise Http404(act)
    return ACTS[act](request, row)


def _done(
    request: HttpRequest, row: Received, name: str, form: Any, act: Callable[[], object], said: str
) -> HttpResponse:
    """Do what a form asks; a refusal goes into its errors."""
    if form.is_valid():
        try:
            act()
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, said)
            return redirect("peppol:received", row.pk)
    return _page(request, row, **{name: form})


def _accept(request: HttpRequest, row: Received) -> HttpResponse:
    if not deciding.may_decide(request.user, row):
        raise PermissionDenied("purchases w")
    form = forms.AcceptForm(request.POST, parts=_parts(row))
    return _done(
        request, row, "accept", form,
        lambda: deciding.accept(
            received=row.pk, cost_types=form.kinds(), by=request.user, at=clock.now(), key=form.key
        ),
        _("It is accepted and submitted to who approves costs; the supplier is told."),
    )  # fmt: skip


def _assign(request: HttpRequest, row: Received) -> HttpResponse:
    if not deciding.may_assign(request.user, row):
        raise PermissionDenied("purchases w")
    form = _assign_form(row, request.POST)
    return _done(
        request, row, "assign", form,
        lambda: deciding.assign(
            received=row.pk, activity=form.cleaned_data["activity"].pk, by=request.user, at=clock.now()
        ),
        _("It is assigned; who runs the activity sees it."),
    )  # fmt: skip


def _reply(request: HttpRequest, row: Received) -> HttpResponse:
    if not deciding.may_decide(request.user, row):
        raise PermissionDenied("purchases w")
    form = forms.ReplyForm(request.POST)
    return _done(
        request, row, "reply", form,
        lambda: deciding.reply(
            received=row.pk, code=Code(form.cleaned_data["code"]), reason_code=form.cleaned_data["reason_code"],
            reason=form.cleaned_data["reason"], by=request.user, at=clock.now(),
        ),
        _("The supplier is told."),
    )  # fmt: skip


def _note(request: HttpRequest, row: Received) -> HttpResponse:
    if not deciding.may_assign(request.user, row):
        raise PermissionDenied("purchases w")
    form = forms.NoteForm(request.POST)
    return _done(
        request, row, "note", form,
        lambda: deciding.note_by_hand(
            received=row.pk, note=form.cleaned_data["note"], by=request.user, at=clock.now()
        ),
        _("It is noted."),
    )  # fmt: skip


def _claim(request: HttpRequest, row: Received) -> HttpResponse:
    if row.proposed_id is None:
        raise PermissionDenied("purchases w")
    proposed = row.proposed_id
    return _button(
        request, row, lambda: deciding.assign(received=row.pk, activity=proposed, by=request.user, at=clock.now()),
        _("It is yours: accept it now, or refuse it."),
    )  # fmt: skip


def _release(request: HttpRequest, row: Received) -> HttpResponse:
    deciding.release(received=row.pk, by=request.user, at=clock.now())
    messages.success(request, _("It is given back; the accountant says whose it is."))
    return redirect("peppol:inbox")


def _button(request: HttpRequest, row: Received, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("peppol:received", row.pk)


ACTS: Mapping[str, Callable[[HttpRequest, Received], HttpResponse]] = {
    "accept": _accept, "assign": _assign, "reply": _reply, "note": _note, "claim": _claim, "release": _release,
}  # fmt: skip


# --- the switch -------------------------------------------------------------------------------------------------------


@login_required
@require_GET
def switch_home(request: HttpRequest) -> HttpResponse:
    """Lead to the switch of the chosen cooperative, or of the first."""
    reached = rules.cooperatives(request.user)
    if not reached:
        raise PermissionDenied("policies x")
    chosen = choosing.chooser(request).cooperative
    return redirect("peppol:switch", (chosen if chosen in reached else reached[0]).pk)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def switch(request: HttpRequest, cooperative: UUID) -> HttpResponse:
    """Show by what a cooperative sends and receives, and change it from a day on."""
    reached = visibility.access_of(request.user).cooperatives_with(Subject.POLICIES, "r")
    owner = get_object_or_404(Cooperative.objects.filter(pk__in=reached), pk=cooperative)
    if owner not in rules.cooperatives(request.user):
        raise PermissionDenied("policies x")
    today = clock.today()
    form = forms.SwitchForm(request.POST or None, initial={"valid_from": today})
    if request.method == "POST" and form.is_valid():
        wanted, day = form.cleaned_data["network"], form.cleaned_data["valid_from"]
        try:
            if wanted == forms.OFF:
                switching.switch_off(cooperative=owner.pk, valid_from=day, today=today, by=request.user)
            else:
                switching.switch_on(
                    cooperative=owner.pk, network=Network(wanted), valid_from=day, today=today, by=request.user
                )
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            messages.success(request, _("It is recorded."))
            return redirect("peppol:switch", owner.pk)
    context = {
        "cooperative": owner,
        "choices": rules.cooperatives(request.user),
        "policies": PeppolPolicy.objects.filter(cooperative=owner).order_by("-valid_from"),
        "now": PeppolPolicy.objects.filter(cooperative=owner).on(today).first(),
    }
    return views.page(request, "invoicing/peppol/switch.html", context, form=form)
