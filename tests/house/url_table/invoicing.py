"""The addresses of customers and sales."""

from collections.abc import Mapping
from typing import Any

from tests.house.url_table import Row
from tests.invoicing import build


def _customer(world: Any) -> Mapping[str, object]:
    return {"pk": build.customer(world.activities["aline"], world.aline).pk}


def _draft(world: Any) -> Mapping[str, object]:
    return {"pk": build.draft(world.activities["aline"], world.aline).pk}


def _issued(world: Any) -> Mapping[str, object]:
    return {"pk": build.invoice(world.activities["aline"], world.aline).pk}


def _submitted(world: Any) -> Mapping[str, object]:
    from invoicing import services
    from tests import cast

    draft = build.draft(world.activities["aline"], world.aline)
    services.submit_invoice(invoice_id=draft.pk, on=build.DAY, by=world.aline, at=cast.at("2026-09-14 09:30"))
    return {"pk": draft.pk}


READERS = ("elise", "amina", "greet", "jeanne")

TABLE = {
    "invoicing:invoice_list": Row(strangers=(), methods=("get",)),
    "invoicing:invoice_new": Row(strangers=(), allowed=(200, 302), forbidden=("farid", *READERS)),
    "invoicing:invoice_totals": Row(strangers=(), forbidden=("farid", *READERS), allowed=(200, 302)),
    "invoicing:paper_css": Row(strangers=(), methods=("get",)),
    "invoicing:invoice_detail": Row(_issued, methods=("get",)),
    "invoicing:invoice_edit": Row(_draft, allowed=(200, 302), forbidden=("farid", *READERS)),
    "invoicing:invoice_preview": Row(_draft, methods=("get",)),
    "invoicing:invoice_issue": Row(_draft, forbidden=READERS),
    "invoicing:invoice_return": Row(_submitted, owner="farid", forbidden=("aline", *READERS)),
    "invoicing:invoice_discard": Row(_draft, forbidden=("farid", *READERS)),
    "invoicing:invoice_duplicate": Row(_issued, allowed=(200, 302), forbidden=("farid", *READERS)),
    "invoicing:invoice_credit": Row(_issued, forbidden=READERS),
    "invoicing:invoice_payment": Row(_issued, owner="bruno", forbidden=("aline", "farid", *READERS)),
    "invoicing:customer_list": Row(strangers=(), methods=("get",)),
    "invoicing:customer_new": Row(strangers=(), forbidden=("farid", *READERS)),
    "invoicing:customer_detail": Row(_customer, methods=("get",)),
    "invoicing:customer_edit": Row(_customer, forbidden=("farid", *READERS)),
}
