"""Addresses of payroll."""

from django.urls import path, register_converter

from coop.periods import Month
from payroll import account_views, declaration_views, views


class MonthConverter:
    """A month in an address: 2026-09."""

    regex = r"\d{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> Month:
        """Read it."""
        return Month.parse(value)

    def to_url(self, value: object) -> str:
        """Write it."""
        return str(value)


class YearConverter:
    """A year in an address: 2026."""

    regex = r"20\d{2}"

    def to_python(self, value: str) -> int:
        """Read it."""
        return int(value)

    def to_url(self, value: object) -> str:
        """Write it."""
        return str(value)


class QuarterConverter:
    """A quarter in an address, by its last month: 2026-Q3."""

    regex = r"20\d{2}-Q[1-4]"

    def to_python(self, value: str) -> Month:
        """Read it."""
        return Month(int(value[:4]), int(value[-1]) * 3)

    def to_url(self, value: Month) -> str:
        """Write it."""
        return f"{value.year:04d}-Q{value.quarter}"


class FormatConverter:
    """The kind of a file in an address: csv or xlsx."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        """Read it."""
        return value

    def to_url(self, value: str) -> str:
        """Write it."""
        return value


register_converter(MonthConverter, "month")
register_converter(YearConverter, "calendar_year")
register_converter(QuarterConverter, "quarter")
register_converter(FormatConverter, "file_format")
ACCOUNT = "payslips/accounts/<uuid:person>/<uuid:cooperative>/<calendar_year:year>/"

app_name = "payroll"
urlpatterns = [
    path("salary/", views.salary, name="salary"),
    path("salary/<month:month>/", views.salary_month, name="salary_month"),
    path("salary/<month:month>/estimate/", views.salary_estimate, name="salary_estimate"),
    path("salary/orders/<uuid:pk>/withdraw/", views.order_withdraw, name="order_withdraw"),
    path("payslips/", views.payslip_list, name="payslip_list"),
    path("payslips/<uuid:pk>/", views.payslip_detail, name="payslip_detail"),
    path(ACCOUNT, account_views.account_detail, name="account_detail"),
    path(f"{ACCOUNT}xlsx", account_views.account_workbook, name="account_workbook"),
    path(f"{ACCOUNT}pdf", account_views.account_paper, name="account_paper"),
    path("payslips/<uuid:pk>/correct/", views.payslip_correct, name="payslip_correct"),
    path("payroll/", views.run_list, name="run_list"),
    path("payroll/open/", views.run_open, name="run_open"),
    path("payroll/terms/", views.terms, name="terms"),
    path("payroll/orders/", views.order_list, name="order_list"),
    path("payroll/orders/<uuid:pk>/", views.order_detail, name="order_detail"),
    path("payroll/declarations/", declaration_views.declarations, name="declarations"),
    path("payroll/declarations/274/<month:period>/", declaration_views.withholding, name="withholding"),
    path(
        "payroll/declarations/274/<month:period>/<file_format:format_>",
        declaration_views.withholding_file,
        name="withholding_file",
    ),
    path("payroll/declarations/281/<calendar_year:period>/", declaration_views.slips, name="slips"),
    path(
        "payroll/declarations/281/<calendar_year:period>/<file_format:format_>",
        declaration_views.slips_file,
        name="slips_file",
    ),
    path("payroll/declarations/dmfa/<quarter:period>/", declaration_views.dmfa, name="dmfa"),
    path(
        "payroll/declarations/dmfa/<quarter:period>/<file_format:format_>",
        declaration_views.dmfa_file,
        name="dmfa_file",
    ),
    path("payroll/declarations/dimona/<month:period>/", declaration_views.dimona, name="dimona"),
    path(
        "payroll/declarations/dimona/<month:period>/<file_format:format_>",
        declaration_views.dimona_file,
        name="dimona_file",
    ),
    path("payroll/<uuid:pk>/", views.run_detail, name="run_detail"),
    path("payroll/<uuid:pk>/progress/", views.run_progress, name="run_progress"),
    path("payroll/<uuid:pk>/recalculate/", views.run_recalculate, name="run_recalculate"),
    path("payroll/<uuid:pk>/submit/", views.run_submit, name="run_submit"),
    path("payroll/<uuid:pk>/take-back/", views.run_take_back, name="run_take_back"),
    path("payroll/<uuid:pk>/approve/", views.run_approve, name="run_approve"),
    path("payroll/<uuid:pk>/cancel/", views.run_cancel, name="run_cancel"),
    path("payroll/<uuid:pk>/close/", views.run_close, name="run_close"),
]
