"""What sales tell the registries of coop, once the apps are loaded."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import formatting, shell, todo
from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import kinds
from coop.documents import services as documents
from coop.ledger import checking, sources
from invoicing import checks, paper, queries, rules, ubl
from invoicing.models import Customer, Invoice
from invoicing.reminders.models import ReminderPolicy
from invoicing.services import CREDITED, ISSUED
from invoicing.services.finishing import DOCUMENT
from invoicing.services.structuring import STRUCTURED, ask_structured


def register() -> None:
    """Register the document kind, the sources of entries, checks of the books, navigation and tasks."""
    kinds.register(kinds.Kind(DOCUMENT, build=paper.build, visible=paper.visible, proven=True))
    kinds.register(kinds.Kind(STRUCTURED, build=ubl.build, visible=ubl.visible))
    documents.on_stored.register(ask_structured)
    for source in (ISSUED, CREDITED, f"{ISSUED}.fee", f"{CREDITED}.fee"):
        sources.register(source, invoice_links)
    checking.register("documents of sales are posted", checks.documents_are_posted)
    checking.register("numbers of documents are used once", checks.numbers_are_used_once)
    todo.register(tasks_of)
    for entry in NAVIGATION:
        shell.register(entry)


# --- navigation -------------------------------------------------------------------------------------------------------


def sees_sales(user: Any) -> bool:
    """Tell whether a user sees the sales of an activity or a cooperative."""
    access = visibility.access_of(user)
    return bool(access.activities_with(Subject.SALES, "r") or access.cooperatives_with(Subject.SALES, "r"))


NAVIGATION = (
    shell.Entry(
        label=gettext_lazy("Invoices"),
        url="invoicing:invoice_list",
        icon="file-text",
        allowed=sees_sales,
        group="work",
        order=10,
        phone=True,
    ),
    shell.Entry(
        label=gettext_lazy("Customers"),
        url="invoicing:customer_list",
        icon="contact",
        allowed=sees_sales,
        group="work",
        order=11,
    ),
    shell.Entry(
        label=gettext_lazy("Sales and costs"),
        url="invoicing:rules_home",
        icon="sliders-horizontal",
        allowed=lambda user: bool(rules.cooperatives(user)),
        group="administration",
        order=15,
    ),
)


# --- sources ----------------------------------------------------------------------------------------------------------


def invoice_links(keys: Iterable[str], user: Any) -> dict[str, sources.Link]:
    """Return the links of invoices and credit notes; who may not open one reads its number only."""
    wanted = list(keys)
    seen = set(Invoice.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))
    found = Invoice.objects.filter(pk__in=wanted).values_list("pk", "kind", "number")
    return {
        str(pk): sources.Link(
            label=(_("Credit note %(number)s") if kind == Invoice.Kind.CREDIT_NOTE else _("Invoice %(number)s"))
            % {"number": number},
            url=reverse("invoicing:invoice_detail", args=[pk]) if pk in seen else "",
        )
        for pk, kind, number in found
    }


# --- what waits for whom ----------------------------------------------------------------------------------------------


def tasks_of(user: Any, on: date) -> Iterator[todo.Task]:
    """Give the tasks of sales: invoices to validate, drafts to finish, overdue invoices."""
    access = visibility.access_of(user)
    address = reverse("invoicing:invoice_list")
    validates = access.activities_with(Subject.SALES, "x")
    for invoice in Invoice.objects.filter(activity__in=validates, state=Invoice.State.SUBMITTED).select_related(
        "activity", "customer"
    ):
        yield todo.Task(
            kind="invoice_to_validate",
            sentence=_("Validate the invoice of %(activity)s for %(customer)s")
            % {"activity": invoice.activity.name, "customer": invoice.customer},
            url=reverse("invoicing:invoice_detail", args=[invoice.pk]),
            action=_("Look and validate"),
            deadline=on,
            note=formatting.money(invoice.gross.amount),
        )
    own = access.activities_with(Subject.SALES, "w")
    if not own:
        return
    known = queries.with_residual(Invoice.objects.filter(activity__in=own))
    reminded = ReminderPolicy.objects.on(on).values("cooperative")  # their late invoices are named by reminders
    late = (
        known.filter(queries.condition(queries.Status.OVERDUE, on))
        .exclude(cooperative__in=reminded, origin=Invoice.Origin.HERE)
        .aggregate(count=Count("pk"), open=Sum("residual"))
    )
    if late["count"]:
        yield todo.Task(
            kind="invoice_overdue",
            sentence=_("Ask for %(amount)s that customers should have paid")
            % {"amount": formatting.money(late["open"])},
            url=f"{address}?status={queries.Status.OVERDUE}",
            action=_("See the overdue invoices"),
            deadline=on,
            count=late["count"],
        )
    drafts = known.filter(state=Invoice.State.DRAFT).count()
    if drafts:
        yield todo.Task(
            kind="invoice_draft",
            sentence=_("Finish your drafts of invoices"),
            url=f"{address}?status={queries.Status.DRAFT}",
            action=_("Open the drafts"),
            count=drafts,
        )
    if not known.exists() and not Customer.objects.filter(activity__in=own).exists():
        yield todo.Task(
            kind="first_invoice",
            sentence=_("Make your first invoice"),
            url=reverse("invoicing:invoice_new"),
            action=_("New invoice"),
        )
