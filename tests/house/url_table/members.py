"""The addresses of home, money, statements and people. Aline of Archipel owns what the rows name."""

from datetime import date
from decimal import Decimal
from typing import Any

from members import services
from tests.house.url_table import Row

COLLEAGUES = ("chloe", "dirk", "ivo")


def activity(world: Any) -> dict[str, object]:
    """Aline's activity."""
    return {"activity": world.activities["aline"].pk}


def period(world: Any) -> dict[str, object]:
    """Aline's activity in a month."""
    return {**activity(world), "period": "2026-09"}


def member(world: Any) -> dict[str, object]:
    """Aline in Archipel in a year."""
    return {"person": world.people["aline"].pk, "cooperative": world.archipel.pk, "period": "2026"}


def person(world: Any) -> dict[str, object]:
    """Aline's file."""
    return {"person": world.people["aline"].pk}


def membership(world: Any) -> dict[str, object]:
    """Aline's membership."""
    return {**person(world), "pk": world.people["aline"].memberships.get().pk}


def runs(world: Any) -> dict[str, object]:
    """Aline's running of her activity."""
    return {**person(world), "pk": world.people["aline"].runs.get().pk}


def contract(world: Any) -> dict[str, object]:
    """Aline's contract."""
    signed = services.sign_contract(
        person=world.people["aline"], cooperative=world.archipel, valid_from=date(2026, 1, 1),
        signed_on=date(2025, 12, 20), joint_committee="200", weekly_hours=Decimal(19), full_time_hours=Decimal(38),
        scale_class="C", gross=Decimal(1450), experience_from=date(2020, 1, 1), by=None,
    )  # fmt: skip
    return {**person(world), "pk": signed.pk}


PLAIN = Row(strangers=(), allowed=(200, 405))
STATEMENT = Row(arguments=period, strangers=COLLEAGUES, forbidden=("farid",), allowed=(200, 405))
PEOPLE = Row(
    arguments=person, owner="amina", strangers=COLLEAGUES, forbidden=("aline", "farid", "bruno", "jeanne"),
    allowed=(200, 422),
)  # fmt: skip
PAY = Row(
    arguments=person, owner="elise", strangers=COLLEAGUES, forbidden=("aline", "farid", "bruno", "amina", "greet"),
    allowed=(200, 302, 422),
)  # fmt: skip

TABLE = {
    "members:home": PLAIN,
    "members:money": PLAIN,
    "members:money_detail": Row(arguments=activity, strangers=COLLEAGUES, allowed=(200, 405)),
    "members:statement": Row(strangers=(), allowed=(302, 405)),
    "members:statement_year": Row(arguments=activity, strangers=COLLEAGUES, forbidden=("farid",), allowed=(200, 405)),
    "members:statement_detail": STATEMENT,
    "members:statement_workbook": STATEMENT,
    "members:statement_paper": Row(
        arguments=period, strangers=COLLEAGUES, forbidden=("farid",), allowed=(302, 405), methods=("post",)
    ),
    "members:statement_member": Row(arguments=member, strangers=COLLEAGUES, forbidden=("farid",), allowed=(200, 405)),
    "members:me": PLAIN,
    "members:person_list": Row(owner="elise", strangers=(), allowed=(200, 405)),
    "members:person_new": Row(
        owner="amina", strangers=(), forbidden=("aline", "farid", "bruno", "jeanne", "greet"), allowed=(200, 422)
    ),
    "members:person_detail": Row(arguments=person, owner="elise", strangers=COLLEAGUES, allowed=(200, 405)),
    "members:person_details": PEOPLE,
    "members:person_identity": PAY,
    "members:person_login": Row(
        arguments=person, owner="amina", strangers=COLLEAGUES, forbidden=("aline", "farid", "bruno"), allowed=(302,),
        methods=("post",),
    ),
    "members:membership_new": PEOPLE,
    "members:membership_end": Row(
        arguments=membership, owner="amina", strangers=COLLEAGUES, forbidden=("aline", "farid", "bruno"),
        allowed=(200, 422),
    ),
    "members:activity_new": PEOPLE,
    "members:activity_join": PEOPLE,
    "members:activity_end": Row(
        arguments=runs, owner="amina", strangers=COLLEAGUES, forbidden=("aline", "farid", "bruno"), allowed=(200, 422)
    ),
    "members:contract_new": PAY,
    "members:contract_amend": Row(
        arguments=contract, owner="elise", strangers=COLLEAGUES, forbidden=("aline", "farid", "bruno", "amina"),
        allowed=(200, 422),
    ),
    "members:contract_end": Row(
        arguments=contract, owner="elise", strangers=COLLEAGUES, forbidden=("aline", "farid", "bruno", "amina"),
        allowed=(200, 422),
    ),
    "members:contract_declaration": Row(
        arguments=contract, owner="elise", strangers=COLLEAGUES, forbidden=("aline", "farid", "bruno", "amina"),
        allowed=(200, 422),
    ),
    "members:situation_new": PAY,
    "members:accompaniment_new": PEOPLE,
}  # fmt: skip
