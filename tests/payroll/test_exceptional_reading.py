"""What reads payslips stays right beside payments of another kind: months, quarters, lists, accounts, replay, documents."""

import re
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from coop import clock
from coop.documents import pdfa
from coop.documents import queries as document_queries
from coop.documents import services as document_services
from coop.documents.models import Document
from coop.ledger.models import Entry
from coop.periods import Month
from payroll import account, declarations, documents, facts, paid, queries, services, slips
from payroll.engine.law import BELGIUM
from payroll.exceptional_facts import with_premiums
from payroll.models import PayrollRun, Payslip, QuarterSettlement, RunMember
from tests import cast
from tests.cast import at
from tests.payroll import beside, build
from tests.payroll.beside import DECEMBER, EUR, JUNE, NOVEMBER, OCTOBER

pytestmark = pytest.mark.django_db
PREMIUM, HOLIDAY, YEARLY, LEAVING = (
    "end_of_year_premium", "double_holiday_pay", "annual_premium", "exit_holiday_pay",
)  # fmt: skip


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """It is noon on 30 December 2026, and people read English."""
    with time_machine.travel("2026-12-30 12:00:00+01:00", tick=False), translation.override("en"):
        yield


@pytest.fixture
def world() -> cast.World:
    """October to December are paid, and in December the end-of-year premium."""
    made = beside.world(OCTOBER, NOVEMBER, DECEMBER)
    beside.paid(made, PREMIUM, DECEMBER)
    return made


def ordinary(world: cast.World, month: Month, name: str = "lina") -> Payslip:
    """The pay of a month."""
    return Payslip.objects.paid().ordinary().get(person=world.people[name], month=month.first)


def browse(user: Any) -> Client:
    """Log somebody in, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


# --- months and quarters ----------------------------------------------------------------------------------------------


def test_the_months_of_a_quarter_are_read_without_the_payments_beside_them() -> None:
    world = beside.world(OCTOBER)
    beside.paid(world, YEARLY, OCTOBER)

    (october,) = facts.basis(beside.contract(world).pk, NOVEMBER).facts.quarter.months
    build.approved(world, NOVEMBER)

    assert october.gross == EUR("1450.00")
    assert queries.previous_payslip(ordinary(world, NOVEMBER)) == ordinary(world, OCTOBER)
    assert queries.previous_payslip(beside.slip(world, YEARLY)) is None


def test_the_run_of_the_month_counts_its_own_payslips_only(world: cast.World) -> None:
    of_month = queries.totals_of_month(ordinary(world, DECEMBER).member.run)
    of_premium = queries.totals(beside.slip(world, PREMIUM).member.run)

    assert (of_month.persons, of_month.gross) == (2, EUR("4350.00"))
    assert (of_premium.persons, of_premium.gross) == (2, EUR("4350.00"))


def test_the_year_so_far_adds_up_what_was_posted_before(world: cast.World) -> None:
    premium = {one.label: one.amount for one in queries.year_totals(beside.slip(world, PREMIUM))}
    december = {one.label: one.amount for one in queries.year_totals(ordinary(world, DECEMBER))}

    assert premium["Gross pay"] == EUR("5800.00")
    assert december["Gross pay"] == EUR("4350.00")
    assert premium["Withholding tax"] - december["Withholding tax"] == EUR("318.02")


def test_the_premium_is_pay_of_its_quarter_and_lowers_the_reduction(world: cast.World) -> None:
    services.settle_quarter(cooperative=world.archipel, last_month=DECEMBER, on=DECEMBER.last, at=at("2026-12-31"))

    # Domain guide, 3.4: with the premium S rises to 11,600.00 and the reduction of the quarter falls from 344.79 to 7.25.
    settled = QuarterSettlement.objects.get(contract=beside.contract(world))
    assert (settled.reduction_given, settled.reduction_due) == (EUR("344.79"), EUR("7.25"))
    assert beside.faults(world) == []


def test_a_premium_paid_after_its_quarter_was_settled_settles_it_again() -> None:
    world = beside.world(OCTOBER, NOVEMBER)
    run = build.calculated(world.archipel, DECEMBER)
    build.approve(world, run, on=DECEMBER.last)
    first = QuarterSettlement.objects.get(contract=beside.contract(world))
    assert first.reduction_due == EUR("344.79")

    beside.approved(world, beside.opened(world, PREMIUM, DECEMBER), day=31)

    second = QuarterSettlement.objects.get(contract=beside.contract(world), sequence=2)
    assert (second.reduction_due, second.correction) == (EUR("7.25"), EUR("-337.54"))
    assert beside.faults(world) == []


def test_holiday_pay_is_no_pay_of_the_quarter() -> None:
    world = beside.world()
    beside.paid(world, HOLIDAY, JUNE)
    month = facts.engine_month(JUNE)
    before = [facts.engine.PaidMonth(month=month, gross=EUR("1450.00"), hours=EUR("19"), full_time_hours=EUR("38"),
                                     reduction=EUR("0.00"), special_contribution=EUR("0.00"))]  # fmt: skip

    assert with_premiums(beside.contract(world).pk, before) == before


# --- lists ------------------------------------------------------------------------------------------------------------


def test_the_return_274_holds_the_premium_and_equals_the_books(world: cast.World) -> None:
    found = paid.paid_in(world.elise, world.archipel.pk, DECEMBER, DECEMBER)

    table = declarations.withholding(found)

    lina = [row.cells for row in table.rows if str(row.cells[0].value).startswith("Lina")]
    assert [cells[0].value for cells in lina] == ["Lina Maes", "Lina Maes · End-of-year premium"]
    assert (lina[1][2].value, lina[1][3].value) == (EUR("1260.48"), EUR("318.02"))
    assert paid.withholding_check(world.archipel.pk, found, DECEMBER, DECEMBER).agrees


def dmfa(world: cast.World, first: Month, last: Month) -> dict[str, Any]:
    """The row of Lina in a DmfA, by head; and see that it equals the books."""
    workers = paid.workers_in(world.elise, world.archipel.pk, first, last)
    assert paid.dmfa_check(world.archipel.pk, workers, first, last).agrees
    table = declarations.dmfa(workers)
    row = next(row for row in table.rows if row.cells[0].value == "Lina Maes")
    return {head.label: cell.value for head, cell in zip(table.heads, row.cells, strict=True)}


def test_the_dmfa_counts_the_premium_as_pay_and_no_hours_of_it(world: cast.World) -> None:
    row = dmfa(world, OCTOBER, DECEMBER)

    assert row["Gross pay"] == EUR("5800.00")
    assert row["Hours in the quarter"] == EUR("247.00")
    assert row["Social-security contribution"] == EUR("758.08")  # four times 189.52
    assert row["Base contribution, wage moderation included"] == EUR("1450.00")


def test_what_is_withheld_on_double_holiday_pay_has_a_column_of_its_own() -> None:
    world = beside.world()
    beside.paid(world, HOLIDAY, JUNE)

    row = dmfa(world, Month(2026, 4), JUNE)

    assert row["Withheld on double holiday pay"] == EUR("161.09")
    assert (row["Gross pay"], row["Owed"]) == (EUR("0.00"), EUR("161.09"))


def leaving() -> cast.World:
    """Lina leaves at the end of November and is paid for it."""
    world = beside.world(OCTOBER, NOVEMBER)
    beside.leaves(world, "lina", date(2026, 11, 30))
    run = beside.opened(world, LEAVING, NOVEMBER)
    services.give_facts(
        member=RunMember.objects.get(run=run).pk, earned_this_year=EUR("15950.00"), earned_before=EUR("0.00"),
        reason="Certificate.", by=world.elise, at=at("2026-11-29"),
    )  # fmt: skip
    beside.approved(world, beside.recalculated(run))
    return world


def test_on_leaving_the_simple_half_is_declared_as_pay_and_both_halves_equal_the_books() -> None:
    row = dmfa(leaving(), OCTOBER, DECEMBER)

    assert row["Gross pay"] == EUR("4123.37")  # twice 1450.00 and 1223.37
    assert row["Withheld on double holiday pay"] == EUR("141.76")  # 13.07 % of 6.80/7.67 of 1223.37


def test_early_holiday_pay_has_its_own_box_of_the_slip_and_no_other() -> None:
    world = leaving()
    mine = paid.paid_in(world.elise, world.archipel.pk, Month(2026, 1), DECEMBER, person=world.people["lina"].pk)

    slip = {one.box: one.amount for one in account.yearly_slip(mine) if one.box}

    left = queries.figures_of(beside.slip(world, LEAVING))
    assert slip["251"] == left["exceptional_taxable_payment"].amount
    assert slip["250"] == EUR("2658.72")  # twice 1329.36
    assert slip["286"] == sum(one.amount("withholding_tax") for one in mine)


def test_the_individual_account_has_a_column_for_the_premium_and_equals_the_books(world: cast.World) -> None:
    services.settle_quarter(cooperative=world.archipel, last_month=DECEMBER, on=DECEMBER.last, at=at("2026-12-31"))
    year = (Month(2026, 1), DECEMBER)
    mine = paid.paid_in(world.elise, world.archipel.pk, *year, person=world.people["lina"].pk)
    corrected = paid.corrected_in(world.archipel.pk, *year, person=world.people["lina"].pk)

    found = account.individual_account(mine, corrected)

    lines = {line.code: line for line in found.lines}
    assert [account.head(column) for column in found.columns][-1].endswith("(end-of-year premium)")
    assert lines["gross"].values[-1] == EUR("1450.00")
    assert (lines["gross"].total, lines["net"].values[-1]) == (EUR("5800.00"), EUR("942.46"))
    assert lines["hours"].values == (EUR("19.00"),) * 3 + (None,)
    assert lines["structural_reduction_correction"].values == (None, None, EUR("-337.54"), None)
    checks = paid.account_checks(world.archipel.pk, mine, corrected)
    assert [check for check in checks if not check.agrees] == []
    assert [row.cells for block in account.blocks(account.frozen(found), width=13) for row in block]


def test_a_contract_with_a_premium_only_still_lacks_the_pay_of_the_month() -> None:
    world = beside.world()
    beside.paid(world, PREMIUM, DECEMBER)
    found = paid.paid_in(world.elise, world.archipel.pk, DECEMBER, DECEMBER)

    presence = declarations.presence(paid.employments_around(world.archipel.pk, DECEMBER), found, DECEMBER)

    assert len(presence.unpaid) == presence.contracts == 2


# --- replay -----------------------------------------------------------------------------------------------------------


def test_a_payment_beside_pay_is_calculated_again_to_the_cent(world: cast.World) -> None:
    out = StringIO()

    call_command("replay_payslips", stdout=out)

    assert out.getvalue().startswith("8 payslips: 8 the same to the cent, 0 differ")


def test_every_kind_of_payment_is_read_back_from_its_facts() -> None:
    world = leaving()
    for nature, month in ((YEARLY, NOVEMBER), (HOLIDAY, DECEMBER)):
        beside.paid(world, nature, month)
    out = StringIO()

    call_command("replay_payslips", stdout=out)

    assert {one.nature for one in Payslip.objects.all()} == {"", YEARLY, HOLIDAY, LEAVING}
    assert " 0 differ in 0 amounts, 0 cannot be calculated again" in out.getvalue()


def test_another_rate_of_the_law_differs_on_exactly_the_payments_that_rest_on_it(
    world: cast.World, tmp_path: Path
) -> None:
    folder = tmp_path / "be"
    copytree(BELGIUM, folder)
    file = folder / "exceptional_payment.yaml"
    file.write_text(file.read_text().replace('other: "0.2523"', 'other: "0.2524"'))
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("replay_payslips", "--parameters", str(folder), stdout=out)

    listed = [line for line in out.getvalue().splitlines() if "stored" in line]
    assert {line.split()[1] for line in listed} == {"0002"}
    assert any("column net" in line for line in listed)


# --- what people read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_every_line_of_every_payment_is_explained(world: cast.World, language: str) -> None:
    found = queries.figures_of(beside.slip(world, PREMIUM))

    with translation.override(language):
        rows = [*slips.to_net(found), *slips.to_cost(found)]

        assert [row.explanation.code for row in rows if row.result] == [
            "exceptional_payment", "exceptional_taxable_payment", "exceptional_net", "exceptional_payment",
            "exceptional_cost", "exceptional_cost_left",
        ]  # fmt: skip
        assert all(row.label and row.explanation.sentence for row in rows)
        assert sum(part.amount for part in slips.where_it_goes(found)) == EUR("1387.01")


def test_the_lines_add_up(world: cast.World) -> None:
    found = queries.figures_of(beside.slip(world, PREMIUM))
    signs = {"": 1, "+": 1, "−": -1}

    for rows, last in ((slips.to_net(found), "exceptional_net"), (slips.to_cost(found), "exceptional_cost_left")):
        total = sum(signs[row.sign] * row.amount for row in rows if row.sign != "=")
        assert total == found[last].amount


def test_the_document_says_what_was_counted_and_what_pays_for_it(world: cast.World) -> None:
    slip = beside.slip(world, PREMIUM)

    html = render_to_string(documents.TEMPLATE, {**documents.context_of(slip), "language": "en"})

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    for item in (
        "End-of-year premium",
        "12 of 12 months, at €1,450.00",
        "Taxable payment",
        "1,260.48",
        "942.46",
        "462.34",
    ):
        assert item in text, item
    assert "AR 11 Dec 2025" in text


def test_the_document_is_made_as_an_archive_file(world: cast.World) -> None:
    slip = beside.slip(world, PREMIUM)

    document_services.make_document(document=slip.document_id, at=clock.now())

    content = document_queries.content(Document.objects.select_related("cooperative").get(pk=slip.document_id))
    assert pdfa.prove(content).startswith(b"%PDF-1.7")  # raises when it is no PDF/A-3b


def test_the_officer_opens_gives_leaves_out_and_submits_and_another_approves_on_the_pages() -> None:
    world = beside.world(OCTOBER, NOVEMBER, DECEMBER)
    elise, bruno = browse(world.elise), browse(world.bruno)
    opened = elise.post(
        reverse("payroll:exceptional_open"),
        {"cooperative": world.archipel.pk, "month": "2026-12", "nature": PREMIUM},
    )
    address = opened.headers["Location"]
    run = beside.recalculated(PayrollRun.objects.get(kind="exceptional"))
    assert address == reverse("payroll:run_detail", args=[run.pk])
    page = elise.get(address).content.decode()
    for item in ("End-of-year premium, December 2026", "12 of 12 months, at €1,450.00", "462.34", "1,387.01"):
        assert item in page, item

    lina, aline = beside.member(run, world), beside.member(run, world, "aline")
    row = reverse("payroll:exceptional_member", args=[lina.pk])
    assert "Set aside for it" in elise.get(row).content.decode()
    refused = elise.post(row, {"act": "give", "give-months": "13", "give-reason": "Typed."})
    assert (refused.status_code, "Typed." in refused.content.decode()) == (422, True)
    assert elise.post(row, {"act": "give", "give-months": "7", "give-reason": "Unpaid leave."}).status_code == 302
    other = reverse("payroll:exceptional_member", args=[aline.pk])
    assert elise.post(other, {"act": "out", "out-reason": ""}).status_code == 422
    assert elise.post(other, {"act": "out", "out-reason": "Resigned."}).status_code == 302
    run = beside.recalculated(run)
    page = elise.get(address).content.decode()
    assert "Unpaid leave." in page
    assert "Resigned." in page

    elise.post(reverse("payroll:run_submit", args=[run.pk]), {"reason": "Checked."})
    assert elise.get(row).content.decode().count("take it back to change") == 1
    reasons = bruno.get(address).content.decode()
    assert "given by hand: Unpaid leave." in reasons
    assert "left out: Resigned." in reasons
    assert "Lina" not in reasons
    approve = reverse("payroll:run_approve", args=[run.pk])
    assert bruno.post(approve, {"typed": "2026-11"}).status_code == 422
    assert bruno.post(approve, {"typed": "2026-12"}).status_code == 302
    services.continue_approval(run=run.pk, at=at("2026-12-30"))
    slip = beside.slip(world, PREMIUM)
    assert slip.gross == EUR("845.83")
    assert Payslip.objects.filter(nature=PREMIUM).count() == 1

    member = browse(world.lina)
    mine = member.get(reverse("payroll:payslip_detail", args=[slip.pk])).content.decode()
    for item in ("End-of-year premium, December 2026", "Paid from what was set aside", "€462.34", "25.23%"):
        assert item in mine, item
    assert "end-of-year premium" in member.get(reverse("payroll:payslip_list")).content.decode()
    assert browse(world.chloe).get(reverse("payroll:payslip_detail", args=[slip.pk])).status_code == 404


def test_a_refusal_keeps_what_was_typed(world: cast.World) -> None:
    answer = browse(world.elise).post(
        reverse("payroll:exceptional_open"),
        {"cooperative": world.archipel.pk, "month": "2026-12", "nature": PREMIUM},
    )

    assert answer.status_code == 422
    assert "everybody has it this year already" in answer.content.decode()


def test_the_officer_corrects_a_payment_on_its_page(world: cast.World) -> None:
    slip = beside.slip(world, PREMIUM)
    elise = browse(world.elise)
    address = reverse("payroll:payslip_correct", args=[slip.pk])
    assert 'value="12"' in elise.get(address).content.decode()

    typed = {"months": "9", "monthly_pay": "1450.00", "reason": "Three months were unpaid leave."}
    opened = elise.post(address, typed)

    assert opened.status_code == 302
    page = elise.get(opened.headers["Location"]).content.decode()
    for item in ("9 of 12 months", "Payment due", "1,087.50"):
        assert item in page, item


def test_the_list_of_runs_names_the_payment_and_offers_to_open_one(world: cast.World) -> None:
    page = browse(world.elise).get(reverse("payroll:run_list")).content.decode()

    assert "end-of-year premium" in page
    assert reverse("payroll:exceptional_open") in page
    assert "Lina" not in browse(world.bruno).get(
        reverse("payroll:run_detail", args=[beside.slip(world, PREMIUM).member.run_id])
    ).content.decode()  # fmt: skip


def test_the_statement_of_the_activity_bears_what_was_not_set_aside(world: cast.World) -> None:
    lines = Entry.objects.get(pk=beside.slip(world, PREMIUM).entry_id).lines.filter(activity=world.activities["lina"])

    assert sum(line.amount for line in lines) == EUR("1387.01")
