"""Addresses: those of the shell here, those of the apps in their ``urls.py``. English, without a language prefix."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from coop import views

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error

APPS = (
    "coop.access",
    "coop.administration",
    "coop.imports",
    "coop.documents",
    "coop.ledger",
    "coop.banking",
    "members",
    "invoicing",
    "invoicing.purchases",
    "invoicing.customer_page",
    "invoicing.catalogue",
    "invoicing.quotes",
    "invoicing.recurring",
    "invoicing.reminders",
    "invoicing.peppol",
    "payroll",
    "coop.demo",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", views.health, name="health"),
    path("language", views.set_language, name="set_language"),
    path("typed/day", views.read_day, name="read_day"),
    path("account/", include("allauth.urls")),
    *(path("", include(f"{app}.urls")) for app in APPS),
]

if settings.DEBUG or settings.DEMO:
    urlpatterns.append(path("styleguide/", views.style_guide, name="style_guide"))
