"""Which activity or cooperative somebody is looking at: named by the address, else remembered by the session.

``?activity=…`` or ``?cooperative=…`` on any page chooses; what the person does not reach is as if it were not named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from coop import shell
from coop.access import visibility
from coop.access.models import Role
from coop.entities.models import Activity, Cooperative

KEY = "chosen"


@dataclass(frozen=True)
class Choice:
    """What is looked at: an activity, or a cooperative as a whole when ``activity`` is None."""

    cooperative: Cooperative
    activity: Activity | None = None

    @property
    def key(self) -> str:
        """How the session remembers it."""
        return f"activity:{self.activity.pk}" if self.activity else f"cooperative:{self.cooperative.pk}"


def choices(user: Any) -> list[Choice]:
    """Return what a user may look at: first the activities they run, then cooperatives as a whole; coaches, theirs."""
    access = visibility.access_of(user)
    own = access.activities.get(Role.ENTREPRENEUR, frozenset())
    assigned = access.activities.get(Role.COACH, frozenset())
    activities = list(
        Activity.objects.filter(pk__in=own | assigned)
        .select_related("cooperative")
        .order_by("cooperative__name", "code")
    )
    reached: frozenset[UUID] = frozenset().union(*access.cooperatives.values())
    return [
        *(Choice(activity.cooperative, activity) for activity in activities if activity.pk in own),
        *(Choice(cooperative) for cooperative in Cooperative.objects.filter(pk__in=reached).order_by("name")),
        *(Choice(activity.cooperative, activity) for activity in activities if activity.pk not in own),
    ]


@dataclass(frozen=True)
class Chooser:
    """All choices of a person, and the one that holds."""

    choices: Sequence[Choice]
    chosen: Choice | None

    @property
    def activity(self) -> Activity | None:
        """The chosen activity."""
        return self.chosen.activity if self.chosen else None

    @property
    def cooperative(self) -> Cooperative | None:
        """The chosen cooperative, or that of the chosen activity."""
        return self.chosen.cooperative if self.chosen else None


def chooser(request: HttpRequest) -> Chooser:
    """Return what somebody may look at and what they have chosen; asked once per request."""
    known: Chooser | None = getattr(request, "_chooser", None)
    if known is None:
        known = _choose(request)
        request._chooser = known  # type: ignore[attr-defined]
    return known


def _choose(request: HttpRequest) -> Chooser:
    options = choices(request.user)
    by_key = {choice.key: choice for choice in options}
    named = [f"{kind}:{request.GET[kind]}" for kind in ("activity", "cooperative") if request.GET.get(kind)]
    wanted = next((key for key in named if key in by_key), None)
    remembered = request.session.get(KEY, "")
    if wanted is not None and wanted != remembered:
        request.session[KEY] = wanted
    chosen = by_key.get(wanted or remembered) or (options[0] if options else None)
    return Chooser(options, chosen)


def options(request: HttpRequest) -> list[shell.Option]:
    """Return the choices as the shell shows them; each leads to the home, where it is remembered."""
    known = chooser(request)
    home = reverse("members:home")
    return [
        shell.Option(
            label=str(choice.activity) if choice.activity else choice.cooperative.name,
            note=choice.cooperative.name if choice.activity else "",
            href=f"{home}?{choice.key.replace(':', '=')}",
            active=choice == known.chosen,
        )
        for choice in known.choices
    ]
