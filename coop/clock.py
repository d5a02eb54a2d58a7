"""The one place that reads the clock. Services, journals and the engine get their days and moments as arguments."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

BRUSSELS = ZoneInfo("Europe/Brussels")


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day in Europe/Brussels, or the reference day of the demo where one is set."""
    reference: date | None = settings.REFERENCE_DAY
    return reference or now().astimezone(BRUSSELS).date()
