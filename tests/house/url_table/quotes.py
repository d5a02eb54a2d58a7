"""The addresses of quotes, recurring invoices and catalogues."""

from collections.abc import Mapping
from typing import Any

from tests.house.url_table import Row
from tests.invoicing.quotes import build


def _draft(world: Any) -> Mapping[str, object]:
    return {"pk": build.draft(world.activities["aline"], world.aline).pk}


def _sent(world: Any) -> Mapping[str, object]:
    return {"pk": build.sent(world.activities["aline"], world.aline).pk}


def _linked(world: Any) -> Mapping[str, object]:
    return {"secret": build.sent(world.activities["aline"], world.aline).links.get().secret}


def _accepted(world: Any) -> Mapping[str, object]:
    return {"pk": build.accepted(world.activities["aline"], world.aline).pk}


def _planned(world: Any) -> Mapping[str, object]:
    from decimal import Decimal

    from invoicing.quotes.content import Planned

    planned = [Planned("at the order", Decimal(30))]
    quote = build.accepted(world.activities["aline"], world.aline, instalments=planned)
    return {"pk": quote.pk, "instalment": quote.instalments.get().pk}


def _charged(world: Any) -> Mapping[str, object]:
    from invoicing.quotes import services
    from tests import cast

    quote = build.accepted(world.activities["aline"], world.aline)
    invoice = services.charge_rest(quote_id=quote.pk, by=world.aline, at=cast.at("2026-09-14 13:00"))
    return {"pk": quote.pk, "invoice": invoice.pk}


def _service(world: Any) -> Mapping[str, object]:
    from decimal import Decimal

    from invoicing.catalogue import services
    from tests import cast

    details = services.ServiceDetails(unit_price=Decimal(80), name_fr="Heure de conseil")
    activity = world.activities["aline"].pk
    return {
        "pk": services.create_service(activity=activity, details=details, by=world.aline, at=cast.at("2026-09-14")).pk
    }


def _recurring(world: Any) -> Mapping[str, object]:
    from datetime import date

    from invoicing.recurring import services
    from tests import cast
    from tests.invoicing import build as invoices

    activity = world.activities["aline"]
    content = services.RecurringContent(
        name="Upkeep", customer=invoices.customer(activity, world.aline).pk, lines=[invoices.line()],
        first_on=date(2026, 9, 30),
    )  # fmt: skip
    made = services.create_recurring(
        activity=activity.pk, content=content, on=date(2026, 9, 14), by=world.aline, at=cast.at("2026-09-14")
    )
    return {"pk": made.pk}


READERS = ("elise", "amina", "greet", "jeanne")
SELLERS_ONLY = ("farid", *READERS)

TABLE = {
    "quotes:page": Row(_linked, allowed=(200,), public=True),
    "quotes:paper": Row(_linked, allowed=(202,), public=True),
    "quotes:new_link": Row(_linked, allowed=(302,), public=True),
    "quotes:quote_list": Row(strangers=(), methods=("get",)),
    "quotes:quote_new": Row(strangers=(), allowed=(200, 302), forbidden=SELLERS_ONLY),
    "quotes:quote_detail": Row(_sent, methods=("get",)),
    "quotes:quote_edit": Row(_draft, allowed=(200, 302), forbidden=SELLERS_ONLY),
    "quotes:quote_preview": Row(_draft, methods=("get",)),
    "quotes:quote_send": Row(_draft, allowed=(200, 422), forbidden=SELLERS_ONLY),
    "quotes:quote_mail": Row(_sent, allowed=(302,), forbidden=READERS),
    "quotes:quote_answer": Row(_sent, allowed=(200, 422), forbidden=SELLERS_ONLY),
    "quotes:quote_withdraw": Row(_sent, allowed=(302,), forbidden=SELLERS_ONLY),
    "quotes:quote_discard": Row(_draft, allowed=(200, 302), forbidden=SELLERS_ONLY),
    "quotes:quote_duplicate": Row(_sent, allowed=(302,), forbidden=SELLERS_ONLY),
    "quotes:quote_charge": Row(_accepted, allowed=(302,), forbidden=SELLERS_ONLY),
    "quotes:quote_deposit": Row(_accepted, allowed=(302, 422), forbidden=SELLERS_ONLY),
    "quotes:quote_instalment": Row(_planned, allowed=(302,), forbidden=SELLERS_ONLY),
    "quotes:quote_above": Row(_charged, allowed=(302, 422), forbidden=SELLERS_ONLY),
    "recurring:recurring_list": Row(strangers=(), methods=("get",)),
    "recurring:recurring_new": Row(strangers=(), allowed=(200, 422), forbidden=SELLERS_ONLY),
    "recurring:recurring_detail": Row(_recurring, methods=("get",)),
    "recurring:recurring_edit": Row(_recurring, allowed=(200, 422), forbidden=SELLERS_ONLY),
    "recurring:recurring_pause": Row(_recurring, allowed=(302,), forbidden=SELLERS_ONLY),
    "recurring:recurring_resume": Row(_recurring, allowed=(302,), forbidden=SELLERS_ONLY),
    "recurring:recurring_skip": Row(_recurring, allowed=(302,), forbidden=SELLERS_ONLY),
    "recurring:recurring_end": Row(_recurring, allowed=(302,), forbidden=SELLERS_ONLY),
    "catalogue:service_list": Row(strangers=(), methods=("get",)),
    "catalogue:service_new": Row(strangers=(), allowed=(200, 422), forbidden=SELLERS_ONLY),
    "catalogue:service_edit": Row(_service, allowed=(200, 422), forbidden=SELLERS_ONLY),
    "catalogue:service_retire": Row(_service, allowed=(302,), forbidden=SELLERS_ONLY),
    "catalogue:service_again": Row(_service, allowed=(302,), forbidden=SELLERS_ONLY),
}
