"""States without a library: a table of allowed moves beside the model, one service per move."""

from collections.abc import Mapping, Set

from django.utils.translation import gettext_lazy as _

from coop.errors import Refused, Text


class TransitionRefused(Refused):
    """An object was asked to move to a state that its present state does not lead to."""


def check(table: Mapping[str, Set[str]], *, subject: Text, now: str, to: str, remedy: Text | None = None) -> None:
    """Raise TransitionRefused unless the table lets an object in state ``now`` move to state ``to``."""
    if to not in table.get(now, frozenset()):
        raise TransitionRefused(
            subject=subject,
            reason=_("It is in state “%(now)s” and cannot become “%(to)s”.")
            % {"now": _name(table, now), "to": _name(table, to)},
            remedy=remedy or _("Reload the page to see what has happened meanwhile."),
        )


def _name(table: Mapping[str, Set[str]], state: str) -> Text:
    """Return what people call a state: the label of its choice in the table, which a value from the database lacks."""
    states = {*table, *(to for moves in table.values() for to in moves)}
    name: Text = next((getattr(one, "label", one) for one in states if one == state), state)
    return name
