"""The worked example of the domain guide, section 3, through the pages: from the licence to the last payment, to the cent.

Every step is a form filled in by the person whose work it is, logged in with a password; workers do their part as soon as
they are told to. After each step the page shows what the books answer, and both are the guide's figures.

The guide takes the month alone in three places: 1 700.00 gross for 2 513.41, 1 400.00 net, and 2 350.00 of cost. On the page
of September, 1 700.00 costs 2 527.94, because the third month of a quarter gets what remains of the reduction of the whole
quarter (256.29 less 229.86 is 26.43, not the 40.96 of a month alone; section 3.6). October begins a quarter, so its page
prices a month alone; the guide's figures are read there, and September's real one beside them.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from coop.documents import pdfa
from coop.ledger import queries, statements
from coop.ledger.models import Entry, OpenItem, Reservation
from coop.ledger.statements import Section
from invoicing.models import Invoice
from invoicing.purchases.models import State
from payroll.models import PayrollRun, Payslip, QuarterSettlement
from tests import books, cast
from tests.cast import at
from tests.journeys import month
from tests.journeys.reading import Shown, money, written
from tests.payroll import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived(django_capture_on_commit_callbacks) -> Any:
    """Atelier Lina on 1 September 2026; a way to take a step with the work that it leaves to workers."""
    world = month.world()

    def take(step: Any, *arguments: Any) -> Any:
        with month.work_done_at_once(), django_capture_on_commit_callbacks(execute=True):
            return step(*arguments)

    return world, take


# --- what Lina reads, and what the books say ----------------------------------------------------------------------------


def reads(user: Any, name: str, *arguments: object, **query: str) -> Shown:
    """Open a page as somebody who has just logged in."""
    return Shown(month.browse(user).get(reverse(name, args=arguments), query))


def check_balances(world: cast.World, on: str, row: str) -> None:
    """The page of money and the home show a row of the table of 3.5, and the books answer the same.

    The row is: accounting, collected, reserved, reserve target, unsettled reductions, free.
    """
    activity = world.activities["lina"]
    asked = queries.balances(activity, date.fromisoformat(on))
    money_page, home = reads(world.lina, "members:money_detail", activity.pk), reads(world.lina, "members:home")

    answered = (asked.accounting, asked.collected, asked.reserved, asked.reserve_target, asked.advanced, asked.free)
    assert answered == tuple(map(Decimal, row.split()))
    accounting, collected, reserved, target, advanced, free = row.split()
    assert money_page.classed("balance-value") == [money(accounting), money(collected), money(free)]
    for page in (money_page, home):
        assert page.figures("accounting", "collected", "reserved", "reserve_target", "free") == [
            money(accounting), written(collected), written(reserved), written(target), money(free),
        ]  # fmt: skip
        if Decimal(advanced):
            assert page.figure("advanced") == written(advanced)
        else:
            assert "advanced" not in page.codes()


def check_statement(world: cast.World, **sections: str) -> None:
    """The income statement of September shows these sections, their sum as the result, and so do the books."""
    activity = world.activities["lina"]
    page = reads(world.lina, "members:statement_detail", activity.pk, "2026-09")
    asked = statements.income_statement(activities=[activity.pk], first=build.SEPTEMBER, last=build.SEPTEMBER)
    result = sum(map(Decimal, sections.values()), Decimal(0))

    assert {part.section.value: part.total for part in asked.parts} == {
        name: Decimal(amount) for name, amount in sections.items()
    }
    assert asked.result == result
    for section in Section:
        link = f"?section={section.value}&month=2026-09"
        shown = page.lead(has=link)
        assert shown == ([written(sections[section.value])] if section.value in sections else []), section
    assert page.classed("key-figure-value") == [
        money(sections.get("revenue", "0")),
        money(
            sum((Decimal(amount) for name, amount in sections.items() if name not in ("revenue", "salary")), Decimal(0))
        ),
        money(sections.get("salary", "0")),
        money(result),
    ]
    if sections:
        assert page.lead(has="?month=2026-09") == [written(result)]


def entry_of(source_key: Any) -> Entry:
    """The entry of a document."""
    return Entry.objects.filter(source_key=str(source_key)).earliest("pk")


# --- the month --------------------------------------------------------------------------------------------------------


def test_september_of_atelier_lina_from_the_licence_to_the_last_payment(lived) -> None:
    world, take = lived
    with month.day("2026-09-10"):
        start(world)
        licence(world, take)
    with month.day("2026-09-14"):
        invoice(world, take)
    with month.day("2026-09-18"):
        kilometres(world, take)
    with month.day("2026-09-22"):
        wishes(world)
        order(world, take)
        calculation(world, take)
    with month.day("2026-09-26"):
        take(month.submit_the_run, world)
    with month.day("2026-09-28"):
        approval(world, take)
        payslip(world)
    with month.day("2026-09-30"):
        settlement(world, take)
    with month.day("2026-10-14"):
        payment(world, take)

    assert books.faults(world.archipel, at("2026-10-14 12:00")) == []


def start(world: cast.World) -> None:
    """4,100.00 opens the month; nothing is in the statement."""
    check_balances(world, "2026-09-10", "4100.00 4100.00 0.00 2074.13 229.86 1796.01")
    check_statement(world)


def licence(world: cast.World, take: Any) -> None:
    """The licence costs 200.00; its VAT of 42.00 is recovered and touches no balance."""
    bought = take(month.buy_the_licence, world)

    bought.refresh_from_db()
    assert (bought.state, bought.vat, bought.gross) == (State.APPROVED, Decimal("42.00"), Decimal("242.00"))
    page = reads(world.lina, "purchases:cost_detail", "suppliers", bought.pk)
    assert page.table()[-1][1:] == ["42,00", "242,00"]
    entry = reads(world.bruno, "ledger:entry_detail", entry_of(bought.pk).uuid)
    assert sorted(row[-2:] for row in entry.table()[1:]) == sorted([
        ["200,00", ""], ["42,00", ""], ["", "242,00"], ["242,00", "242,00"],
    ])  # fmt: skip
    check_balances(world, "2026-09-10", "3900.00 3900.00 0.00 2074.13 229.86 1596.01")
    check_statement(world, costs="-200.00")


def invoice(world: cast.World, take: Any) -> None:
    """3,000.00 and 630.00 of VAT are invoiced; the fee takes 300.00 and the fund 30.00; nothing is collected."""
    take(month.add_the_customer, world)
    draft = take(month.draft_the_invoice, world)
    check_statement(world, costs="-200.00")
    totals = Shown(
        month.browse(world.lina).post(reverse("invoicing:invoice_totals"), {**month.DRAFT, "customer": str(draft.customer_id)})
    )  # fmt: skip
    confirm = reads(world.lina, "invoicing:invoice_issue", draft.pk)
    for page in (totals, confirm):
        for amount in ("3000.00", "630.00", "3630.00", "300.00", "30.00", "2670.00"):
            assert money(amount) in page.text, amount

    issued = take(month.issue_the_invoice, world)

    assert (issued.state, issued.number, issued.net.amount, issued.vat.amount, issued.gross.amount) == (
        Invoice.State.ISSUED, "2026-0001", Decimal("3000.00"), Decimal("630.00"), Decimal("3630.00"),
    )  # fmt: skip
    page = reads(world.lina, "invoicing:invoice_detail", issued.pk)
    assert page.classed("figure-value") == [money("3630.00"), money("3630.00"), money("300.00"), money("30.00")]
    entry = reads(world.bruno, "ledger:entry_detail", entry_of(issued.pk).uuid)
    assert sorted(row[-2:] for row in entry.table()[1:]) == sorted([
        ["3 000,00", ""], ["630,00", ""], ["", "3 000,00"], ["", "630,00"], ["3 630,00", "3 630,00"],
    ])  # fmt: skip
    check_paper(world.lina, page)
    check_balances(world, "2026-09-14", "6570.00 3570.00 0.00 2074.13 229.86 1266.01")
    check_statement(world, revenue="3000.00", costs="-200.00", fee="-300.00", fund="-30.00")


def kilometres(world: cast.World, take: Any) -> None:
    """300 km at 0.40 are 120.00."""
    take(month.claim_the_kilometres, world)
    check_statement(world, revenue="3000.00", costs="-200.00", fee="-300.00", fund="-30.00")

    note = take(month.approve_the_kilometres, world)

    note.refresh_from_db()
    assert (note.state, note.gross, note.vat) == (State.APPROVED, Decimal("120.00"), Decimal("0.00"))
    page = reads(world.lina, "purchases:cost_detail", "notes", note.pk)
    assert page.table()[-1][1:] == ["0,00", "120,00"]
    check_balances(world, "2026-09-18", "6450.00 3450.00 0.00 2074.13 229.86 1146.01")
    check_statement(world, revenue="3000.00", costs="-320.00", fee="-300.00", fund="-30.00")


def wishes(world: cast.World) -> None:
    """What a wish gives and costs: net, gross, employer cost; October prices the month alone, as the guide does."""
    client = month.browse(world.lina)

    def wish(priced: Any, target: str, amount: str) -> list[str]:
        address = reverse("payroll:salary_estimate", args=[priced])
        return Shown(client.get(address, {"target": target, "amount": amount})).classed("key-figure-value")[:3]

    october = build.SEPTEMBER.plus(1)
    for priced in (build.SEPTEMBER, october):
        assert wish(priced, "gross", "1450") == [money("1329.36"), money("1450.00"), money("2074.13")]
        assert wish(priced, "cost", "2350") == [money("1412.11"), money("1601.98"), money("2350.00")]
        assert wish(priced, "net", "1400") == [money("1400.00"), money("1571.16"), money("2294.05")]
    assert wish(october, "gross", "1700") == [money("1450.65"), money("1700.00"), money("2513.41")]
    assert wish(build.SEPTEMBER, "gross", "1700") == [money("1450.65"), money("1700.00"), money("2527.94")]
    assert Decimal("2513.41") - Decimal("2074.13") == Decimal("439.28")
    assert Decimal("1450.65") - Decimal("1329.36") == Decimal("121.29")
    floor = client.post(
        reverse("payroll:salary_month", args=[build.SEPTEMBER]), {"target": "gross", "amount": "1316,60"}
    )
    assert money("1316.61") in Shown(floor, 422).text


def order(world: cast.World, take: Any) -> None:
    """The order of the contractual wage draws 928.12 on the reserve; once approved it reserves 2,074.13."""
    ordered = take(month.order_the_salary, world)
    check_balances(world, "2026-09-22", "6450.00 3450.00 0.00 2074.13 229.86 1146.01")
    page = reads(world.elise, "payroll:order_detail", ordered.pk)
    assert page.classed("key-figure-value") == [money("1450.00"), money("1329.36"), money("2074.13"), money("1146.01")]
    assert money("928.12") in page.text

    approved = take(month.approve_the_order, world)

    assert (approved.state, approved.gross, approved.cost) == ("approved", Decimal("1450.00"), Decimal("2074.13"))
    assert approved.warnings == [{"code": "draws_on_reserve", "amount": "928.12"}]
    check_balances(world, "2026-09-22", "6450.00 3450.00 2074.13 2074.13 229.86 -928.12")
    check_statement(world, revenue="3000.00", costs="-320.00", fee="-300.00", fund="-30.00")


def calculation(world: cast.World, take: Any) -> None:
    """The run of one member is calculated by a worker; nothing is posted."""
    run = take(month.open_the_run, world)

    run.refresh_from_db()
    assert run.state == PayrollRun.State.CALCULATED
    page = reads(world.elise, "payroll:run_detail", run.pk)
    assert page.classed("key-figure-value") == ["1", money("1450.00"), money("1329.36"), money("2074.13")]
    assert not Entry.objects.filter(source="payroll.payslip").exists()


def approval(world: cast.World, take: Any) -> None:
    """Who submitted may not approve; another person does, a worker posts, and the reservation is released."""
    run = PayrollRun.objects.get()
    own = month.browse(world.elise).post(reverse("payroll:run_approve", args=[run.pk]), {"typed": "2026-09"})
    assert own.status_code == 403
    totals = reads(world.bruno, "payroll:run_detail", run.pk)
    assert totals.classed("key-figure-value") == ["1", money("1450.00"), money("1329.36"), money("2074.13")]
    assert "Lina" not in totals.text

    slip = take(month.approve_the_run, world)

    run.refresh_from_db()
    assert run.state == PayrollRun.State.APPROVED
    assert Reservation.objects.get(kind="order").released_on == date(2026, 9, 28)
    assert queries.residual(OpenItem.objects.get(pk=slip.pk)) == Decimal("-1329.36")
    check_balances(world, "2026-09-28", "4375.87 1375.87 0.00 2074.13 229.86 -928.12")
    check_statement(world, revenue="3000.00", costs="-320.00", fee="-300.00", fund="-30.00", salary="-2074.13")


def payslip(world: cast.World) -> None:
    """Every row of the tables of 3.3 and 3.4 is on the page of the payslip; the entry and the statement have the accounts."""
    slip = Payslip.objects.get()
    page = reads(world.lina, "payroll:payslip_detail", slip.pk)

    shown = {code: page.figure(code) for code in page.codes()}
    for code, amount in GROSS_TO_NET.items() | GROSS_TO_COST.items():
        assert shown[code] == money(amount), code
    assert page.classed("key-figure-value") == [money("1329.36"), money("1450.00"), money("2074.13")]
    assert any([row[-1] for row in page.table(number)[1:]] == WHERE_IT_GOES for number in range(3))
    for value in PARAMETERS:
        assert value in page.text, value
    entry = slip.entry
    assert entry is not None
    assert sorted(entry.lines.values_list("account__number", "activity__code", "amount"), key=str) == sorted(
        [(number, activity, Decimal(amount)) for number, activity, amount in POSTED], key=str
    )
    lines = reads(world.lina, "ledger:lines", world.activities["lina"].pk, section="salary", month="2026-09")
    assert lines.classed("key-figure-value") == [money("-2074.13")]
    statement = reads(world.lina, "members:statement_detail", world.activities["lina"].pk, "2026-09")
    for account, amount in BY_ACCOUNT.items():
        assert statement.lead(has=f"?account={account}&month=2026-09") == [written(amount)], account
    check_paper(world.lina, page)


def settlement(world: cast.World, take: Any) -> None:
    """The quarter is settled without a correction: what was advanced is free from now on."""
    before = Entry.objects.count()

    take(month.settle_the_quarter)

    settled = QuarterSettlement.objects.get()
    assert (settled.reduction_due, settled.reduction_given, settled.correction) == (
        Decimal("344.79"), Decimal("344.79"), Decimal("0.00"),
    )  # fmt: skip
    assert Entry.objects.count() == before
    check_balances(world, "2026-09-30", "4375.87 1375.87 0.00 2074.13 0.00 -698.26")
    check_statement(world, revenue="3000.00", costs="-320.00", fee="-300.00", fund="-30.00", salary="-2074.13")


def payment(world: cast.World, take: Any) -> None:
    """The customer pays 3,630.00: 3,000.00 becomes collected, 630.00 was VAT."""
    issued = Invoice.objects.get()

    take(month.record_the_payment, world, issued.pk)

    page = reads(world.lina, "invoicing:invoice_detail", issued.pk)
    assert page.classed("figure-value")[:2] == [money("3630.00"), money("0.00")]
    check_balances(world, "2026-10-14", "4375.87 4375.87 0.00 2074.13 0.00 2301.74")
    check_statement(world, revenue="3000.00", costs="-320.00", fee="-300.00", fund="-30.00", salary="-2074.13")


def check_paper(user: Any, page: Shown) -> None:
    """All documents that the page leads to are stored, and one of them is paper: a proven PDF/A-3b."""
    addresses = {
        link.get("href") for link in page.tree.xpath("//a[@href]") if link.get("href").startswith("/documents/")
    }
    answers = [month.browse(user).get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {200}
    (paper,) = (answer for answer in answers if answer["Content-Type"] == "application/pdf")
    assert pdfa.prove(paper.content).startswith(b"%PDF-1.7")


GROSS_TO_NET = {
    "gross": "1450.00", "social_contribution": "189.52", "full_time_pay": "2900.00",
    "employment_bonus_a.full_time": "127.54", "employment_bonus_a": "63.77", "employment_bonus_b.full_time": "10.22",
    "employment_bonus_b": "5.11", "employment_bonus": "68.88", "social_contribution_due": "120.64", "taxable": "1329.36",
    "yearly_tax_base": "15952.32", "lump_sum_expenses": "4785.70", "yearly_net": "11166.62", "tax_on_income": "2987.07",
    "exempt_amount_tax": "2987.98", "yearly_base_tax": "0.00", "withholding_before_bonus": "0.00",
    "fiscal_bonus_a": "21.13", "fiscal_bonus_b": "2.68", "fiscal_bonus": "0.00", "withholding_tax": "0.00",
    "special_contribution": "0.00", "net": "1329.36",
}  # fmt: skip
GROSS_TO_COST = {
    "employer_contribution.base": "362.50", "employer_contribution.ten_or_more": "24.51",
    "employer_contribution.closure_fund": "5.66", "employer_contribution.closure_fund_unemployment": "1.45",
    "employer_contribution.temporary_unemployment": "1.45", "employer_contribution.asbestos_fund": "0.15",
    "employer_contribution.work_accidents": "0.29", "employer_contribution.sector_fund": "3.34",
    "employer_contribution": "399.35", "quarter_pay": "4350.00", "quarter_full_time_pay": "8700.00",
    "structural_reduction_quarter": "344.79", "structural_reduction": "114.93", "wage_cost": "1734.42",
    "provision.end_of_year": "154.11", "double_holiday_pay": "1334.00", "provision.holiday_pay": "111.17",
    "annual_premium": "165.42", "annual_premium_contribution": "45.58", "provision.annual_premium": "17.58",
    "provision.eco_vouchers": "12.50", "accident_insurance": "4.35", "fixed_costs": "40.00", "employer_cost": "2074.13",
}  # fmt: skip
WHERE_IT_GOES = ["1 329,36", "120,64", "284,42", "295,36", "4,35", "40,00"]
"""Net, the worker's contribution, the employer's less the reduction, provisions, insurance, fixed costs."""
PARAMETERS = ("2 937,93", "171,99", "2 300,62", "26,99 %", "6 070", "26,75 %", "11 687,74", "9 738,14", "330,84", "584,386")  # fmt: skip
POSTED = (
    ("6202", "A-018", "1450.00"), ("454", None, "-120.64"), ("455", None, "-1329.36"),
    ("621", "A-018", "399.35"), ("454", None, "-399.35"), ("454", None, "114.93"), ("621", "A-018", "-114.93"),
    ("625", "A-018", "111.17"), ("456", None, "-111.17"), ("6231", "A-018", "184.19"), ("459", None, "-184.19"),
    ("6232", "A-018", "4.35"), ("6232", "COOP", "-4.35"), ("6233", "A-018", "40.00"), ("6233", "COOP", "-40.00"),
)  # fmt: skip
BY_ACCOUNT = {
    "6202": "-1450.00", "621": "-284.42", "6231": "-184.19", "6232": "-4.35", "6233": "-40.00", "625": "-111.17",
}  # fmt: skip
