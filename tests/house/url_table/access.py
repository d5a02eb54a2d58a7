"""The addresses of roles, policies, and lines of the books."""

from typing import Any

from coop.access.models import Grant
from tests.house.url_table import Row

STRANGERS = ("aline", "chloe", "dirk", "ivo")


def home(world: Any) -> dict[str, object]:
    """Archipel."""
    return {"cooperative": world.archipel.pk}


def grant(world: Any) -> dict[str, object]:
    """The role of Bruno in Archipel."""
    return {**home(world), "pk": Grant.objects.get(user=world.bruno).pk}


TABLE = {
    "access:show": Row(owner="amina", strangers=(), forbidden=("aline", "farid", "bruno"), allowed=(302, 405)),
    "access:roles": Row(
        arguments=home, owner="amina", strangers=STRANGERS, forbidden=("bruno", "elise", "jeanne"), allowed=(200, 405)
    ),
    "access:role_new": Row(
        arguments=home, owner="amina", strangers=STRANGERS, forbidden=("bruno", "elise", "jeanne"), allowed=(200, 422)
    ),
    "access:role_end": Row(
        arguments=grant, owner="amina", strangers=STRANGERS, forbidden=("elise", "jeanne"), allowed=(200, 422)
    ),
    "administration:show": Row(owner="amina", strangers=(), allowed=(302, 405)),
    "administration:policies": Row(arguments=home, owner="amina", strangers=STRANGERS, allowed=(200, 405)),
    "administration:policy_new": Row(
        arguments=lambda world: {**home(world), "kind": "fee"}, owner="amina", strangers=STRANGERS,
        forbidden=("bruno", "elise", "greet"), allowed=(200, 422),
    ),
    "ledger:lines": Row(
        arguments=lambda world: {"activity": world.activities["aline"].pk}, strangers=("chloe", "dirk", "ivo"),
        forbidden=("farid",), allowed=(200, 405),
    ),
}  # fmt: skip
