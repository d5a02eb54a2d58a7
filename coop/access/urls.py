"""Addresses of people and roles."""

from django.urls import path

from coop.access import views

app_name = "access"
urlpatterns = [
    path("roles", views.show, name="show"),
    path("roles/<uuid:cooperative>", views.roles, name="roles"),
    path("roles/<uuid:cooperative>/new", views.role_new, name="role_new"),
    path("roles/<uuid:cooperative>/<uuid:pk>/end", views.role_end, name="role_end"),
]
