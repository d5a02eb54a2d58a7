"""Addresses of the customer's page: three that need no login, three for who sells."""

from django.urls import path, register_converter

from invoicing.customer_page import views


class SecretConverter:
    """The secret of a link in an address: 256 bits, 43 characters."""

    regex = r"[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        """Read it."""
        return value

    def to_url(self, value: str) -> str:
        """Write it."""
        return value


register_converter(SecretConverter, "link_secret")

app_name = "customer_page"
urlpatterns = [
    path("d/<link_secret:secret>", views.page, name="page"),
    path("d/<link_secret:secret>/pdf", views.paper, name="paper"),
    path("d/<link_secret:secret>/new", views.new_link, name="new_link"),
    path("invoices/<uuid:pk>/link", views.link_make, name="link_make"),
    path("invoices/<uuid:pk>/link/mail", views.link_mail, name="link_mail"),
    path("invoices/<uuid:pk>/link/withdraw", views.link_withdraw, name="link_withdraw"),
]
