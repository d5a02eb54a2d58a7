"""Addresses of recurring invoices."""

from django.urls import path

from invoicing.recurring import views

app_name = "recurring"
urlpatterns = [
    path("recurring", views.recurring_list, name="recurring_list"),
    path("recurring/new", views.recurring_new, name="recurring_new"),
    path("recurring/<uuid:pk>", views.recurring_detail, name="recurring_detail"),
    path("recurring/<uuid:pk>/edit", views.recurring_edit, name="recurring_edit"),
    path("recurring/<uuid:pk>/pause", views.recurring_pause, name="recurring_pause"),
    path("recurring/<uuid:pk>/resume", views.recurring_resume, name="recurring_resume"),
    path("recurring/<uuid:pk>/skip", views.recurring_skip, name="recurring_skip"),
    path("recurring/<uuid:pk>/end", views.recurring_end, name="recurring_end"),
]
