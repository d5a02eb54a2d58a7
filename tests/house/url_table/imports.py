"""The addresses of imports: an import belongs to those who may import its sheet in its cooperative; and of the demo."""

from typing import Any

from tests.coop.imports.files import send
from tests.house.url_table import Row

CUSTOMERS = "activity;name\nA-017;Librairie Exemple"


def run(world: Any) -> dict[str, object]:
    """An imported file of Archipel."""
    return {"pk": send("customers", CUSTOMERS, coop=world.archipel, by=world.bruno).pk}


WITHOUT_RIGHT = ("aline", "farid", "greet", "jeanne")
STRANGERS = ("aline", "chloe", "dirk", "ivo", "farid", "elise", "amina")

TABLE = {
    "imports:import_list": Row(owner="bruno", strangers=(), forbidden=WITHOUT_RIGHT, methods=("get",)),
    "imports:import_new": Row(
        arguments=lambda world: {"name": "customers"},
        owner="bruno",
        allowed=(200, 422),
        strangers=(),
        forbidden=(*WITHOUT_RIGHT, "amina"),
    ),
    "imports:sheet_template": Row(
        arguments=lambda world: {"name": "customers", "extension": "csv"},
        owner="bruno",
        strangers=(),
        forbidden=WITHOUT_RIGHT,
        methods=("get",),
    ),
    "imports:import_detail": Row(arguments=run, owner="bruno", strangers=STRANGERS, methods=("get",)),
    "imports:import_confirm": Row(arguments=run, owner="bruno", allowed=(302,), strangers=STRANGERS, methods=("post",)),
    "imports:import_file": Row(arguments=run, owner="bruno", strangers=STRANGERS, methods=("get",)),
    "demo:role_choose": Row(strangers=(), public=True, allowed=(404,)),
}
