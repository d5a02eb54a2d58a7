"""Addresses of what leaves and comes in by Peppol."""

from django.urls import path

from invoicing.peppol import views

app_name = "peppol"
urlpatterns = [
    path("peppol/sent", views.outbox_page, name="outbox"),
    path("peppol/sent/<uuid:pk>/again", views.send_again, name="send_again"),
    path("peppol/received", views.inbox_page, name="inbox"),
    path("peppol/received/<uuid:pk>", views.received_page, name="received"),
    path("peppol/received/<uuid:pk>/<slug:act>", views.received_act, name="received_act"),
    path("peppol/switch", views.switch_home, name="switch_home"),
    path("peppol/switch/<uuid:cooperative>", views.switch, name="switch"),
]
