"""Pages of the books: each figure opens lines that add up to it; pay names nobody; locks ask first."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coop import formatting
from coop.entities.models import PeriodLock
from coop.ledger import posting, reading, statements
from coop.ledger.lines import credit, debit
from coop.ledger.models import Entry
from coop.periods import Month
from tests import cast
from tests.coop.ledger.test_posting import sale

pytestmark = pytest.mark.django_db
SEPTEMBER = Month(2026, 9)


@pytest.fixture
def world() -> cast.World:
    """The cast, with a sale, a fee and a pay of Atelier Lina."""
    world = cast.world()
    sale(world)
    lina, coop = world.activities["lina"].pk, world.coop_of(world.archipel).pk
    person = world.archipel.parties.get(name="Lina Maes").pk
    posting.post(
        cooperative=world.archipel, journal="AN", on=date(2026, 9, 14), text="Fee on 1", source="test.fee", source_key="1",
        lines=[debit("fee", Decimal("300.00"), activity=lina), credit("fee", Decimal("300.00"), activity=coop)],
    )  # fmt: skip
    posting.post(
        cooperative=world.archipel, journal="SAL", on=date(2026, 9, 30), text="Pay of Lina Maes", source="test.pay",
        source_key="1",
        lines=[debit("gross_pay", Decimal("1450.00"), activity=lina), credit("net_pay", Decimal("1450.00"), party=person)],
    )  # fmt: skip
    return world


def lines_page(client, world: cast.World, who: str, **query: str):
    """Open the lines of Atelier Lina."""
    client.force_login(world.users[who])
    return client.get(reverse("ledger:lines", args=[world.activities["lina"].pk]), query)


def entry_page(client, world: cast.World, who: str, journal: str = "VEN"):
    """Open an entry."""
    client.force_login(world.users[who])
    return client.get(reverse("ledger:entry_detail", args=[Entry.objects.get(journal__code=journal).uuid]))


def test_the_lines_behind_each_figure_add_up_to_it(client, world):
    statement = statements.income_statement(activities=[world.activities["lina"].pk], first=SEPTEMBER, last=SEPTEMBER)

    for part in statement.parts:
        page = lines_page(client, world, "lina", month="2026-09", section=part.section)
        assert page.context["total"] == part.total
        assert formatting.amount(part.total, language="en") in page.content.decode()
        for row in part.rows:
            assert lines_page(client, world, "lina", month="2026-09", account=row.number).context["total"] == row.total
    assert lines_page(client, world, "lina", month="2026-09").context["total"] == statement.result
    assert len(statement.parts) == 3


def test_other_months_show_nothing(client, world):
    assert "Nothing was booked" in lines_page(client, world, "lina", month="2026-08").content.decode()
    assert lines_page(client, world, "lina", **{"from": "2026-01", "until": "2026-09"}).context["total"] == Decimal(
        "1250.00"
    )


@pytest.mark.parametrize("query", [{"month": "2026-13"}, {"month": "x"}, {"from": "x"}, {"until": "2026-9"}])
def test_what_is_no_month_is_unknown(client, world, query):
    assert lines_page(client, world, "lina", **query).status_code == 404


@pytest.mark.parametrize("query", [{"account": "7' OR 1=1"}, {"section": "x"}, {"page": "x"}])
def test_an_address_that_makes_no_sense_shows_nothing_wrong(client, world, query):
    page = lines_page(client, world, "lina", **query)

    assert page.status_code == 404 or page.context["total"] in (0, Decimal("1250.00"))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lina", 200),
        ("bruno", 200),
        ("elise", 200),
        ("greet", 200),
        ("jeanne", 200),
        ("aline", 404),
        ("dirk", 404),
        ("farid", 404),
    ],
)
def test_lines_and_entries_are_for_the_activity_and_the_support_team(client, world, who, status):
    assert lines_page(client, world, who).status_code == status
    assert entry_page(client, world, who).status_code == status


def test_a_coach_reads_balances_and_no_lines(client, world):
    cast.grant(world.farid, cast.Role.COACH, activity=world.activities["lina"])

    assert lines_page(client, world, "farid").status_code == 403
    assert entry_page(client, world, "farid").status_code == 403


@pytest.mark.parametrize(("who", "opens"), [("lina", True), ("elise", True), ("bruno", False), ("amina", False)])
def test_pay_is_opened_by_whom_it_belongs_to_and_by_payroll(client, world, who, opens):
    listed = lines_page(client, world, who, month="2026-09").content.decode()
    page = entry_page(client, world, who, "SAL")

    assert ("Lina Maes" in listed) is opens
    assert page.status_code == (200 if opens else 403)


def test_in_a_shared_activity_nobody_opens_the_pay_of_another(client, world):
    cast.grant(world.chloe, cast.Role.ENTREPRENEUR, activity=world.activities["lina"])

    for who in ("lina", "chloe"):
        assert entry_page(client, world, who, "SAL").status_code == 403
        assert "Lina Maes" not in lines_page(client, world, who, month="2026-09").content.decode()
        assert entry_page(client, world, who).status_code == 200


def test_an_entrepreneur_sees_the_lines_of_the_activity_and_is_told_so(client, world):
    own, whole = entry_page(client, world, "lina"), entry_page(client, world, "bruno")

    assert [line.account.number for line in own.context["shown"].lines] == ["400", "700"]
    assert "lines of your activity" in own.content.decode()
    assert len(whole.context["shown"].lines) == 4
    assert whole.context["shown"].debit == whole.context["shown"].credit == Decimal("3630.00")


def test_a_reversed_entry_says_so_and_each_opens_the_other(client, world):
    entry = Entry.objects.get(journal__code="VEN")
    reversal = posting.reverse(entry=entry, on=date(2026, 10, 1), text="Reversal")
    client.force_login(world.bruno)

    first = client.get(reverse("ledger:entry_detail", args=[entry.uuid])).content.decode()
    second = client.get(reverse("ledger:entry_detail", args=[reversal.uuid])).content.decode()

    assert reverse("ledger:entry_detail", args=[reversal.uuid]) in first
    assert reverse("ledger:entry_detail", args=[entry.uuid]) in second


def test_the_trial_balance_balances(client, world):
    client.force_login(world.bruno)

    page = client.get(reverse("ledger:trial_balance"), {"from": "2026-09", "until": "2026-09"})

    assert page.context["debit"] == page.context["credit"] == Decimal("5380.00")
    assert "700 Sales and services" in page.content.decode()


def test_books_as_a_whole_are_not_for_members_nor_for_other_cooperatives(client, world):
    for name in ("ledger:trial_balance", "ledger:period_list"):
        client.force_login(world.lina)
        assert client.get(reverse(name)).status_code == 403
        client.force_login(world.bruno)
        assert client.get(reverse(name), {"cooperative": world.boreal.pk}).status_code == 404
        assert client.get(reverse(name), {"cooperative": "x"}).status_code == 404
        client.force_login(world.greet)
        assert client.get(reverse(name), {"cooperative": world.boreal.pk}).status_code == 200


def lock_address(world: cast.World, kind: str = "vat", month: str = "2026-08", code: str = "archipel") -> str:
    """Return the address of a lock."""
    return reverse("ledger:period_lock", args=[getattr(world, code).pk, month, kind])


def test_a_lock_asks_first_and_never_opens_again(client, world):
    client.force_login(world.bruno)
    lock = PeriodLock.objects.get(period__cooperative=world.archipel, period__first_day=date(2026, 8, 1), kind="vat")

    asked = client.get(lock_address(world))
    lock.refresh_from_db()
    before = lock.state
    done = client.post(lock_address(world), follow=True)
    lock.refresh_from_db()

    assert "Lock August 2026: VAT" in asked.content.decode()
    assert (before, lock.state, lock.locked_by) == ("open", "locked", world.bruno)
    assert "Locked" in done.content.decode()
    assert "locked already" in client.get(lock_address(world)).content.decode()
    assert client.post(lock_address(world)).status_code == 302


@pytest.mark.parametrize(
    ("who", "status"), [("elise", 403), ("greet", 403), ("jeanne", 403), ("lina", 403), ("farid", 403)]
)
def test_others_lock_nothing(client, world, who, status):
    client.force_login(world.users[who])

    assert client.post(lock_address(world)).status_code == status
    assert not PeriodLock.objects.filter(state="locked").exists()


@pytest.mark.parametrize("wrong", [{"kind": "none"}, {"month": "2031-01"}, {"month": "x"}, {"code": "boreal"}])
def test_an_unknown_lock_is_not_found(client, world, wrong):
    client.force_login(world.bruno)

    assert client.post(lock_address(world, **wrong)).status_code == 404


def test_a_page_asks_as_many_questions_for_one_line_as_for_many(client, world):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("ledger:lines", args=[world.activities["lina"].pk]), {"month": "2026-09"}).context
        return len(asked)

    client.force_login(world.lina)
    questions()
    few = questions()
    for key in range(2, 40):
        sale(world, str(key))

    assert questions() == few
    assert reading.years(world.archipel) == ["2026", "2025"]


# --- one account, the next year ---------------------------------------------------------------------------------------


def account_page(client, world: cast.World, who: str, number: str):
    """Open an account of Archipel in September."""
    client.force_login(world.users[who])
    address = reverse("ledger:account_detail", args=[world.archipel.pk, number])
    return client.get(address, {"from": "2026-09", "until": "2026-09"})


def test_an_account_of_the_trial_balance_opens_its_lines(client, world):
    client.force_login(world.bruno)
    balance = client.get(reverse("ledger:trial_balance"), {"from": "2026-09", "until": "2026-09"}).content.decode()

    page = account_page(client, world, "bruno", "700")

    assert reverse("ledger:account_detail", args=[world.archipel.pk, "700"]) in balance
    assert page.context["total"] == sum(line.amount for line in page.context["page"])
    assert "VEN 1" in page.content.decode()


@pytest.mark.parametrize(("who", "named"), [("elise", True), ("bruno", False), ("amina", False)])
def test_pay_on_an_account_is_one_amount_to_all_but_payroll(client, world, who, named):
    page = account_page(client, world, who, "6202").content.decode()

    assert ("Pay of Lina Maes" in page) is named
    assert "1,450.00" in page


def test_an_unknown_account_is_not_found(client, world):
    assert account_page(client, world, "bruno", "999").status_code == 404


def test_the_accountant_opens_the_next_year(client, world):
    client.force_login(world.bruno)

    answer = client.post(reverse("ledger:year_open", args=[world.archipel.pk]))

    assert answer.url.endswith("year=2027")
    assert "January 2027" in client.get(answer.url).content.decode()
    client.force_login(world.elise)
    assert client.post(reverse("ledger:year_open", args=[world.archipel.pk])).status_code == 403
