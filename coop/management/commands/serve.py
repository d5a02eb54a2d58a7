"""Serves the site on this machine, with everything that it needs."""

import argparse
import io
import signal
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from coop import supervisor


class Stop(Exception):
    """Somebody asked the site to stop."""


class Command(BaseCommand):
    """Run web, worker and beat until Ctrl+C, or until one of them ends by itself.

    Exit code 0 after Ctrl+C or SIGTERM; 1, with the name of the process and its log, when one ended by itself.
    """

    help = "Serves the site with a worker and beat. Ctrl+C stops all."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--port", type=int, default=8000, help="port of the site (8000)")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen at (127.0.0.1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve."""
        call_command("check", databases=["default"], stdout=io.StringIO())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        processes = supervisor.Processes(var=settings.VAR, environment={"PARTAGEE_DATABASE_ROLE": "run"})
        try:
            address = processes.start_web(host=options["host"], port=options["port"])
            processes.start_worker()
            processes.start_beat()
            self.stdout.write(f"Partagée: {address}")
            for line in welcome(address):
                self.stdout.write(line)
            self.stdout.write("Ctrl+C stops it.")
            self.stdout.flush()
            processes.watch()
        except Stop:
            self.stdout.write("Stopping …")
        except (supervisor.PortTaken, supervisor.ProcessEnded) as error:
            raise CommandError(str(error)) from error
        finally:
            processes.stop_all()


def stop(number: int, frame: FrameType | None) -> None:
    """Turn a signal into the end of the command, once."""
    signal.signal(number, signal.SIG_IGN)
    raise Stop


def welcome(address: str) -> list[str]:
    """Return what else to say at the start: in a demonstration, one line per person to be."""
    return []
