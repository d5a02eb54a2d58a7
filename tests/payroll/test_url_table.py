"""The table of payroll's addresses, walked: the same walk as the house's, so that it holds for this app alone too."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from payroll import urls
from tests import cast
from tests.house.url_table import payroll

pytestmark = pytest.mark.django_db


def test_every_address_of_payroll_has_a_row() -> None:
    assert {f"payroll:{pattern.name}" for pattern in urls.urlpatterns} == set(payroll.TABLE)


@pytest.mark.parametrize("name", sorted(payroll.TABLE))
def test_an_address_of_payroll_answers_each_role_as_the_table_says(name: str) -> None:
    row = payroll.TABLE[name]
    world = cast.world()
    with time_machine.travel("2026-09-22 12:00:00+02:00", tick=False):
        address = reverse(name, kwargs=row.arguments(world)) + (f"?{row.query}" if row.query else "")
        for method in row.methods:
            assert getattr(Client(), method)(address).status_code == 302
            for users, expected in ((row.strangers, {404}), (row.forbidden, {403}), ((row.owner,), {*row.allowed})):
                for user in users:
                    client = Client()
                    client.force_login(world.users[user])
                    assert getattr(client, method)(address).status_code in expected, (method, user)
