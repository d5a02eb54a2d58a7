"""What recurring invoices tell the lower layers about themselves."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import formatting, shell, sweeping, todo
from coop.access import visibility
from coop.access.predicates import Subject
from invoicing.models import Invoice
from invoicing.recurring import tasks
from invoicing.recurring.models import Occurrence
from invoicing.registering import sees_sales


def register() -> None:
    """Make recurring invoices known: what waits, what has come due, the navigation."""
    todo.register(tasks_of)
    sweeping.register(tasks.sweep)
    shell.register(
        shell.Entry(
            label=gettext_lazy("Recurring invoices"), url="recurring:recurring_list", icon="repeat", allowed=sees_sales,
            group="work", order=12,
        )
    )  # fmt: skip


def tasks_of(user: Any, on: date) -> Iterator[todo.Task]:
    """Give the drafts that were made by themselves and wait to be issued, and what could not be made."""
    own = visibility.access_of(user).activities_with(Subject.SALES, "w")
    if not own:
        return
    made = Occurrence.objects.filter(recurring__activity__in=own).select_related("recurring__customer", "invoice")
    for one in made.filter(outcome=Occurrence.Outcome.DRAFTED, invoice__state=Invoice.State.DRAFT).order_by("on")[:20]:
        assert one.invoice is not None
        names = {"name": one.recurring.name, "customer": one.recurring.customer}
        sentence = (
            _("Look why “%(name)s” for %(customer)s was not issued, and issue it")
            if one.refusal
            else _("Check and issue “%(name)s” for %(customer)s")
        )
        yield todo.Task(
            kind="recurring_draft",
            sentence=sentence % names,
            url=reverse("invoicing:invoice_edit", args=[one.invoice.pk]),
            action=_("Open the draft"),
            deadline=one.on,
            note=formatting.money(one.invoice.gross.amount),
        )
    failed = made.filter(outcome=Occurrence.Outcome.FAILED, recurring__state="paused")
    for one in failed.order_by("recurring", "-on").distinct("recurring")[:20]:
        yield todo.Task(
            kind="recurring_failed",
            sentence=_("“%(name)s” for %(customer)s could not be made")
            % {"name": one.recurring.name, "customer": one.recurring.customer},
            url=reverse("recurring:recurring_detail", args=[one.recurring_id]),
            action=_("See why"),
            deadline=one.on,
        )
