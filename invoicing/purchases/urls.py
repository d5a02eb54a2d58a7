"""Addresses of costs."""

from django.urls import path

from invoicing.purchases import views

app_name = "purchases"
urlpatterns = [
    path("expenses", views.cost_list, name="cost_home"),
    path("expenses/<slug:kind>", views.cost_list, name="cost_list"),
    path("expenses/<slug:kind>/new", views.cost_new, name="cost_new"),
    path("expenses/<slug:kind>/<uuid:cost>", views.cost_detail, name="cost_detail"),
    path("expenses/<slug:kind>/<uuid:cost>/edit", views.cost_edit, name="cost_edit"),
    path("expenses/<slug:kind>/<uuid:cost>/<slug:act>", views.cost_act, name="cost_act"),
]
