"""App configuration."""

from django.apps import AppConfig


class PayrollConfig(AppConfig):
    """See the package's modules."""

    name = "payroll"
