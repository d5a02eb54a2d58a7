"""What quotes tell the lower layers about themselves."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import formatting, shell, sweeping, todo
from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import kinds
from invoicing.quotes import links, paper
from invoicing.quotes.models import Quote
from invoicing.quotes.services.sending import DOCUMENT
from invoicing.registering import sees_sales


def register() -> None:
    """Make quotes known: their paper, what waits, the navigation, the mails that were not sent."""
    kinds.register(kinds.Kind(DOCUMENT, build=paper.build, visible=paper.visible, proven=True))
    todo.register(tasks_of)
    sweeping.register(links.ring)
    shell.register(
        shell.Entry(
            label=gettext_lazy("Quotes"), url="quotes:quote_list", icon="file-pen", allowed=sees_sales, group="work",
            order=9,
        )
    )  # fmt: skip


def tasks_of(user: Any, on: date) -> Iterator[todo.Task]:
    """Give the accepted quotes that nothing was charged of, and the deposits whose day has come."""
    own = visibility.access_of(user).activities_with(Subject.SALES, "w")
    if not own:
        return
    accepted = Quote.objects.filter(activity__in=own, state=Quote.State.ACCEPTED).select_related("customer")
    for quote in accepted.filter(charges__isnull=True).order_by("answered_at")[:20]:
        names = {"number": quote.number, "customer": quote.customer}
        yield todo.Task(
            kind="quote_accepted",
            sentence=_("Invoice quote %(number)s, which %(customer)s accepted") % names,
            url=reverse("quotes:quote_detail", args=[quote.pk]),
            action=_("Open the quote"),
            note=formatting.money(quote.gross),
        )
    due = accepted.filter(
        charges__isnull=False, instalments__planned_on__lte=on, instalments__charge__isnull=True
    ).distinct()
    for quote in due.order_by("answered_at")[:20]:
        yield todo.Task(
            kind="quote_deposit",
            sentence=_("Invoice the next deposit of quote %(number)s, %(customer)s")
            % {"number": quote.number, "customer": quote.customer},
            url=reverse("quotes:quote_detail", args=[quote.pk]),
            action=_("Open the quote"),
            deadline=on,
        )
