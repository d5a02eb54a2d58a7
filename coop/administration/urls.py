"""Addresses of the administration of a cooperative."""

from django.urls import path

from coop.administration import views

app_name = "administration"
urlpatterns = [
    path("policies", views.show, name="show"),
    path("policies/<uuid:cooperative>", views.policies, name="policies"),
    path("policies/<uuid:cooperative>/<slug:kind>", views.policy_new, name="policy_new"),
]
