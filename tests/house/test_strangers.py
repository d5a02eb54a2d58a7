"""Every address of the product, asked by people to whom it is none of their business.

The table in ``url_table`` holds one row per address; an address without a row, or a row without an address, fails.
"""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import cast
from tests.house import url_table
from tests.house.url_table import Row

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


def table() -> dict[str, Row]:
    """Return the rows of all modules; no address has two."""
    rows: dict[str, Row] = {}
    for module in pkgutil.iter_modules(url_table.__path__):
        more = importlib.import_module(f"{url_table.__name__}.{module.name}").TABLE
        assert not rows.keys() & more.keys(), f"two rows for {rows.keys() & more.keys()}"
        rows |= more
    return rows


def names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """Yield the full name of every address of the resolver."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            yield f"{prefix}{pattern.name}"


ROWS = table()
GUARDED = sorted(name for name, row in ROWS.items() if not row.public)


def test_every_address_has_a_row_and_every_row_an_address():
    addresses = set(names(get_resolver().url_patterns))

    assert sorted(addresses - ROWS.keys()) == [], "addresses without a row in tests/house/url_table"
    assert sorted(ROWS.keys() - addresses) == [], "rows without an address"


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def ask(client: Client, method: str, address: str):
    """Ask for an address."""
    return getattr(client, method)(address)


def logged_in(user) -> Client:
    """Return a client of a user."""
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("name", GUARDED)
def test_strangers_find_nothing_and_wrong_roles_are_refused(world, name):
    row = ROWS[name]
    address = reverse(name, kwargs=dict(row.arguments(world))) + row.query

    for method in row.methods:
        anonymous = ask(Client(), method, address)
        assert anonymous.status_code in (302, 405), f"{method} {name} without a login: {anonymous.status_code}"
        assert anonymous.status_code == 405 or anonymous.url.startswith(LOGIN), f"{method} {name}: {anonymous.url}"
        for who in row.strangers:
            answer = ask(logged_in(getattr(world, who)), method, address)
            assert answer.status_code in (404, 405), f"{method} {name} by {who}: {answer.status_code}"
        for who in row.forbidden:
            answer = ask(logged_in(getattr(world, who)), method, address)
            assert answer.status_code in (403, 405), f"{method} {name} by {who}: {answer.status_code}"
    answers = [ask(logged_in(getattr(world, row.owner)), method, address).status_code for method in row.methods]
    assert all(status in (*row.allowed, 405) for status in answers), f"{name} by {row.owner}: {answers}"
    assert any(status != 405 for status in answers), f"{name} answers none of {row.methods}"


@pytest.mark.parametrize("name", sorted(ROWS.keys() - set(GUARDED)))
def test_public_addresses_answer_everybody(world, name):
    row = ROWS[name]

    answer = Client().get(reverse(name, kwargs=dict(row.arguments(world))) + row.query)

    assert answer.status_code in row.allowed, f"{name}: {answer.status_code}"
