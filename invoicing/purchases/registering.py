"""What purchases tell the lower layers about themselves."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from coop import shell, todo
from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import kinds
from coop.documents.models import Document
from coop.ledger import checking, sources
from invoicing.purchases import checks, queries, services
from invoicing.purchases.models import ExpenseNote, State, SupplierInvoice


class ReceivedNotMade(RuntimeError):
    """A file that somebody sends is kept as it came; it is never built."""


def _build(document: Document) -> bytes:
    raise ReceivedNotMade(document.filename)


def _links(model: Any, slug: str) -> sources.Resolve:
    """Return the function that leads from entries to the costs behind them."""

    def resolve(keys: Iterable[str], user: Any) -> Mapping[str, sources.Link]:
        found = model.objects.filter(pk__in=list(keys)).only("number")
        open_to = set(
            model.objects.visible_to(user).filter(pk__in=[cost.pk for cost in found]).values_list("pk", flat=True)
        )
        return {
            str(cost.pk): sources.Link(
                str(cost), reverse("purchases:cost_detail", args=[slug, cost.pk]) if cost.pk in open_to else ""
            )
            for cost in found
        }

    return resolve


def _reads_costs(user: Any) -> bool:
    access = visibility.access_of(user)
    return bool(access.activities_with(Subject.PURCHASES, "r") or access.cooperatives_with(Subject.PURCHASES, "r"))


def tasks_of(user: Any, on: date) -> Iterator[todo.Task]:
    """Give the costs that wait for a decision to those who may decide."""
    notes, invoices = queries.waiting(user)
    sentences = {
        "notes": (notes, ngettext("Decide on %(count)s expense note", "Decide on %(count)s expense notes", notes)),
        "suppliers": (
            invoices,
            ngettext("Decide on %(count)s supplier invoice", "Decide on %(count)s supplier invoices", invoices),
        ),
    }
    for slug, (count, sentence) in sentences.items():
        if count:
            yield todo.Task(
                kind=f"cost_to_decide_{slug}",
                sentence=sentence % {"count": count},
                url=f"{reverse('purchases:cost_list', args=[slug])}?state={State.SUBMITTED}",
                action=gettext("Decide"),
                count=count,
            )


def register() -> None:
    """Make receipts, the pages of costs and their checks against the books known."""
    sources.register(services.SUPPLIER_INVOICE, _links(SupplierInvoice, "suppliers"))
    sources.register(services.EXPENSE_NOTE, _links(ExpenseNote, "notes"))
    shell.register(
        shell.Entry(
            label=_("Expenses"), url="purchases:cost_home", icon="receipt", group="work", order=30, allowed=_reads_costs,
            phone=True,
        )
    )  # fmt: skip
    kinds.register(kinds.Kind(queries.RECEIPT, build=_build, visible=queries.may_see_receipt, received=True))
    todo.register(tasks_of)
    checking.register("costs are in the books", checks.costs_are_in_the_books)
    checking.register("numbers of costs have no gap", checks.numbers_have_no_gap)
