"""Addresses of reminders."""

from django.urls import path

from invoicing.reminders import views

app_name = "reminders"
urlpatterns = [
    path("reminders", views.proposals, name="proposals"),
    path("reminders/rules", views.rules_home, name="rules_home"),
    path("reminders/rules/<uuid:cooperative>", views.rules, name="rules"),
    path("reminders/posted/<uuid:reminder>", views.posted, name="posted"),
    path("reminders/<uuid:invoice>", views.remind, name="remind"),
    path("reminders/<uuid:invoice>/stop", views.stop, name="stop"),
    path("reminders/<uuid:invoice>/plan", views.plan, name="plan"),
    path("reminders/<uuid:invoice>/resume", views.resume, name="resume"),
]
