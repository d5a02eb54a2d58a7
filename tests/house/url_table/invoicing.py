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


def _paid(world: Any) -> Mapping[str, object]:
    from invoicing import services
    from tests import cast

    issued = build.invoice(world.activities["aline"], world.aline)
    movement = services.record_customer_payment(
        invoice_id=issued.pk, amount=issued.gross.amount, on=build.DAY, bank_account=world.banks["archipel"],
        by=world.bruno, at=cast.at("2026-09-14"),
    )  # fmt: skip
    return {"pk": issued.pk, "movement": movement.pk}


def _submitted(world: Any) -> Mapping[str, object]:
    from invoicing import services
    from tests import cast

    draft = build.draft(world.activities["aline"], world.aline)
    services.submit_invoice(invoice_id=draft.pk, on=build.DAY, by=world.aline, at=cast.at("2026-09-14 09:30"))
    return {"pk": draft.pk}


def _linked(world: Any) -> Mapping[str, object]:
    from invoicing.customer_page import services
    from tests import cast

    issued = build.invoice(world.activities["aline"], world.aline)
    link = services.make_link(invoice_id=issued.pk, by=world.aline, on=build.DAY, at=cast.at("2026-09-14 11:00"))
    return {"secret": link.secret}


READERS = ("elise", "amina", "greet", "jeanne")

TABLE = {
    "customer_page:page": Row(_linked, allowed=(200,), public=True),
    "customer_page:paper": Row(_linked, allowed=(202,), public=True),
    "customer_page:new_link": Row(_linked, allowed=(302,), public=True),
    "customer_page:link_make": Row(_issued, allowed=(302,), forbidden=READERS),
    "customer_page:link_mail": Row(_issued, allowed=(302,), forbidden=READERS),
    "customer_page:link_withdraw": Row(_issued, allowed=(302,), forbidden=READERS),
    "invoicing:invoice_list": Row(strangers=(), methods=("get",)),
    "invoicing:invoice_new": Row(strangers=(), allowed=(200, 302), forbidden=("farid", *READERS)),
    "invoicing:invoice_totals": Row(strangers=(), forbidden=("farid", *READERS), allowed=(200, 302)),
    "invoicing:paper_css": Row(strangers=(), methods=("get",)),
    "invoicing:invoice_detail": Row(_issued, methods=("get",)),
    "invoicing:invoice_edit": Row(_draft, allowed=(200, 302), forbidden=("farid", *READERS)),
    "invoicing:invoice_preview": Row(_draft, methods=("get",)),
    "invoicing:invoice_vat": Row(_draft, owner="bruno", allowed=(200, 422)),
    "invoicing:selling": Row(lambda world: {"pk": world.activities["aline"].pk}, owner="bruno", allowed=(200, 422)),
    "invoicing:invoice_files": Row(_issued, allowed=(302,), methods=("get",)),
    "invoicing:invoice_issue": Row(_draft, forbidden=READERS),
    "invoicing:invoice_return": Row(_submitted, owner="farid", forbidden=("aline", *READERS)),
    "invoicing:invoice_discard": Row(_draft, forbidden=("farid", *READERS)),
    "invoicing:invoice_duplicate": Row(_issued, allowed=(200, 302), forbidden=("farid", *READERS)),
    "invoicing:invoice_credit": Row(_issued, forbidden=READERS),
    "invoicing:invoice_payment": Row(_issued, owner="bruno", forbidden=("aline", "farid", *READERS)),
    "invoicing:payment_undo": Row(_paid, owner="bruno", forbidden=("aline", "farid", *READERS)),
    "invoicing:rules_home": Row(
        owner="amina", allowed=(302,), strangers=(), forbidden=("aline", "farid", *READERS[2:]), methods=("get",)
    ),
    "invoicing:rules": Row(
        lambda world: {"cooperative": world.archipel.pk},
        owner="amina",
        allowed=(200, 422),
        strangers=("aline", "chloe", "dirk", "ivo", "farid"),
        forbidden=("bruno", "elise", "greet", "jeanne"),
    ),
    "invoicing:customer_list": Row(strangers=(), methods=("get",)),
    "invoicing:customer_new": Row(strangers=(), forbidden=("farid", *READERS)),
    "invoicing:customer_detail": Row(_customer, methods=("get",)),
    "invoicing:customer_edit": Row(_customer, forbidden=("farid", *READERS)),
}
