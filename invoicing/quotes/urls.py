"""Addresses of quotes: three that need no login, the others for who sells."""

from django.urls import path

import invoicing.customer_page.urls  # noqa: F401 - makes link_secret known
from invoicing.quotes import customer_views, views

app_name = "quotes"
urlpatterns = [
    path("q/<link_secret:secret>", customer_views.page, name="page"),
    path("q/<link_secret:secret>/pdf", customer_views.paper_of, name="paper"),
    path("q/<link_secret:secret>/new", customer_views.new_link, name="new_link"),
    path("quotes", views.quote_list, name="quote_list"),
    path("quotes/new", views.quote_new, name="quote_new"),
    path("quotes/<uuid:pk>", views.quote_detail, name="quote_detail"),
    path("quotes/<uuid:pk>/edit", views.quote_edit, name="quote_edit"),
    path("quotes/<uuid:pk>/preview", views.quote_preview, name="quote_preview"),
    path("quotes/<uuid:pk>/send", views.quote_send, name="quote_send"),
    path("quotes/<uuid:pk>/mail", views.quote_mail, name="quote_mail"),
    path("quotes/<uuid:pk>/answer", views.quote_answer, name="quote_answer"),
    path("quotes/<uuid:pk>/withdraw", views.quote_withdraw, name="quote_withdraw"),
    path("quotes/<uuid:pk>/discard", views.quote_discard, name="quote_discard"),
    path("quotes/<uuid:pk>/duplicate", views.quote_duplicate, name="quote_duplicate"),
    path("quotes/<uuid:pk>/charge", views.quote_charge, name="quote_charge"),
    path("quotes/<uuid:pk>/deposit", views.quote_deposit, name="quote_deposit"),
    path("quotes/<uuid:pk>/deposit/<uuid:instalment>", views.quote_instalment, name="quote_instalment"),
    path("quotes/<uuid:pk>/above/<uuid:invoice>", views.quote_above, name="quote_above"),
]
