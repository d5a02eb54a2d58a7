"""Addresses of the catalogue."""

from django.urls import path

from invoicing.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("catalogue", views.service_list, name="service_list"),
    path("catalogue/new", views.service_new, name="service_new"),
    path("catalogue/<uuid:pk>", views.service_edit, name="service_edit"),
    path("catalogue/<uuid:pk>/retire", views.service_retire, name="service_retire"),
    path("catalogue/<uuid:pk>/again", views.service_again, name="service_again"),
]
