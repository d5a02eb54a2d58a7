"""Real web, worker and beat processes for tests: as the runtime role, on the test database, with the test's broker.

    with processes.running("web", "worker") as site:
        browse(site.address)
        site.kill("worker")
        site.start("worker")

The test that uses them must be transactional (``django_db(transaction=True)``): others see committed rows only.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from coop import supervisor
from coop.celery import app
from tests import database


class Site(supervisor.Processes):
    """The processes that one test started."""

    address = ""

    def start(self, name: str, *module: str) -> None:
        """Start a process by its name: web (then ``address`` is where it answers), worker or beat."""
        if module:
            super().start(name, *module)
        elif name == "web":
            self.address = self.start_web(host="127.0.0.1", port=free_port())
        elif name == "worker":
            self.start_worker()
        else:
            self.start_beat()

    def log(self, name: str) -> str:
        """Return what a process has written."""
        return (self.var / "log" / f"{name}.log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def running(*names: str, **environment: str) -> Iterator[Site]:
    """Run the named processes until the block ends; messages left in the broker by earlier tests are gone."""
    with app.connection_for_write() as connection:
        connection.default_channel.client.delete("celery", "documents", "unacked", "unacked_index", "unacked_mutex")
    with TemporaryDirectory(prefix="partagee-") as var:
        site = Site(
            var=Path(var),
            environment={
                "PARTAGEE_VAR": var,
                "PARTAGEE_ENV": "test",
                "PARTAGEE_DATABASE_ROLE": "run",
                "DATABASE_URL": database.runtime_address(),
                "DATABASE_OWNER_URL": database.owner_address(),
                "REDIS_URL": settings.REDIS_URL,
                "DOCUMENTS_ROOT": str(settings.DOCUMENTS_ROOT),
                "DJANGO_SETTINGS_MODULE": "coop.settings",
                **environment,
            },
        )
        try:
            for name in names:
                site.start(name)
            yield site
        finally:
            site.stop_all()


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port
