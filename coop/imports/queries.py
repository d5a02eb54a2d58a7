"""Questions about imports."""

from collections.abc import Sequence
from typing import Any

from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.imports import sheets
from coop.imports.models import ImportRun

RECENT = 50


def may_import_something(user: Any) -> bool:
    """Tell whether a user may import files into some cooperative."""
    return bool(visibility.access_of(user).cooperatives_with(Subject.IMPORTS, "w"))


def cooperatives_for(user: Any, sheet: sheets.Sheet) -> Sequence[Cooperative]:
    """Return the cooperatives into which a user may import a sheet, by name."""
    access = visibility.access_of(user)
    ids = access.cooperatives_with(Subject.IMPORTS, "w").intersection(
        *(access.cooperatives_with(subject, right) for subject, right in sheet.rights)
    )
    return list(Cooperative.objects.filter(pk__in=ids).order_by("name"))


def sheets_for(user: Any) -> list[sheets.Sheet]:
    """Return the sheets that a user may import somewhere, in the order in which they are imported."""
    return [sheet for sheet in sheets.all_sheets() if cooperatives_for(user, sheet)]


def recent_runs(user: Any) -> list[ImportRun]:
    """Return the latest imports that a user may see."""
    runs = ImportRun.objects.visible_to(user).select_related("cooperative", "by").defer("content")
    return list(runs.order_by("-at", "-pk")[:RECENT])
