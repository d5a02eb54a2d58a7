"""What a fact that was recorded late means for what is done already: told by the apps above, shown on the person's file."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from coop.errors import Text
from members.models import Person


@dataclass(frozen=True)
class Consequence:
    """Something done that rests on other facts than those on file now: its name, why, and where it is put right."""

    label: Text
    why: Text
    url: str
    action: Text


Find = Callable[[Any, Person, date], Iterable[Consequence]]
_found: list[Find] = []


def register(find: Find) -> None:
    """Make a source of consequences known; registering it again changes nothing."""
    if find not in _found:
        _found.append(find)


def consequences_of(user: Any, person: Person, on: date) -> list[Consequence]:
    """Return what a person's late facts mean on a day for what is done, as far as the user may put it right."""
    return [one for find in _found for one in find(user, person, on)]
