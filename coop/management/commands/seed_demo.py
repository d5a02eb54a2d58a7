"""Load the demonstration: three cooperatives, their people, and the months up to a day."""

import argparse
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from coop import clock, supervisor
from coop.demo import closing, founding, opening, summary
from coop.demo.world import TooEarly, World
from coop.documents import services as documents
from coop.documents.models import Document
from coop.errors import Refused
from coop.periods import Month

APPS = ("members", "invoicing", "payroll")
"""In the order of their layers; each has a ``demo.py`` that plays a month, and may finish it after the others."""
LOOK_EVERY_SECONDS = 1 / 4
SECONDS_WITHOUT_A_DOCUMENT = 120
Play = Callable[[World, Month], None]


class Command(BaseCommand):
    """Loads the demonstration. Its only input is the reference day; a second run changes nothing."""

    help = (
        "Load the demonstration up to a day (today, at most the last day whose law is confirmed). Idempotent. Exit code "
        "0: the demonstration is there; 1: the database holds something else, or another day's demonstration."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--reference-day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day of the world"
        )
        parser.add_argument(
            "--wait", action="store_true", help="start a worker, and return when every document is stored"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Load it, month by month."""
        started = time.monotonic_ns()
        try:
            world = World(options["reference_day"] or default_day(), settings.VAR / "demo")
            world.folder = Path(settings.VAR) / "demo" / str(world.reference_day)
            summary.refuse_other_data(world)
        except (TooEarly, Refused) as error:
            raise CommandError(str(error)) from error
        with ExitStack() as stack, translation.override("fr"):
            processes = stack.enter_context(supervisor.running()) if options["wait"] else None
            if summary.finished(world):
                self.stdout.write(f"The demonstration of {world.reference_day} is already loaded.")
            else:
                self._play(world, started)
            if processes is not None:
                self._wait(processes, started)
        for line in summary.lines(world):
            self.stdout.write(line)

    def _play(self, world: World, started: int) -> None:
        self.stdout.write(f"Demonstration of {world.reference_day}: {world.months[0]} to {world.months[-1]}")
        for month, line in play(world):
            self.stdout.write(f"  {month}  {elapsed(started)}  {line}")
            self.stdout.flush()
        summary.finish(world)

    def _wait(self, processes: supervisor.Processes, started: int) -> None:
        """Wait until no document is pending; wake the worker again for what it lost, and give up on what it cannot make."""
        said = least = Document.objects.filter(state=Document.State.PENDING).count()
        moved = time.monotonic_ns()
        self.stdout.write(f"  {said} documents to make, {elapsed(started)}")
        while left := Document.objects.filter(state=Document.State.PENDING).count():
            processes.check()
            if left < least:
                least, moved = left, time.monotonic_ns()
            elif time.monotonic_ns() - moved > SECONDS_WITHOUT_A_DOCUMENT * 1_000_000_000:
                raise CommandError(stuck(left))
            elif time.monotonic_ns() - moved > SECONDS_WITHOUT_A_DOCUMENT * 1_000_000_000 // 4:
                documents.ring_for_waiting(clock.now())
            if said - left >= 100:
                said = left
                self.stdout.write(f"  {left} documents to make, {elapsed(started)}")
                self.stdout.flush()
            time.sleep(LOOK_EVERY_SECONDS)
        self.stdout.write(f"  every document is stored, {elapsed(started)}")


def stuck(left: int) -> str:
    """Say how many documents are not made, and why the first of them is not."""
    first = Document.objects.filter(state=Document.State.PENDING).order_by("-attempts", "created_at").first()
    why = f": {first.kind} {first.filename}, {first.failure or 'no worker has tried it'}" if first else ""
    return f"{left} document(s) are not made after {SECONDS_WITHOUT_A_DOCUMENT} s without progress{why}"


def elapsed(started: int) -> str:
    """Say how long ago a moment of the monotonic clock (nanoseconds) is."""
    tenths = (time.monotonic_ns() - started) // 100_000_000
    return f"{tenths // 10:3d}.{tenths % 10} s"


def default_day() -> date:
    """Return today, or the last day whose law is confirmed when today lies after it."""
    law = import_module("payroll.engine").Law
    last: date = law.load().confirmed_until
    return min(clock.today(), last)


def play(world: World) -> Any:
    """Play the world month by month; yield each month with what to say of it."""
    apps = [import_module(f"{app}.demo") for app in APPS if find_spec(f"{app}.demo")]
    parts = [app.play for app in apps]
    ends = [app.finish for app in apps if hasattr(app, "finish")]
    founding.found(world)
    for month in world.months:
        for part in [parts[0], opening.play, *parts[1:], *ends, closing.play]:
            part(world, month)
        yield month, summary.of_month(world, month)
