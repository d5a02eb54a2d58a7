"""What the apps need to play their part: cooperatives and people by name, and files brought in through the import."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from coop.access.models import User
from coop.demo import cast
from coop.demo.world import World
from coop.entities.models import BankAccount, Cooperative
from coop.imports import services, sheets
from coop.imports.models import ImportRun


class DemoFileRefused(RuntimeError):
    """A file of the demonstration was refused: the world contradicts the rules of the product."""


def house(code: str) -> Cooperative:
    """Return a cooperative by its code."""
    return Cooperative.objects.select_related("group").get(code=code)


def bank(code: str) -> BankAccount:
    """Return the bank account of a cooperative."""
    return BankAccount.objects.get(cooperative__code=code)


def user(name: str) -> User:
    """Return the login of somebody of the cast."""
    return User.objects.get(email=cast.address(name))


def staff(role: str, code: str) -> User:
    """Return who has a role in a cooperative."""
    return user(_name_of(role, code))


@cache
def _name_of(role: str, code: str) -> str:
    return next(person.name for person in cast.STAFF if person.role == role and code in person.houses)


def has(role: str, code: str) -> bool:
    """Tell whether somebody has a role in a cooperative."""
    return any(person.role == role and code in person.houses for person in cast.STAFF)


def bring(world: World, sheet: str, code: str, path: Path | None, *, by: Any, on: date) -> ImportRun | None:
    """Import a file of a cooperative, as people do on the page of imports. The same file again changes nothing.

    Raises DemoFileRefused with the first problems.
    """
    if path is None:
        return None
    run = services.import_file(
        cooperative=house(code), sheet=sheets.get(sheet), filename=path.name, content=path.read_bytes(), by=by, on=on,
        at=world.at(on),
    )  # fmt: skip
    if run.state == ImportRun.State.REFUSED:
        said = [f"line {p['line']}, {p['column']}: {p['reason']} {p['remedy']}" for p in run.errors[:5]]
        raise DemoFileRefused(f"{path}: " + " / ".join(said))
    return run
