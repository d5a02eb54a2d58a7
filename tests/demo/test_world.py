"""The demonstration, played small: two months, a few people, through the import and the services."""

from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from stdnum.be import iban, nn
from stdnum.be import vat as belgian
from stdnum.eu import vat as european

from coop.banking.models import Movement
from coop.demo import cast, numbers, sales, summary
from coop.demo.world import Scale, TooEarly, World
from coop.entities.models import Activity, Cooperative, PeriodLock
from coop.imports.models import ImportRun
from coop.ledger import checking, queries
from coop.ledger.models import Entry
from coop.management.commands.seed_demo import play
from invoicing import vat
from invoicing.models import Customer, Invoice, InvoiceLine
from invoicing.vat.deciding import Status
from invoicing.vat.sales import known, sale_of
from payroll.models import PayrollRun, Payslip, SalaryOrder, WorkDay

DAY = date(2026, 11, 24)


@pytest.fixture
def small(tmp_path: Path) -> World:
    return World(DAY, tmp_path, Scale.SMALL)


def seed(world: World) -> None:
    for _month in play(world):
        pass
    summary.finish(world)


def counts() -> dict[str, int]:
    models = (Entry, Invoice, Customer, Movement, Payslip, SalaryOrder, ImportRun, Activity)
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.django_db
def test_a_small_world_plays_two_months_and_a_second_run_changes_nothing(small: World) -> None:
    seed(small)
    first = counts()

    seed(small)

    assert counts() == first
    assert Invoice.objects.filter(kind="invoice").count() == sum(len(sold) for sold in small.sold.values())
    assert not InvoiceLine.objects.exclude(set_reason="").exists()


@pytest.mark.django_db
def test_the_books_of_the_small_world_hold(small: World) -> None:
    seed(small)

    moment = datetime.fromisoformat("2026-11-24T23:00:00+01:00")
    faults = [fault for coop in Cooperative.objects.all() for fault in checking.faults(coop, moment)]

    assert [fault for fault in faults if "documents" not in fault] == []


@pytest.mark.django_db
def test_the_closed_month_is_paid_and_locked_and_the_open_one_is_calculated(small: World) -> None:
    seed(small)

    states = dict(PayrollRun.objects.filter(cooperative__code="archipel").values_list("month", "state"))
    locks = PeriodLock.objects.filter(state="locked", kind="payroll").values_list("period__first_day", flat=True)
    assert states == {date(2026, 10, 1): "closed", date(2026, 11, 1): "calculated"}
    assert set(locks) == {date(2026, 10, 1)}
    assert SalaryOrder.objects.filter(month=date(2026, 11, 1), state="submitted").exists()


@pytest.mark.django_db
def test_every_payslip_calculated_again_comes_out_the_same(small: World) -> None:
    seed(small)
    out = StringIO()

    call_command("replay_payslips", stdout=out)

    count = Payslip.objects.count()
    assert count > 0
    assert out.getvalue().startswith(f"{count} payslips: {count} the same to the cent, 0 differ")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "nature"), [(date(2026, 7, 24), "double_holiday_pay"), (date(2026, 1, 23), "end_of_year_premium")]
)
def test_a_premium_or_holiday_pay_is_approved_by_another_person_and_paid_and_its_books_hold(
    day: date, nature: str, tmp_path: Path
) -> None:
    world = World(day, tmp_path, Scale.SMALL)

    seed(world)

    run = PayrollRun.objects.get(nature=nature)
    payslips = Payslip.objects.filter(member__run=run)
    assert run.state == "closed"
    assert run.cooperative.code == "archipel"
    assert run.approved_by not in (run.prepared_by, run.submitted_by)
    assert {payslip.person.last_name for payslip in payslips.select_related("person")} == {"Dubois", "Maes"}
    assert all(amount == 0 for amount in queries.residuals(payslips.values_list("pk", flat=True)).values())
    moment = world.at(day)
    faults = [fault for coop in Cooperative.objects.all() for fault in checking.faults(coop, moment)]
    assert [fault for fault in faults if "documents" not in fault] == []
    out = StringIO()
    call_command("replay_payslips", stdout=out)
    assert "0 differ" in out.getvalue()


@pytest.mark.django_db
def test_somebody_enters_a_week_of_holiday_and_somebody_two_days_of_sickness_each_month(small: World) -> None:
    seed(small)

    days = WorkDay.objects.filter(contract__cooperative__code="archipel")
    kinds = {(one.day.month, kind) for one in days for kind in ("holiday", "sickness") if f"{kind}:" in one.parts}
    assert kinds == {(10, "holiday"), (10, "sickness"), (11, "holiday"), (11, "sickness")}


@pytest.mark.django_db
def test_each_activity_starts_with_its_stated_balance(small: World) -> None:
    seed(small)

    for activity in small.activities:
        found = Activity.objects.get(cooperative__code=activity.house, code=activity.code)
        opening = Entry.objects.filter(cooperative=found.cooperative, source__startswith="ledger.opening")
        lines = [line for entry in opening for line in entry.lines.filter(activity=found).select_related("account")]
        stated = -sum((line.amount for line in lines if line.account.number[0] in "679"), Decimal(0))
        assert stated == (activity.opening if activity.old else 0)


@pytest.mark.django_db
def test_the_candidate_has_a_balance_and_no_payslip(small: World) -> None:
    seed(small)

    hugo = Activity.objects.get(code="A-020")
    assert queries.accounting_balance(hugo, DAY) > 0
    assert not Payslip.objects.filter(person__email=cast.address("Hugo Lambert")).exists()


@pytest.mark.django_db
def test_other_data_and_other_days_are_not_mixed(small: World, tmp_path: Path) -> None:
    seed(small)

    with pytest.raises(summary.OtherData):
        summary.refuse_other_data(World(date(2026, 11, 25), tmp_path, Scale.SMALL))


@pytest.mark.django_db
def test_the_demonstration_refuses_a_database_with_other_cooperatives(small: World) -> None:
    from coop.entities.models import Group
    from tests.cast import cooperative

    cooperative(Group.objects.create(name="Autre groupe"), "autre", "Autre", "0777700171", "BE43097000000101")

    with pytest.raises(summary.OtherData):
        summary.refuse_other_data(small)


@pytest.mark.parametrize("day", [date(2026, 6, 1), date(2026, 11, 24), date(2026, 12, 31)])
def test_the_whole_world_has_about_600_invoices_of_1_to_6_lines_and_some_15_credit_notes(
    day: date, tmp_path: Path
) -> None:
    world = World(day, tmp_path)

    sold = [sale for sales in world.sold.values() for sale in sales]
    credited = [sale for sale in sold if sale.credited_whole or sale.credited_part]
    assert 540 <= len(sold) <= 700
    assert {len(sale.lines) for sale in sold} >= {1, 2, 3, 4, 6}
    assert 8 <= len(credited) <= 25
    assert {line.vat for sale in sold for line in sale.lines} >= {
        "21",
        "12",
        "6",
        "EXEMPT_TEACHING",
        "BE06_RENOVATION",
        "EU_SERVICE",
        "CO_CONTRACTOR",
    }
    assert len({sale.key for sale in sold}) == len(sold)


def test_every_line_has_the_vat_that_the_rule_decides(tmp_path: Path) -> None:
    wrong = set()
    for sale in (sale for sold in World(DAY, tmp_path).sold.values() for sale in sold):
        private, country = sale.customer.private, sale.customer.country
        number = "" if private else f"{country}0000000000"
        customer = vat.Customer(Status.PRIVATE if private else Status.TAXABLE, country, number, periodic=True)
        for line in sale.lines:
            facts = sale_of(known(line.product.sale), on=sale.day, facts={"EXEMPT_TEACHING"}, customer_country=country)
            decided = vat.decide(seller=vat.Seller(), customer=customer, sale=facts).operation
            named = vat.by_rate(Decimal(line.vat) / 100, sale.day).code if line.vat.isdecimal() else line.vat
            if decided.code != named:
                wrong.add((line.product.text, named, decided.code))

    assert wrong == set()


def test_the_same_day_gives_the_same_files_byte_for_byte(tmp_path: Path) -> None:
    written = []
    for place in ("one", "two"):
        world = World(DAY, tmp_path / place)
        for house in ("archipel", "boreal", "cabestan"):
            path = world.write(house, "invoices", world.invoice_rows(house, world.months[3]))
            assert path is not None
            written.append(path.read_bytes())

    assert written[:3] == written[3:]


def test_payments_never_exceed_what_is_due_and_come_after_8_to_96_days(tmp_path: Path) -> None:
    for sold in World(DAY, tmp_path).sold.values():
        for sale in sold:
            payments = sales.payments_of(sale)
            assert sum((payment.amount for payment in payments), Decimal(0)) <= sale.gross
            assert all(8 <= (payment.day - sale.day).days <= 97 for payment in payments)


def test_a_day_whose_months_have_no_law_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooEarly):
        World(date(2026, 5, 31), tmp_path)


def test_invented_numbers_have_right_check_digits() -> None:
    assert all(belgian.is_valid(numbers.enterprise_number(serial)) for serial in range(1, 300))
    assert all(iban.is_valid(numbers.iban(serial)) for serial in range(1, 300))
    assert all(nn.is_valid(numbers.niss(member.born_on, 997)) for member in cast.MEMBERS)
    assert nn.is_valid(numbers.niss(date(2004, 2, 29), 997))
    assert all(
        european.is_valid(numbers.foreign_vat(country, serial))
        for country in ("FR", "DE", "NL")
        for serial in range(20)
    )
