"""A form that is sent twice acts once."""

from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from coop.history import services
from coop.history.models import Operation
from tests import cast

AT = cast.at("2026-09-14")


class Broken(Exception):
    """The act failed."""


def send(by, acts: list, *, key=None, name="test.act", **parameters):
    """Send a form whose act is noted."""

    def act():
        acts.append(1)
        return {"number": len(acts)}

    return services.once(key=key, by=by, name=name, parameters=parameters, at=AT, act=act)


@pytest.mark.django_db
def test_the_same_key_acts_once_and_gives_the_first_answer():
    lina, acts, key = cast.user("Lina"), [], uuid4()

    answers = [send(lina, acts, key=key, amount="10.00") for _ in range(3)]

    assert acts == [1]
    assert answers == [{"number": 1}] * 3


@pytest.mark.django_db
def test_without_a_key_each_act_counts():
    lina, acts = cast.user("Lina"), []

    send(lina, acts)
    send(lina, acts)

    assert acts == [1, 1]
    assert not Operation.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"amount": "11.00"}, {"name": "test.other"}])
def test_the_same_key_with_something_else_is_refused(change):
    lina, acts, key = cast.user("Lina"), [], uuid4()
    send(lina, acts, key=key, amount="10.00")

    with pytest.raises(services.KeyReused, match="already sent"):
        send(lina, acts, key=key, **{"amount": "10.00", **change})

    assert acts == [1]


@pytest.mark.django_db
def test_somebody_elses_key_is_refused():
    acts, key = [], uuid4()
    send(cast.user("Lina"), acts, key=key)

    with pytest.raises(services.KeyReused):
        send(cast.user("Aline"), acts, key=key)


@pytest.mark.django_db
def test_an_act_that_fails_leaves_its_key_free():
    lina, acts, key = cast.user("Lina"), [], uuid4()

    def broken():
        raise Broken

    with pytest.raises(Broken):
        services.once(key=key, by=lina, name="test.act", parameters={}, at=AT, act=broken)

    assert send(lina, acts, key=key) == {"number": 1}


@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_once_have_one_effect():
    lina, acts, key = cast.user("Lina"), [], uuid4()
    together, answers = Barrier(6), []

    def click() -> None:
        together.wait()
        answers.append(send(lina, acts, key=key))
        connection.close()

    threads = [Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert acts == [1]
    assert answers == [{"number": 1}] * 6
