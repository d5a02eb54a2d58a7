"""The addresses of costs."""

from typing import Any

from tests.house.url_table import Row
from tests.invoicing.purchases import build

KIND = {"kind": "suppliers"}


def _draft(world: Any) -> dict[str, object]:
    cost = build.supplier_invoice(world, owner="aline", supplier_number=f"F-{id(world)}")
    return {**KIND, "cost": cost.pk}


def _submitted(world: Any) -> dict[str, object]:
    cost = build.submitted(build.supplier_invoice(world, owner="aline", supplier_number=f"F-{id(world)}"), world.aline)
    return {**KIND, "cost": cost.pk}


TABLE = {
    "purchases:cost_home": Row(strangers=(), allowed=(200, 405)),
    "purchases:cost_list": Row(arguments=lambda world: KIND, strangers=(), allowed=(200, 405)),
    "purchases:cost_new": Row(
        arguments=lambda world: KIND, strangers=(), forbidden=("farid", "elise", "jeanne"), allowed=(200, 422)
    ),
    "purchases:cost_detail": Row(arguments=_draft, allowed=(200, 405)),
    "purchases:cost_edit": Row(arguments=_draft, forbidden=("farid", "elise"), allowed=(200, 422)),
    "purchases:cost_act": Row(
        arguments=lambda world: {**_submitted(world), "act": "take-back"},
        forbidden=("farid", "elise"),
        methods=("post",),
        allowed=(302,),
    ),
}
