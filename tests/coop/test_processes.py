"""Real processes: they serve as the runtime role, and end together."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from django.conf import settings
from django.db import connection

from coop import roles, supervisor
from coop.celery import app
from tests import processes

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


def test_web_worker_and_beat_run_on_the_test_database_as_the_runtime_role():
    with processes.running("web", "worker", "beat") as site:
        with urllib.request.urlopen(f"{site.address}/health", timeout=60) as answer:
            assert answer.status == 200
        wait_for(lambda: "ready." in site.log("worker"), site)

        wait_for(lambda: app.control.ping(timeout=2), site)
        assert roles.OWNER not in users_of_others()
        site.check()


def test_a_killed_worker_is_named_with_its_log_and_can_be_started_again():
    with processes.running("worker") as site:
        wait_for(lambda: "ready." in site.log("worker"), site)
        os.kill(site.children["worker"].process.pid, signal.SIGKILL)
        site.children["worker"].process.wait()

        with pytest.raises(supervisor.ProcessEnded, match=r"worker ended by itself \(signal SIGKILL\).*worker\.log"):
            site.check()

        site.kill("worker")
        site.start("worker")
        wait_for(lambda: site.log("worker").count("ready.") == 2, site)


def test_a_taken_port_is_refused_with_the_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(supervisor.PortTaken, match=f"Port {port} is taken by another program.*PORT="):
            supervisor.refuse_taken_port("127.0.0.1", port)


def test_ctrl_c_stops_the_site_and_all_its_processes():
    with serving() as (site, port):
        children = children_of(site.pid)
        site.send_signal(signal.SIGINT)

        assert site.wait(timeout=40) == 0
    wait_for(lambda: not any(alive(child) for child in children))
    assert len(children) == 3
    supervisor.refuse_taken_port("127.0.0.1", port)


def test_if_one_process_dies_the_site_stops_and_says_which():
    with serving() as (site, _):
        children = children_of(site.pid)
        (beat,) = (child for child in children if "beat" in command_of(child))
        os.kill(beat, signal.SIGKILL)

        assert site.wait(timeout=40) == 1
        assert site.stderr is not None
        assert re.search(r"beat ended by itself \(signal SIGKILL\)\. Its log: .*beat\.log", site.stderr.read())
    wait_for(lambda: not any(alive(child) for child in children))


def test_the_processes_end_when_their_supervisor_is_killed():
    with serving() as (site, _):
        children = children_of(site.pid)
        site.kill()

    wait_for(lambda: not any(alive(child) for child in children))


class serving:
    """The command ``serve`` in a process of its own, once it has said that it serves."""

    def __enter__(self) -> tuple[subprocess.Popen[str], int]:
        port = processes.free_port()
        with processes.running() as site:
            environment = {**site.environment, "PARTAGEE_VAR": str(settings.VAR)}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port)],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "Ctrl+C" in line:
                return self.process, port
        raise AssertionError(self.process.communicate()[1])

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def users_of_others() -> set[str]:
    """Return the roles of the other sessions on the test database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return {user for (user,) in cursor.fetchall()}


def wait_for(true, site=None, seconds=120) -> None:
    """Wait until something is true; fail when it does not become so, or when a process of the site ends."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        if site is not None:
            site.check()
        time.sleep(1 / 10)


def command_of(pid: int) -> str:
    """Return the command of a process."""
    with open(f"/proc/{pid}/cmdline") as file:
        return file.read().replace("\0", " ")


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [child for child in map(int, file.read().split()) if "embedded.py" not in command_of(child)]


def alive(pid: int) -> bool:
    """Tell whether a process runs."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
