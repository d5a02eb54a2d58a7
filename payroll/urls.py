"""Addresses of payroll."""

from django.urls import path, register_converter

from coop.periods import Month
from payroll import views


class MonthConverter:
    """A month in an address: 2026-09."""

    regex = r"\d{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> Month:
        """Read it."""
        return Month.parse(value)

    def to_url(self, value: object) -> str:
        """Write it."""
        return str(value)


register_converter(MonthConverter, "month")

app_name = "payroll"
urlpatterns = [
    path("salary/", views.salary, name="salary"),
    path("salary/<month:month>/", views.salary_month, name="salary_month"),
    path("salary/<month:month>/estimate/", views.salary_estimate, name="salary_estimate"),
    path("salary/orders/<uuid:pk>/withdraw/", views.order_withdraw, name="order_withdraw"),
    path("payslips/", views.payslip_list, name="payslip_list"),
    path("payslips/<uuid:pk>/", views.payslip_detail, name="payslip_detail"),
    path("payslips/<uuid:pk>/correct/", views.payslip_correct, name="payslip_correct"),
    path("payroll/", views.run_list, name="run_list"),
    path("payroll/open/", views.run_open, name="run_open"),
    path("payroll/terms/", views.terms, name="terms"),
    path("payroll/orders/", views.order_list, name="order_list"),
    path("payroll/orders/<uuid:pk>/", views.order_detail, name="order_detail"),
    path("payroll/<uuid:pk>/", views.run_detail, name="run_detail"),
    path("payroll/<uuid:pk>/progress/", views.run_progress, name="run_progress"),
    path("payroll/<uuid:pk>/recalculate/", views.run_recalculate, name="run_recalculate"),
    path("payroll/<uuid:pk>/submit/", views.run_submit, name="run_submit"),
    path("payroll/<uuid:pk>/take-back/", views.run_take_back, name="run_take_back"),
    path("payroll/<uuid:pk>/approve/", views.run_approve, name="run_approve"),
    path("payroll/<uuid:pk>/cancel/", views.run_cancel, name="run_cancel"),
    path("payroll/<uuid:pk>/close/", views.run_close, name="run_close"),
]
