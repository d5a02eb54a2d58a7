"""The addresses of reminders."""

from collections.abc import Mapping
from typing import Any

from tests.house.url_table import Row
from tests.invoicing import build
from tests.invoicing.reminders import late

READERS = ("elise", "amina", "greet", "jeanne")


def _issued(world: Any) -> Mapping[str, object]:
    return {"invoice": build.invoice(world.activities["aline"], world.aline).pk}


def _reminded(world: Any) -> Mapping[str, object]:
    return {"reminder": late.reminder(world).pk}


TABLE = {
    "reminders:proposals": Row(strangers=(), forbidden=READERS, allowed=(200, 302)),
    "reminders:remind": Row(_issued, forbidden=READERS, allowed=(200, 422)),
    "reminders:stop": Row(_issued, forbidden=READERS, allowed=(200, 302, 422)),
    "reminders:plan": Row(_issued, forbidden=READERS, allowed=(200, 422)),
    "reminders:resume": Row(_issued, forbidden=READERS, allowed=(302,)),
    "reminders:posted": Row(_reminded, forbidden=READERS, allowed=(302,)),
    "reminders:rules_home": Row(
        owner="amina", allowed=(302,), strangers=(), forbidden=("aline", "farid", "greet", "jeanne"), methods=("get",)
    ),
    "reminders:rules": Row(
        lambda world: {"cooperative": world.archipel.pk},
        owner="amina",
        allowed=(200, 422),
        strangers=("aline", "chloe", "dirk", "ivo", "farid"),
        forbidden=("bruno", "elise", "greet", "jeanne"),
    ),
}
