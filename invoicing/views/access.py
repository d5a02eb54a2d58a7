"""What all pages of sales need: which document, which activity, and whether the person may."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from coop import choosing
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Activity
from invoicing.models import Customer, Invoice

GET_AND_POST = ["GET", "POST"]


def visible_invoice(request: HttpRequest, pk: UUID) -> Invoice:
    """Return a document that the person sees; 404 for all others."""
    rows = Invoice.objects.visible_to(request.user).select_related(
        "activity__cooperative", "cooperative", "customer", "credits"
    )
    return get_object_or_404(rows, pk=pk)


def may(request: HttpRequest, right: str, invoice: Invoice | Customer, subject: Subject = Subject.SALES) -> bool:
    return visibility.may(
        request.user, subject, right, activity=invoice.activity_id, cooperative=invoice.cooperative_id
    )


def require(request: HttpRequest, right: str, of: Invoice | Customer, subject: Subject = Subject.SALES) -> None:
    visibility.require(request.user, subject, right, activity=of.activity_id, cooperative=of.cooperative_id)


def require_issuing(request: HttpRequest, invoice: Invoice) -> None:
    """Let through who writes or validates the sales of the activity."""
    if not (may(request, "w", invoice) or may(request, "x", invoice)):
        raise PermissionDenied("sales of others")


def writable(request: HttpRequest) -> list[Activity]:
    """Return the activities for which the person makes invoices."""
    access = visibility.access_of(request.user)
    activities = Activity.objects.filter(kind=Activity.Kind.MEMBERS).select_related("cooperative")
    own = activities.filter(pk__in=access.activities_with(Subject.SALES, "w"))
    all_of = activities.filter(cooperative__in=access.cooperatives_with(Subject.SALES, "w"))
    return list((own | all_of).distinct().order_by("code"))


def named_activity(request: HttpRequest) -> Activity | None:
    """Return the activity that a new object is for: named, chosen, or the only one; None when one has to be named."""
    activities = writable(request)
    if not activities:
        raise PermissionDenied("no activity to sell for")
    wanted = request.POST.get("activity") or request.GET.get("activity")
    if not wanted:
        chosen = choosing.chooser(request).activity
        wanted = str(chosen.pk) if chosen else str(activities[0].pk) if len(activities) == 1 else ""
    return next((activity for activity in activities if str(activity.pk) == wanted), None)


def choose_activity(request: HttpRequest, title: str) -> HttpResponse:
    return render(request, "invoicing/activity_choose.html", {"activities": writable(request), "title": title})
