"""Addresses of the books."""

from django.urls import path

from coop.ledger import views

app_name = "ledger"
urlpatterns = [
    path("ledger/<uuid:activity>/lines", views.lines, name="lines"),
    path("ledger/entries/<uuid:entry>", views.entry_detail, name="entry_detail"),
    path("ledger/trial-balance", views.trial_balance, name="trial_balance"),
    path("ledger/accounts/<uuid:cooperative>/<str:number>", views.account_detail, name="account_detail"),
    path("ledger/periods/<uuid:cooperative>/open-year", views.year_open, name="year_open"),
    path("ledger/periods", views.period_list, name="period_list"),
    path("ledger/periods/<uuid:cooperative>/<str:month>/<slug:kind>", views.period_lock, name="period_lock"),
]
