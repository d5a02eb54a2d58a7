"""The role chooser: one click logs in, and only in a demonstration."""

import pytest
from django.test import Client

from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return cast.world()


def test_without_the_demonstration_there_is_no_chooser(client: Client, world) -> None:
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/", {"email": "aline@partagee.example"}).status_code == 404


def test_the_chooser_lists_the_cast_and_one_click_logs_in(client: Client, world, settings) -> None:
    settings.DEMO = True

    page = client.get("/demo/")
    answer = client.post("/demo/", {"email": "aline@partagee.example"})

    assert "Aline Dubois" in page.content.decode()
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(world.aline.pk)


def test_only_people_of_the_cast_can_be_chosen(client: Client, world, settings) -> None:
    settings.DEMO = True

    assert client.post("/demo/", {"email": "nobody@partagee.example"}).status_code == 404
    assert "_auth_user_id" not in client.session
