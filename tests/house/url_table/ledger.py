"""The addresses of the books."""

from typing import Any

from coop.ledger import posting
from coop.ledger.lines import credit, debit
from tests.house.url_table import Row


def _entry(world: Any) -> dict[str, object]:
    from datetime import date
    from decimal import Decimal

    aline, coop = world.activities["aline"].pk, world.coop_of(world.archipel).pk
    entry = posting.post(
        cooperative=world.archipel, journal="AN", on=date(2026, 9, 1), text="Fee", source="test.fee", source_key="url",
        lines=[debit("fee", Decimal("1.00"), activity=aline), credit("fee", Decimal("1.00"), activity=coop)],
    )  # fmt: skip
    return {"entry": entry.uuid}


def _lock(world: Any) -> dict[str, object]:
    return {"cooperative": world.archipel.pk, "month": "2026-08", "kind": "vat"}


TABLE = {
    "ledger:entry_detail": Row(arguments=_entry, allowed=(200, 405), forbidden=("farid",)),
    "ledger:trial_balance": Row(owner="bruno", allowed=(200, 405), strangers=(), forbidden=("aline", "farid", "dirk")),
    "ledger:account_detail": Row(
        arguments=lambda world: {"cooperative": world.archipel.pk, "number": "400"},
        owner="bruno",
        strangers=(),
        forbidden=("aline", "farid", "dirk"),
        methods=("get",),
    ),
    "ledger:year_open": Row(
        arguments=lambda world: {"cooperative": world.archipel.pk},
        owner="bruno",
        allowed=(302,),
        strangers=(),
        forbidden=("aline", "chloe", "dirk", "elise", "greet"),
        methods=("post",),
    ),
    "ledger:period_list": Row(owner="bruno", allowed=(200, 405), strangers=(), forbidden=("aline", "farid", "dirk")),
    "ledger:period_lock": Row(
        arguments=_lock,
        owner="bruno",
        allowed=(200, 302),
        strangers=(),
        forbidden=("aline", "chloe", "dirk", "elise", "greet"),
    ),
}
