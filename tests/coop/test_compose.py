"""The compose file: valid, and closed where it must be."""

import re
import subprocess
import sys

import pytest
import yaml
from django.conf import settings

FILE = settings.BASE_DIR / "docker-compose.yml"
PROCESSES = ["web", "worker", "beat"]
ONCE = ["migrate"]
SECRETS = [
    "POSTGRES_PASSWORD",
    "OWNER_PASSWORD",
    "RUN_PASSWORD",
    "VALKEY_PASSWORD",
    "SECRET_KEY",
    "PARTAGEE_ENCRYPTION_KEYS",
    "PARTAGEE_INDEX_KEY",
]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_the_compose_file_is_valid():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_it_has_the_services_of_a_whole_installation(compose):
    assert set(compose["services"]) == {"postgres", "valkey", "migrate", "web", "worker", "beat", "proxy"}


def test_only_the_proxy_is_reachable_from_outside(compose):
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "valkey", "migrate", "worker", "beat"):
        assert compose["services"][name]["networks"] == ["inside"]


def test_every_service_has_a_health_check_or_runs_once(compose):
    without = [name for name, service in compose["services"].items() if "healthcheck" not in service]

    assert without == ONCE
    assert compose["services"]["migrate"]["restart"] == "no"


def test_web_worker_and_beat_wait_for_the_migration(compose):
    for name in PROCESSES:
        assert compose["services"][name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", SECRETS)
def test_a_missing_secret_stops_the_start(name):
    uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", FILE.read_text(encoding="utf-8"))

    assert uses
    assert all(use == f":?set {name} in .env" for use in uses)


def test_no_secret_has_a_value_in_the_files():
    example = (settings.BASE_DIR / ".env.example").read_text(encoding="utf-8")

    assert {name: re.search(rf"^{name}=(.*)$", example, re.MULTILINE).group(1) for name in SECRETS} == dict.fromkeys(
        SECRETS, ""
    )


def test_the_example_names_every_variable_of_the_compose_file():
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", FILE.read_text(encoding="utf-8")))
    example = (settings.BASE_DIR / ".env.example").read_text(encoding="utf-8")

    assert used == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))


def test_the_processes_have_the_runtime_role_and_only_the_migration_has_the_owner(compose):
    for name in PROCESSES:
        environment = compose["services"][name]["environment"]
        assert environment["DATABASE_URL"].startswith("postgresql://partagee_run:")
        assert "DATABASE_OWNER_URL" not in environment
        assert environment["PARTAGEE_ENV"] == "production"
    assert compose["services"]["migrate"]["environment"]["DATABASE_OWNER_URL"].startswith(
        "postgresql://partagee_owner:"
    )


def test_the_broker_asks_for_a_password(compose):
    assert "--requirepass" in " ".join(compose["services"]["valkey"]["command"])
    for name in PROCESSES:
        assert compose["services"][name]["environment"]["REDIS_URL"].startswith("redis://:${VALKEY_PASSWORD:?")


def test_data_live_in_named_volumes(compose):
    places = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith("./")
    }

    assert places == set(compose["volumes"]) == {"postgres", "valkey", "documents", "certificates"}


def test_files_named_in_the_compose_file_exist(compose):
    files = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    }

    assert files
    assert [name for name in files if not (settings.BASE_DIR / name).is_file()] == []


def test_the_start_script_knows_every_process(compose):
    script = (settings.BASE_DIR / "deploy" / "start").read_text(encoding="utf-8")

    for name in [*PROCESSES, *ONCE]:
        assert compose["services"][name]["command"] == [name]
        assert f"\n  {name})" in script
