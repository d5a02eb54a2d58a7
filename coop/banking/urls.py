"""Addresses of money paid out."""

from django.urls import path

from coop.banking import views

app_name = "banking"
urlpatterns = [
    path("payments", views.to_pay, name="to_pay"),
    path("payments/<uuid:cooperative>/debts/<uuid:item>", views.debt_paid, name="debt_paid"),
    path("payments/<uuid:cooperative>/wages/<str:month>", views.wages_paid, name="wages_paid"),
]
