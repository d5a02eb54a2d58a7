"""Starts web, worker and beat as processes of their own, watches them, and stops them together."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

WEB_PROCESSES = 2
WORKER_PROCESSES = 2
SECONDS_TO_END = 20
SECONDS_TO_ANSWER = 60
LOOK_EVERY_SECONDS = 1 / 5
DEATH_OF_PARENT = 1
"""The number of Linux' PR_SET_PDEATHSIG: the kernel sends a child this signal when its parent is killed."""


class ProcessEnded(RuntimeError):
    """A process that should run has ended by itself; the message names it and its log."""


class PortTaken(RuntimeError):
    """Another program listens at the port that was asked for."""


@dataclass
class Child:
    """A process that we started."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


class Processes:
    """Web, worker and beat: started here, each in a session of its own, with its output in ``var/log``."""

    def __init__(self, *, var: Path, environment: Mapping[str, str]) -> None:
        self.var = var
        self.environment = {**os.environ, **environment}
        self.children: dict[str, Child] = {}

    def start_web(self, *, host: str, port: int) -> str:
        """Start the site, wait until it answers, and return its address."""
        refuse_taken_port(host, port)
        command = ("gunicorn", "coop.wsgi:application", "--workers", str(WEB_PROCESSES), "--bind", f"{host}:{port}")
        self.start("web", *command, "--timeout", "60", "--no-control-socket")
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not answers(host, port):
            self.check()
            if time.monotonic() > deadline:
                raise ProcessEnded(f"web does not answer at {host}:{port}. Its log: {self.children['web'].log}")
            time.sleep(LOOK_EVERY_SECONDS)
        return f"http://{host}:{port}"

    def start_worker(self) -> None:
        """Start the worker, which carries out the tasks."""
        options = ("--concurrency", str(WORKER_PROCESSES), "--without-gossip", "--without-mingle")
        self.start("worker", "celery", "--app", "coop", "worker", "--loglevel", "INFO", *options)

    def start_beat(self) -> None:
        """Start beat, which gives the tasks of the clock."""
        options = ("--schedule", str(self.var / "run" / "beat"), "--pidfile", "")
        self.start("beat", "celery", "--app", "coop", "beat", "--loglevel", "INFO", *options)

    def start(self, name: str, *module: str) -> None:
        """Start a module of Python as a process that ends with us, even if we are killed."""
        log = self.var / "log" / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        (self.var / "run").mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *module],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=end_with_parent if sys.platform == "linux" else None,
            )
        self.children[name] = Child(name, process, log)

    def check(self) -> None:
        """Raise the name and the log of a process that ended by itself."""
        for child in self.children.values():
            code = child.process.poll()
            if code is not None:
                raise ProcessEnded(
                    f"{child.name} ended by itself ({describe(code)}). Its log: {child.log}\n{last_words(child.log)}"
                )

    def watch(self) -> None:
        """Wait until a process ends by itself, and raise its name."""
        while True:
            self.check()
            time.sleep(LOOK_EVERY_SECONDS)

    def kill(self, name: str) -> None:
        """Kill a process and its children at once, as a power cut would."""
        child = self.children.pop(name)
        signal_group(child, signal.SIGKILL)
        child.process.wait()

    def stop(self, name: str) -> None:
        """Ask a process to end, and kill it when it does not."""
        self.stop_these([name])

    def stop_all(self) -> None:
        """Ask all processes to end, and kill those that do not."""
        self.stop_these(list(self.children))

    def stop_these(self, names: list[str]) -> None:
        """Ask the named processes to end together, and kill those that have not ended in time."""
        children = [self.children.pop(name) for name in names]
        for child in children:
            with suppress(ProcessLookupError):
                child.process.terminate()
        deadline = time.monotonic() + SECONDS_TO_END
        for child in children:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(0, deadline - time.monotonic()))
            signal_group(child, signal.SIGKILL)  # what is left of it
            child.process.wait()


@contextmanager
def running() -> Iterator[Processes]:
    """Run a real worker for as long as the block lasts; commands that hand out tasks and wait for them use this."""
    processes = Processes(var=settings.VAR, environment={"PARTAGEE_DATABASE_ROLE": "run"})
    try:
        processes.start_worker()
        yield processes
    finally:
        processes.stop_all()


def refuse_taken_port(host: str, port: int) -> None:
    """Raise when another program listens at the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except PermissionError as error:
            raise PortTaken(f"Port {port} is reserved for root. Choose another: PORT={port + 8000}") from error
        except OSError as error:
            raise PortTaken(f"Port {port} is taken by another program. Choose another: PORT={port + 1}") from error


def answers(host: str, port: int) -> bool:
    """Tell whether something listens at the port."""
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def describe(code: int) -> str:
    """Say how a process ended."""
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


def last_words(log: Path) -> str:
    """Return the end of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])


def signal_group(child: Child, number: signal.Signals) -> None:
    """Send a signal to a process and all its children."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, number)


def end_with_parent() -> None:
    """Ask the kernel, in a new child, to end it when its parent dies."""
    ctypes.CDLL(None).prctl(DEATH_OF_PARENT, signal.SIGTERM)
