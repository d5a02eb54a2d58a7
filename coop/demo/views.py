"""The role chooser of the demonstration: one click logs in as somebody of the cast. It does not exist elsewhere."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from coop import views
from coop.access.models import User
from coop.demo import cast, summary
from coop.entities.models import Cooperative

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Choice:
    """Somebody who can be played."""

    name: str
    role: str
    email: str
    about: str


def choices() -> list[Choice]:
    """Return the cast with what each of them shows, in the language of the page."""
    about = {
        "Aline Dubois": _("Issues invoices, orders a salary, reads her income statement."),
        "Lina Maes": _("The worked example of the guide, to the cent."),
        "Chloé Martin": _("Of the same cooperative: sees nothing of Aline’s."),
        "Dirk Peeters": _("Works in another cooperative of the group, in Dutch."),
        "Hugo Lambert": _("Tests his project: his balance grows, and stays blocked until the launch."),
        "Ivo Claes": _("The same invoices and the same books, without a payslip."),
        "Farid Benali": _("Accompanies three activities, and sees no wages."),
        "Élise Fontaine": _("Decides on salary orders, checks and submits the payroll."),
        "Bruno Henrard": _("Approves the payroll, records receipts, locks periods."),
        "Amina Ouali": _("Sets policies and roles in the three cooperatives."),
        "Greet Vandamme": _("Reads across the group."),
        "Jeanne Collard": _("Reads one cooperative until a date; restricted values are masked."),
    }
    return [
        Choice(name, role[:1].upper() + role[1:], cast.address(name), about.get(name, ""))
        for role, name in summary.roles()
    ]


@require_http_methods(["GET", "POST"])
@never_cache
def choose_role(request: HttpRequest) -> HttpResponse:
    """Show who can be played; on POST log in as the chosen person. Without DEMO there is no such page."""
    if not settings.DEMO:
        raise Http404("demo")
    found = choices()
    if request.method == "POST":
        email = request.POST.get("email", "")
        if email not in {choice.email for choice in found}:
            raise Http404(email)
        login(request, User.objects.get(email=email), backend=BACKEND)
        return redirect("/")
    houses = Cooperative.objects.order_by("code").values_list("name", flat=True)
    return views.page(request, "demo/role_choose.html", {"choices": found, "houses": ", ".join(houses)})
