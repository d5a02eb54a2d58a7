"""Bad input through the real forms: each answers 422 with object, reason and remedy, keeps what was typed, writes nothing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.utils.html import escape

from coop.entities.models import NumberSeries, PeriodLock
from coop.ledger import services as ledger
from coop.periods import Month
from members.models import Situation
from payroll import services as payroll
from payroll.models import SalaryOrder
from tests import cast
from tests.invoicing import build as sales
from tests.payroll import build

pytestmark = pytest.mark.django_db
NOT_DATA = {"session", "visit", "reading", "context", "operation"}
LOCKED = Month(2026, 8)


@dataclass(frozen=True)
class Case:
    """A form that somebody sends, and what the answer must hold."""

    who: str
    address: Callable[[cast.World], str]
    data: Callable[[cast.World], Mapping[str, object]]
    words: tuple[str, ...]
    typed: tuple[str, ...] = ()
    before: Callable[[cast.World], object] = field(default=lambda world: None)


def _person(world: cast.World, page: str) -> str:
    return f"/people/{world.people['lina'].pk}/{page}"


def _contract(world: cast.World, **changed: str) -> dict[str, object]:
    return {
        "cooperative": world.archipel.pk, "joint_committee": "200", "weekly_hours": "19", "full_time_hours": "38",
        "scale_class": "C", "gross": "1475,00", "kind": "permanent", "signed_on": "01/09/2026", "valid_from": "01/10/2026",
        "experience_from": "01/07/2021", **changed,
    }  # fmt: skip


def _draft(world: cast.World) -> str:
    return f"/invoices/{sales.Invoice.objects.get(activity=world.activities['aline'], state='draft').pk}/issue"


def _issued(world: cast.World) -> Any:
    return sales.Invoice.objects.get(activity=world.activities["aline"], number__gt="")


def _credit(world: cast.World) -> dict[str, object]:
    line = _issued(world).lines.get()
    return {"extent": "part", "on": "21/09/2026", "reason": "Too much", str(line.pk): "1000,01"}


def _spend(world: cast.World) -> None:
    """Let Lina order while money is there, and spend it before the officer decides."""
    build.order(world, "lina", "2200.00")
    build.money(world, "lina", "-5500.00", key="spent")


def _order(world: cast.World) -> str:
    return f"/payroll/orders/{SalaryOrder.objects.get().pk}/"


def _without_situation(world: cast.World) -> None:
    Situation.objects.filter(person=world.people["lina"]).delete()


def _failed_run(world: cast.World) -> None:
    _without_situation(world)
    build.calculated(world.archipel)


def _run(world: cast.World) -> str:
    run = payroll.open_run(
        cooperative=world.archipel, month=build.SEPTEMBER, on=date(2026, 9, 22), at=cast.at("2026-09-22")
    )
    return f"/payroll/{run.pk}"


CASES = {
    "VAT number of a customer": Case(
        "aline",
        lambda world: f"/customers/new?activity={world.activities['aline'].pk}",
        lambda world: {
            "activity": world.activities["aline"].pk,
            "kind": "business",
            "name": "Brasserie Neuve",
            "country": "BE",
            "vat_number": "BE0403170702",
            "language": "fr",
            "payment_days": "30",
            "street": "Rue 1",
            "postcode": "1000",
            "town": "Bruxelles",
        },
        ("This VAT number is not right", "compare the digits"),
        ("Brasserie Neuve", "BE0403170702"),
    ),
    "VAT number of a supplier": Case(
        "aline",
        lambda world: "/expenses/suppliers/new",
        lambda world: {
            "supplier_name": "Papeterie",
            "supplier_vat_number": "BE0403170702",
            "supplier_number": "77",
            "dated_on": "10/09/2026",
            "lines-TOTAL_FORMS": "1",
            "lines-INITIAL_FORMS": "0",
            "lines-0-cost_type": "office",
            "lines-0-description": "Papier",
            "lines-0-amount": "20,00",
            "lines-0-rate": "0.21",
        },
        ("This VAT number is not right", "compare the digits"),
        ("Papeterie", "BE0403170702", "20,00"),
    ),
    "IBAN of a member": Case(
        "elise",
        lambda world: _person(world, "identity"),
        lambda world: {"niss": "", "iban": "BE71096123456768"},
        ("This IBAN is not right", "Compare it with a bank statement"),
        ("BE71096123456768",),
    ),
    "contract that overlaps": Case(
        "elise",
        lambda world: _person(world, "contract"),
        _contract,
        ("0001", "already holds from", "End that one first"),
        ("1475,00", "01/10/2026"),
    ),
    "invoice dated in a locked period": Case(
        "aline",
        _draft,
        lambda world: {"on": "31/08/2026"},
        ("August 2026", "locked", "Choose"),
        ("31/08/2026",),
    ),
    "credit above the invoice": Case(
        "aline",
        lambda world: f"/invoices/{_issued(world).pk}/credit",
        _credit,
        ("1000.00 EUR excluding VAT is left", "Credit at most what is left"),
        ("1000,01", "Too much"),
    ),
    "order above the contract without free balance": Case(
        "lina",
        lambda world: "/salary/2026-09/",
        lambda world: {"target": "gross", "amount": "6000,00"},
        ("The order costs", "is free", "Order at most a gross pay of"),
        ("6000,00",),
    ),
    "order above what is free when it is approved": Case(
        "elise",
        _order,
        lambda world: {"act": "approve"},
        ("Lina Maes", "is free", "Order at most a gross pay of"),
        before=_spend,
    ),
    "order under the minimum wage": Case(
        "lina",
        lambda world: "/salary/2026-09/",
        lambda world: {"target": "gross", "amount": "1000,00"},
        ("below the lowest pay allowed", "€1,316.61", "Order at least"),
        ("1000,00",),
    ),
    "order of a member without family situation": Case(
        "lina",
        lambda world: "/salary/2026-09/",
        lambda world: {"target": "gross", "amount": "1500,00"},
        ("Lina Maes", "family situation"),
        before=_without_situation,
    ),
    "run with a member without family situation": Case(
        "elise",
        lambda world: f"{_run(world)}/submit/",
        lambda world: {},
        ("Payroll of Archipel", "There is no payslip for Lina Maes", "do what the remedy says"),
        before=_failed_run,
    ),
    "order of a month beyond the confirmed law": Case(
        "lina",
        lambda world: "/salary/2027-01/",
        lambda world: {"target": "gross", "amount": "1500,00"},
        ("January 2027", "confirmed"),
    ),
}


@pytest.fixture(autouse=True)
def today():
    """It is noon on 22 September 2026."""
    with time_machine.travel("2026-09-22 12:00:00+02:00", tick=False):
        yield


@pytest.fixture
def world() -> cast.World:
    """Lina is employed with money on her activity; Aline has a draft and an invoice; August is locked."""
    world = cast.world()
    build.employer(world.archipel)
    made = build.contract(world.people["lina"], world.archipel)
    for month in (build.JULY, build.AUGUST):
        build.opening(made, month)
    build.money(world, "lina", "9000.00")
    sales.invoice(world.activities["aline"], world.aline, on=date(2026, 9, 14))
    sales.draft(world.activities["aline"], world.aline)
    for kind in (PeriodLock.Kind.VAT, PeriodLock.Kind.PAYROLL):
        ledger.lock_period(
            cooperative=world.archipel, month=LOCKED, kind=kind, by=world.bruno, at=cast.at("2026-09-20")
        )
    return world


def written() -> dict[str, object]:
    """Return what the database holds: how many rows of each kind, and where each series of numbers stands."""
    counts: dict[str, object] = {
        model._meta.label: model.objects.count()
        for model in apps.get_models()
        if model._meta.managed and not any(word in model.__name__.lower() for word in NOT_DATA)
    }
    return counts | {"numbers": sorted(map(str, NumberSeries.objects.values_list("id", "last_number")))}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_answered_and_leaves_no_trace(world: cast.World, name: str) -> None:
    case = CASES[name]
    case.before(world)
    address, data = case.address(world), dict(case.data(world))
    client = Client()
    client.force_login(world.users[case.who])
    before = written()

    answer = client.post(address, data)

    page = re.sub(r"\s+", " ", answer.content.decode())
    assert answer.status_code == 422, page
    for words in (*case.words, *case.typed):
        assert escape(words) in page or words in page, (words, page)
    assert written() == before


def test_a_number_is_not_used_up_by_a_refused_invoice(world: cast.World) -> None:
    client = Client()
    client.force_login(world.aline)
    refused = client.post(_draft(world), {"on": "31/08/2026"})

    client.post(_draft(world), {"on": "22/09/2026"})

    assert refused.status_code == 422
    assert sorted(sales.Invoice.objects.exclude(number="").values_list("number", flat=True)) == [
        "2026-0001", "2026-0002",
    ]  # fmt: skip
    assert NumberSeries.objects.get(cooperative=world.archipel, kind="invoice", year="2026").last_number == 2
