"""Addresses of the books."""

from django.urls import path

from coop.ledger import views

app_name = "ledger"
urlpatterns = [path("ledger/<uuid:activity>/lines", views.lines, name="lines")]
