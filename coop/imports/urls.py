"""Addresses of imports."""

from django.urls import path, re_path

from coop.imports import views

app_name = "imports"
urlpatterns = [
    path("imports/", views.import_list, name="import_list"),
    path("imports/new/<slug:name>/", views.import_new, name="import_new"),
    re_path(
        r"^imports/templates/(?P<name>[a-z_]+)\.(?P<extension>csv|xlsx)$", views.sheet_template, name="sheet_template"
    ),
    path("imports/<uuid:pk>/", views.import_detail, name="import_detail"),
    path("imports/<uuid:pk>/confirm/", views.import_confirm, name="import_confirm"),
    path("imports/<uuid:pk>/file/", views.import_file, name="import_file"),
]
