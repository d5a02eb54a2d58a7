"""What all tests stand on: real PostgreSQL with both roles, a real broker, a real browser."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import translation

from coop import roles
from tests import database

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_CHROMIUM = "Chromium is missing, and browser tests need it. Install it: sudo apt-get install chromium"


def pytest_unconfigure() -> None:
    """Remove the documents of this run."""
    shutil.rmtree(django_settings.DOCUMENTS_ROOT, ignore_errors=True)


# --- database ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Before the test database is created: both roles exist and we are the owner."""
    database.prepare_cluster()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:
    """After the test database is created: the runtime role has its rights, and clean-up passes the triggers."""
    with django_db_blocker.unblock():
        roles.apply_grants(connection)
    database.let_the_flush_pass()


@pytest.fixture
def as_runtime_role(db: None):
    """Give the context in which a test acts as the runtime role, within a transaction."""
    return database.as_runtime_role


@pytest.fixture
def connected_as_runtime_role(transactional_db: None):
    """Give the context in which a transactional test acts as the runtime role."""
    return database.connected_as_runtime_role


# --- language ---------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Read messages as they stand in the code, unless a test asks for another language."""
    with translation.override("en"):
        yield


# --- browser ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Give a real Chromium; without one the test fails with the command to type, it is never skipped."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.fail(NO_CHROMIUM, pytrace=False)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in this thread; the ORM is used beside it
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, headless=True, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser) -> Iterator[object]:
    """Give a page of a browser without history, at 1360 × 860, in French."""
    context = browser.new_context(
        locale="fr-BE", timezone_id="Europe/Brussels", viewport={"width": 1360, "height": 860}
    )
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()
