"""Addresses of the demonstration."""

from django.urls import path

from coop.demo import views

app_name = "demo"
urlpatterns = [path("demo/", views.choose_role, name="role_choose")]
