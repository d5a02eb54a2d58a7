"""The addresses of money paid out: recorded by the accountant, wages as one sum."""

from collections.abc import Mapping
from typing import Any

from tests.house.url_table import Row
from tests.invoicing.purchases import build
from tests.payroll import build as pay


def _home(world: Any) -> Mapping[str, object]:
    return {"cooperative": world.archipel.pk}


def _debt(world: Any) -> Mapping[str, object]:
    cost = build.supplier_invoice(world, owner="aline", supplier_number=f"P-{id(world)}")
    pay.money(world, "aline", "1000.00")
    approved = build.approved(build.submitted(cost, world.aline), world.bruno)
    return {**_home(world), "item": approved.pk}


NOT_PAYING = ("aline", "chloe", "dirk", "ivo", "farid", "elise", "amina", "greet", "jeanne")

TABLE = {
    "banking:to_pay": Row(owner="bruno", strangers=(), forbidden=NOT_PAYING, methods=("get",)),
    "banking:debt_paid": Row(_debt, owner="bruno", strangers=(), forbidden=NOT_PAYING, allowed=(200, 422)),
    "banking:wages_paid": Row(
        lambda world: {**_home(world), "month": "2026-08"},
        owner="bruno",
        strangers=(),
        forbidden=NOT_PAYING,
        allowed=(200, 422),
    ),
}
