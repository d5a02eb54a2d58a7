"""Addresses of payroll."""

from django.urls import URLPattern, path, register_converter

from coop.periods import Month
from payroll import (
    account_views,
    beside_views,
    check_views,
    declaration_views,
    exceptional_views,
    first_hire_views,
    order_views,
    payslip_views,
    provision_views,
    quarter_views,
    run_views,
    secretariat_views,
    worktime_views,
)


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


def declaration(name: str, address: str) -> list[URLPattern]:
    """Return the addresses of a list that a declaration is made from: its page, and its files."""
    page = f"payroll/declarations/{address}"
    return [
        path(page, declaration_views.declaration, {"name": name}, name=name),
        path(f"{page}<file_format:format_>", declaration_views.declaration_file, {"name": name}, name=f"{name}_file"),
    ]


app_name = "payroll"
urlpatterns = [
    path("salary/", order_views.salary, name="salary"),
    path("salary/<month:month>/", order_views.salary_month, name="salary_month"),
    path("salary/<month:month>/estimate/", order_views.salary_estimate, name="salary_estimate"),
    path("salary/<month:month>/beside/", beside_views.salary_beside, name="salary_beside"),
    path("salary/orders/<uuid:pk>/withdraw/", order_views.order_withdraw, name="order_withdraw"),
    path("days/", worktime_views.days, name="days"),
    path("days/<month:month>/", worktime_views.days_month, name="days_month"),
    path("payslips/", payslip_views.payslip_list, name="payslip_list"),
    path("payslips/<uuid:pk>/", payslip_views.payslip_detail, name="payslip_detail"),
    path("payslips/<uuid:pk>/json", payslip_views.payslip_data, name="payslip_data"),
    path(ACCOUNT, account_views.account_detail, name="account_detail"),
    path(f"{ACCOUNT}xlsx", account_views.account_workbook, name="account_workbook"),
    path(f"{ACCOUNT}pdf", account_views.account_paper, name="account_paper"),
    path(
        "payslips/provisions/<uuid:person>/<uuid:cooperative>/<calendar_year:year>/",
        provision_views.provisions_detail,
        name="provisions_detail",
    ),
    path("payroll/provisions/<calendar_year:year>/", provision_views.provisions_list, name="provisions_list"),
    path("payroll/provisions/<uuid:pk>/left/", provision_views.provisions_propose, name="provisions_propose"),
    path("payroll/provisions/settled/<uuid:pk>/", provision_views.provisions_settlement, name="provisions_settlement"),
    path("payslips/quarters/<uuid:pk>/", quarter_views.quarter_detail, name="quarter_detail"),
    path("payslips/<uuid:pk>/correct/", payslip_views.payslip_correct, name="payslip_correct"),
    path("payroll/", run_views.run_list, name="run_list"),
    path("payroll/open/", run_views.run_open, name="run_open"),
    path("payroll/exceptional/", exceptional_views.exceptional_open, name="exceptional_open"),
    path("payroll/exceptional/<uuid:pk>/", exceptional_views.exceptional_member, name="exceptional_member"),
    path("payroll/terms/", run_views.terms, name="terms"),
    path("payroll/checks/", check_views.pay_checks, name="pay_checks"),
    path("payroll/first-hires/", first_hire_views.first_hires, name="first_hires"),
    path("payroll/first-hires/<uuid:pk>/end/", first_hire_views.first_hire_end, name="first_hire_end"),
    path("payroll/orders/", order_views.order_list, name="order_list"),
    path("payroll/orders/new/", order_views.order_new, name="order_new"),
    path("payroll/orders/<uuid:pk>/", order_views.order_detail, name="order_detail"),
    path("payroll/beside/", beside_views.beside_list, name="beside_list"),
    path("payroll/beside/<uuid:pk>/<month:month>/", beside_views.beside_detail, name="beside_detail"),
    path("payroll/days/", worktime_views.days_team, name="days_team"),
    path("payroll/days/<month:month>/", worktime_views.days_team_month, name="days_team_month"),
    path("payroll/days/<month:month>/<file_format:format_>", worktime_views.days_team_file, name="days_team_file"),
    path("payroll/days/<uuid:pk>/<month:month>/", worktime_views.days_contract, name="days_contract"),
    path("payroll/days/<uuid:pk>/week/", worktime_views.days_week, name="days_week"),
    path("payroll/holidays/<calendar_year:year>/", worktime_views.holiday_list, name="holiday_list"),
    path("payroll/declarations/", declaration_views.declarations, name="declarations"),
    *declaration("withholding", "274/<month:period>/"),
    *declaration("slips", "281/<calendar_year:period>/"),
    *declaration("dmfa", "dmfa/<quarter:period>/"),
    *declaration("dimona", "dimona/<month:period>/"),
    path("payroll/secretariat/", secretariat_views.choices, name="secretariat"),
    path("payroll/secretariat/<uuid:pk>/", secretariat_views.results_detail, name="results_detail"),
    path("payroll/secretariat/<uuid:pk>/import/", secretariat_views.results_import, name="results_import"),
    path("payroll/secretariat/<uuid:pk>/file/", secretariat_views.results_file, name="results_file"),
    path("payroll/<uuid:pk>/results/", secretariat_views.results_new, name="results_new"),
    path("payroll/<uuid:pk>/reconciliation/", secretariat_views.reconciliation, name="reconciliation"),
    path("payroll/<uuid:pk>/variables/<file_format:format_>", secretariat_views.variables_file, name="variables_file"),
    path("payroll/<uuid:pk>/", run_views.run_detail, name="run_detail"),
    path("payroll/<uuid:pk>/progress/", run_views.run_progress, name="run_progress"),
    path("payroll/<uuid:pk>/recalculate/", run_views.run_recalculate, name="run_recalculate"),
    path("payroll/<uuid:pk>/submit/", run_views.run_submit, name="run_submit"),
    path("payroll/<uuid:pk>/take-back/", run_views.run_take_back, name="run_take_back"),
    path("payroll/<uuid:pk>/approve/", run_views.run_approve, name="run_approve"),
    path("payroll/<uuid:pk>/cancel/", run_views.run_cancel, name="run_cancel"),
    path("payroll/<uuid:pk>/close/", run_views.run_close, name="run_close"),
]
