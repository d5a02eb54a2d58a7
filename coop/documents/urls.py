"""Addresses of stored files."""

from django.urls import path

from coop.documents import views

app_name = "documents"
urlpatterns = [path("documents/<uuid:document>", views.document_download, name="document_download")]
