"""The pages of reminders on a desk and on a phone: they fit their width, axe finds nothing, the browser complains of nothing."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from coop.documents import queries as documents
from coop.documents import services as making
from invoicing.reminders import queries, services
from invoicing.reminders.deciding import Level, Promise
from invoicing.reminders.models import ReminderPause
from tests import cast
from tests.invoicing import build
from tests.invoicing.reminders import late
from tests.invoicing.reminders.late import DUE
from tests.journeys.test_screenshots import Camera, camera

__all__ = ["camera"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
FIRST = DUE + timedelta(days=7)
SECOND = FIRST + timedelta(days=15)


def test_reminders_fit_a_desk_and_a_phone(camera: Camera, settings, tmp_path: Path) -> None:
    settings.SENDS_MAIL, settings.REFERENCE_DAY = False, SECOND
    world = cast.world()
    late.rules(world)
    issued, disputed, planned = (late.invoice(world) for _place in range(3))
    private = late.invoice(world, private=True)
    fresh = build.invoice(world.activities["aline"], world.aline, on=date(2026, 9, 29))
    late.remind(world, issued, Level.FRIENDLY, FIRST)
    late.remind(world, private, Level.FRIENDLY, FIRST)
    acts = {"by": world.aline, "on": FIRST, "at": cast.at(f"{FIRST} 11:00")}
    services.stop_reminders(
        invoice_id=disputed.pk, kind=ReminderPause.Kind.DISPUTE, reason="Il manque une ligne", **acts
    )
    promises = [Promise(date(2026, 11, 15), Decimal("610.00")), Promise(date(2026, 12, 15), Decimal("600.00"))]
    services.agree_plan(invoice_id=planned.pk, promises=promises, reason="Par téléphone", **acts)
    while making.make_newest(cast.at(f"{SECOND} 09:00")):
        pass

    camera.take("reminders", world.aline, "reminders:proposals", shows=("1,257.66",))
    camera.take("reminder", world.aline, "reminders:remind", issued.pk, shows=("7.66", "40.00", "1,257.66"))
    camera.take("reminder-planned", world.aline, "reminders:remind", planned.pk, shows=("610.00",))
    camera.take("reminder-private", world.aline, "reminders:remind", private.pk)
    camera.take("reminder-fresh", world.aline, "reminders:remind", fresh.pk)
    camera.take("reminder-stop", world.aline, "reminders:stop", issued.pk)
    camera.take("reminder-plan", world.aline, "reminders:plan", issued.pk)
    camera.take("reminder-invoice", world.aline, "invoicing:invoice_detail", issued.pk)
    second = late.remind(world, issued, Level.FORMAL, SECOND)
    while making.make_newest(cast.at(f"{SECOND} 10:00")):
        pass

    letters = [*queries.Reminder.objects.filter(invoice=private), second]
    for letter in letters:
        document = documents.document_of(queries.DOCUMENT, letter.pk)
        assert document is not None
        (tmp_path / document.filename).write_bytes(documents.content(document))
    assert camera.complaints == [], "\n".join(camera.complaints)
