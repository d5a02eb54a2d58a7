"""Addresses of customers and sales."""

from django.urls import path

from invoicing import rules, views

app_name = "invoicing"
urlpatterns = [
    path("invoices", views.invoice_list, name="invoice_list"),
    path("invoices/new", views.invoice_new, name="invoice_new"),
    path("invoices/totals", views.invoice_totals, name="invoice_totals"),
    path("invoices/paper.css", views.paper_css, name="paper_css"),
    path("invoices/<uuid:pk>", views.invoice_detail, name="invoice_detail"),
    path("invoices/<uuid:pk>/edit", views.invoice_edit, name="invoice_edit"),
    path("invoices/<uuid:pk>/preview", views.invoice_preview, name="invoice_preview"),
    path("invoices/<uuid:pk>/vat", views.invoice_vat, name="invoice_vat"),
    path("invoices/<uuid:pk>/files", views.invoice_files, name="invoice_files"),
    path("invoices/<uuid:pk>/issue", views.invoice_issue, name="invoice_issue"),
    path("invoices/<uuid:pk>/return", views.invoice_return, name="invoice_return"),
    path("invoices/<uuid:pk>/discard", views.invoice_discard, name="invoice_discard"),
    path("invoices/<uuid:pk>/duplicate", views.invoice_duplicate, name="invoice_duplicate"),
    path("invoices/<uuid:pk>/credit", views.invoice_credit, name="invoice_credit"),
    path("invoices/<uuid:pk>/payment", views.invoice_payment, name="invoice_payment"),
    path("invoices/<uuid:pk>/payment/<uuid:movement>/undo", views.payment_undo, name="payment_undo"),
    path("invoices/selling/<uuid:pk>", views.selling, name="selling"),
    path("invoices/rules", rules.home, name="rules_home"),
    path("invoices/rules/<uuid:cooperative>", rules.show, name="rules"),
    path("customers", views.customer_list, name="customer_list"),
    path("customers/new", views.customer_new, name="customer_new"),
    path("customers/<uuid:pk>", views.customer_detail, name="customer_detail"),
    path("customers/<uuid:pk>/edit", views.customer_edit, name="customer_edit"),
]
