"""Results of a secretariat, from the file to the books: checked, imported whole, decided by a person, posted or compared."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction

from coop import guards
from coop.entities.models import Cooperative
from coop.ledger.models import OpenItem, Reservation
from coop.ledger.text import journal_text
from coop.periods import Month
from members.models import EmploymentContract
from payroll import services
from payroll.models import (
    DifferenceDecision,
    PayrollRun,
    Payslip,
    PostedResult,
    QuarterSettlement,
    ResultFile,
    ResultLayout,
    SecretariatResult,
)
from payroll.queries import figures_of
from payroll.secretariat import queries
from payroll.secretariat.amounts import COMPONENTS, Amounts, of_payslip
from payroll.secretariat.reading import Layout
from payroll.services import runs, secretariat
from tests import cast
from tests.cast import at
from tests.payroll import build as pay
from tests.payroll.secretariat import build

OCTOBER = Month(2026, 10)
EUR = Decimal
ON = date(2026, 10, 26)
AT = at("2026-10-26 09:00")


@pytest.fixture
def world(db: None) -> cast.World:
    """Aline (2900.00) and Lina (half time, 1450.00) are to be paid for October; the secretariat's result is posted."""
    world = cast.world()
    pay.employer(world.archipel)
    for name, gross, hours in (("aline", "2900.00", "38"), ("lina", "1450.00", "19")):
        pay.contract(world.people[name], world.archipel, gross=gross, hours=hours)
        pay.money(world, name, "60000.00")
    choose(world, "secretariat")
    return world


def choose(world: cast.World, source: str, since: date = date(2026, 10, 1)) -> PostedResult:
    name = "Secrétariat Exemple" if source == "secretariat" else ""
    return services.record_choice(
        cooperative=world.archipel, valid_from=since, source=source, secretariat=name, by=world.elise
    )


@pytest.fixture
def run(world: cast.World) -> PayrollRun:
    """The calculated run of October."""
    return pay.calculated(world.archipel, OCTOBER)


def theirs(run: PayrollRun, changes: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Amounts]:
    """What the secretariat calculated for everybody of a run: as we, but for some changes by worker number."""
    return {
        row.contract.worker_number: build.amounts(
            queries.ours_of(row), **(changes or {}).get(row.contract.worker_number, {})
        )
        for row in Payslip.objects.filter(member__run=run)
        .select_related("contract")
        .order_by("contract__worker_number")
    }


def received(world: cast.World, run: PayrollRun, content: bytes, filename: str = "octobre.csv") -> ResultFile:
    return services.receive_file(run=run.pk, filename=filename, content=content, by=world.elise, on=ON, at=AT)


def checked(world: cast.World, run: PayrollRun, content: bytes, layout: Layout | None = None) -> ResultFile:
    file = received(world, run, content)
    return services.choose_columns(file=file.pk, layout=layout or Layout(build.COLUMNS), by=world.elise, on=ON)


def imported(world: cast.World, run: PayrollRun, results: Mapping[str, Amounts]) -> ResultFile:
    file = checked(world, run, build.csv(results))
    assert file.errors == []
    return services.import_results(file=file.pk, by=world.elise, on=ON)


def decide(world: cast.World, run: PayrollRun, decision: str = "accepted", reason: str = "Rounded otherwise.") -> int:
    """Decide all differences of a run that wait."""
    chosen = [
        (row.contract.pk, one.difference.code)
        for row in queries.reconcile(run)
        for one in row.differences
        if one.is_open
    ]
    return services.decide_differences(
        run=run.pk, chosen=chosen, decision=decision, reason=reason, by=world.elise, at=AT
    )


def submit(world: cast.World, run: PayrollRun) -> PayrollRun:
    return services.submit_run(run=run.pk, by=world.elise, at=AT)


def approve(world: cast.World, run: PayrollRun) -> PayrollRun:
    return services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 10, 28), at=at("2026-10-28 10:00"))


def a_cent_less(run: PayrollRun) -> dict[str, Amounts]:
    """The secretariat's results, with a cent less of Aline's tax."""
    ours = Payslip.objects.get(member__run=run, contract__worker_number="0001")
    tax = queries.ours_of(ours)["withholding_tax"].amount
    return theirs(run, {"0001": {"withholding_tax": tax - EUR("0.01")}})


POSTED = """\
  6202  A-017          2900.00
  454   -              -241.27
  453   -              -401.30
  454   -               -18.14
  455   -             -2239.29
  621   A-017           798.66
  454   -              -798.66
  454   -               194.80
  621   A-017          -194.80
  625   A-017           222.33
  456   -              -222.33
  6231  A-017           364.22
  459   -              -364.22
  6232  A-017             8.70
  6232  COOP             -8.70
  6233  A-017            40.00
  6233  COOP            -40.00
"""
"""A cent less of tax and a cent more of net than ours."""


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_waits_for_its_columns_is_checked_and_imported_and_the_layout_serves_the_next(
    world: cast.World, run: PayrollRun
) -> None:
    content = build.csv(theirs(run))

    first = received(world, run, content)
    assert (first.state, SecretariatResult.objects.count()) == ("received", 0)
    done = services.choose_columns(file=first.pk, layout=Layout(build.COLUMNS), by=world.elise, on=ON)
    assert (done.state, done.rows, SecretariatResult.objects.count()) == ("checked", 2, 0)
    done = services.import_results(file=first.pk, by=world.elise, on=ON)
    second = received(world, run, build.csv(a_cent_less(run)), "octobre-2.csv")

    assert done.state == "imported"
    assert {row.contract.worker_number: row.amounts() for row in SecretariatResult.objects.all()} == theirs(run)
    assert second.state == "checked"
    assert ResultLayout.objects.get().columns == build.COLUMNS


def test_the_same_file_twice_is_recognised_and_a_later_one_takes_its_place_as_a_whole(
    world: cast.World, run: PayrollRun
) -> None:
    content = build.csv(theirs(run))
    first = imported(world, run, theirs(run))

    again = received(world, run, content)
    twice = services.import_results(file=first.pk, by=world.elise, on=ON)
    later = imported(world, run, {"0001": theirs(run)["0001"]})

    assert (again.pk, twice.pk) == (first.pk, first.pk)
    first.refresh_from_db()
    assert (first.state, later.state) == ("replaced", "imported")
    assert len(queries.results_of(run)) == 1
    assert SecretariatResult.objects.count() == 3


def test_two_copies_of_a_checked_file_are_imported_once(world: cast.World, run: PayrollRun) -> None:
    content = build.csv(theirs(run))
    one, other = checked(world, run, content), checked(world, run, content)

    first = services.import_results(file=one.pk, by=world.elise, on=ON)
    second = services.import_results(file=other.pk, by=world.elise, on=ON)

    assert first.pk == second.pk
    assert SecretariatResult.objects.count() == 2


def test_a_file_with_a_wrong_cell_is_refused_and_writes_nothing(world: cast.World, run: PayrollRun) -> None:
    content = build.csv(theirs(run)).replace(b"2900,00", b"2900,OO")

    file = checked(world, run, content)

    assert file.state == "refused"
    assert [(one["line"], one["column"], one["value"]) for one in file.errors] == [(2, "Brut", "2900,OO")]
    with pytest.raises(secretariat.FileNotChecked):
        services.import_results(file=file.pk, by=world.elise, on=ON)
    assert not SecretariatResult.objects.exists()


def test_a_file_that_no_longer_holds_at_its_import_writes_nothing(world: cast.World, run: PayrollRun) -> None:
    file = checked(world, run, build.csv(theirs(run)))
    contract = Payslip.objects.get(contract__worker_number="0002").contract
    contract.worker_number = "0777"
    contract.save()

    done = services.import_results(file=file.pk, by=world.elise, on=ON)

    assert done.state == "refused"
    assert [(one["line"], one["value"]) for one in done.errors] == [(3, "0002")]
    assert not SecretariatResult.objects.exists()


def test_an_xml_file_is_imported_by_its_own_layout(world: cast.World, run: PayrollRun) -> None:
    layout = Layout(build.PATHS, "Results/Workers/Worker")

    file = checked(world, run, build.xml(theirs(run)), layout)
    services.import_results(file=file.pk, by=world.elise, on=ON)
    again = received(world, run, build.xml(a_cent_less(run)), "octobre-2.xml")

    assert again.state == "checked"
    assert [one.differences for one in queries.reconcile(run)] == [[], []]
    assert ResultLayout.objects.get(kind="xml").row_path == "Results/Workers/Worker"


def test_a_layout_without_a_needed_column_or_with_one_twice_is_refused(world: cast.World, run: PayrollRun) -> None:
    file = received(world, run, build.csv(theirs(run)))

    for columns, words in (
        ({name: head for name, head in build.COLUMNS.items() if name != "net"}, "Net pay"),
        ({**build.COLUMNS, "net": "Brut"}, "Brut"),
    ):
        with pytest.raises(secretariat.LayoutIncomplete, match=words):
            services.choose_columns(file=file.pk, layout=Layout(columns), by=world.elise, on=ON)
    assert not ResultLayout.objects.exists()


def test_only_who_prepares_the_pay_imports_decides_and_chooses(world: cast.World, run: PayrollRun) -> None:
    file = checked(world, run, build.csv(a_cent_less(run)))

    for name in ("bruno", "aline", "farid", "greet"):
        user = world.users[name]
        with pytest.raises(PermissionDenied):
            services.receive_file(run=run.pk, filename="x.csv", content=b"a;b\n1;2", by=user, on=ON, at=AT)
        with pytest.raises(PermissionDenied):
            services.choose_columns(file=file.pk, layout=Layout(build.COLUMNS), by=user, on=ON)
        with pytest.raises(PermissionDenied):
            services.import_results(file=file.pk, by=user, on=ON)
        with pytest.raises(PermissionDenied):
            services.decide_differences(run=run.pk, chosen=[], decision="accepted", reason="x", by=user, at=AT)
        with pytest.raises(PermissionDenied):
            services.record_choice(
                cooperative=world.archipel, valid_from=date(2026, 11, 1), source="own", secretariat="", by=user
            )


# --- decisions --------------------------------------------------------------------------------------------------------


def test_a_difference_is_decided_with_a_reason_and_again_when_an_amount_changes(
    world: cast.World, run: PayrollRun
) -> None:
    imported(world, run, a_cent_less(run))

    assert decide(world, run) == 1
    assert queries.undecided(queries.reconcile(run)) == []
    two = theirs(run, {"0001": {"withholding_tax": a_cent_less(run)["0001"].withholding_tax - EUR("0.01")}})
    imported(world, run, two)

    assert queries.undecided(queries.reconcile(run)) == [str(world.people["aline"])]
    decision = DifferenceDecision.objects.get()
    assert (decision.component, decision.decision, decision.by) == ("withholding_tax", "accepted", world.elise)
    assert decision.theirs - decision.ours == EUR("-0.01")


def test_a_decision_without_reason_of_nothing_or_of_what_follows_is_refused(world: cast.World, run: PayrollRun) -> None:
    imported(world, run, a_cent_less(run))
    aline = Payslip.objects.get(contract__worker_number="0001").contract_id

    def wish(chosen: list[Any], reason: str = "Because.") -> None:
        services.decide_differences(
            run=run.pk, chosen=chosen, decision="accepted", reason=reason, by=world.elise, at=AT
        )

    with pytest.raises(secretariat.ReasonMissing):
        wish([(aline, "withholding_tax")], reason="  ")
    for chosen in ([], [(aline, "net")], [(aline, "gross")]):
        with pytest.raises(secretariat.DifferenceGone):
            wish(chosen)
    assert not DifferenceDecision.objects.exists()


# --- the run ----------------------------------------------------------------------------------------------------------


def test_a_run_that_posts_the_secretariats_result_waits_for_results_and_decisions(
    world: cast.World, run: PayrollRun
) -> None:
    aline = str(world.people["aline"])

    with pytest.raises(runs.RunBlocked, match="not imported"):
        submit(world, run)
    imported(world, run, {"0002": theirs(run)["0002"]})
    with pytest.raises(runs.RunBlocked, match=f"result of {aline} is not imported"):
        submit(world, run)
    imported(world, run, a_cent_less(run))
    with pytest.raises(runs.RunBlocked, match=f"not decided for {aline}"):
        submit(world, run)
    decide(world, run, "rejected", "Their tax is wrong.")
    with pytest.raises(runs.RunBlocked, match=f"rejected for {aline}"):
        submit(world, run)
    imported(world, run, theirs(run))

    assert submit(world, run).state == "submitted"


def test_somebody_in_the_file_and_not_in_the_run_waits_for_a_decision(world: cast.World, run: PayrollRun) -> None:
    gone = pay.contract(world.people["hugo"], world.archipel, gross="1500.00")
    imported(world, run, {**theirs(run), gone.worker_number: theirs(run)["0002"]})

    with pytest.raises(runs.RunBlocked, match=str(world.people["hugo"])):
        submit(world, run)
    decide(world, run, reason="Left in September, paid by hand.")

    assert submit(world, run).state == "submitted"
    assert Payslip.objects.count() == 2


def test_approval_posts_the_secretariats_amounts_through_the_same_scheme_and_keeps_ours_beside(
    world: cast.World, run: PayrollRun
) -> None:
    ours = {row.contract.worker_number: of_payslip(queries.ours_of(row)) for row in Payslip.objects.all()}
    results = a_cent_less(run)
    imported(world, run, results)
    decide(world, run)
    submit(world, run)

    approve(world, run)

    slip = Payslip.objects.get(contract__worker_number="0001")
    assert slip.state == "approved"
    shown = of_payslip(figures_of(slip))
    assert {code: shown[code] for code in COMPONENTS} == {code: getattr(results["0001"], code) for code in COMPONENTS}
    assert of_payslip(queries.ours_of(slip)) == ours["0001"]
    assert slip.net == slip.to_pay == results["0001"].net == ours["0001"]["net"] + EUR("0.01")
    assert slip.result is not None
    assert OpenItem.objects.get(pk=slip.pk).gross == results["0001"].net
    assert journal_text([slip.entry]).splitlines()[1:] == POSTED.splitlines()
    assert sum(share.cost for share in slip.shares.all()) == slip.employer_cost


def test_what_is_attached_is_counted_on_the_secretariats_net(world: cast.World) -> None:
    aline = EmploymentContract.objects.get(worker_number="0001")
    services.record_attachment(
        contract=aline, kind="ordinary", creditor="Huissier Exemple", iban="BE71096123456769", reference="D-2026-17",
        claim=EUR("5000.00"), children=0, valid_from=date(2026, 10, 1), by=world.elise,
    )  # fmt: skip
    run = pay.calculated(world.archipel, OCTOBER)
    tax = queries.ours_of(Payslip.objects.get(contract=aline))["withholding_tax"].amount
    imported(world, run, theirs(run, {"0001": {"withholding_tax": tax + EUR("600.00")}}))
    decide(world, run, reason="A tax on last month too.")

    submit(world, run)
    approve(world, run)

    # the net falls from 2239.28 to 1639.28, into a lower band: 21.00 + 30 % of (1639.28 - 1524) is 55.58
    slip = Payslip.objects.get(contract=aline)
    assert (slip.net, slip.to_pay) == (EUR("1639.28"), EUR("1583.70"))
    assert [row.amount for row in slip.withheld.all()] == [EUR("55.58")]
    assert OpenItem.objects.get(pk=slip.pk).gross == EUR("1583.70")


def test_with_its_own_result_posted_the_file_stays_for_comparison(world: cast.World) -> None:
    choose(world, "own", date(2026, 10, 2))
    run = pay.calculated(world.archipel, OCTOBER)
    ours = {row.contract.worker_number: row.net for row in Payslip.objects.all()}
    imported(world, run, a_cent_less(run))

    submit(world, run)
    approve(world, run)

    slips = Payslip.objects.all()
    assert {row.contract.worker_number: row.net for row in slips} == ours
    assert [(row.result, row.simulation) for row in slips] == [(None, None), (None, None)]
    assert [one.code for row in queries.reconcile(run) for one in (d.difference for d in row.differences)] == [
        "withholding_tax", "net",
    ]  # fmt: skip


def test_a_run_taken_back_shows_our_own_amounts_again_and_takes_files_again(world: cast.World, run: PayrollRun) -> None:
    before = {row.pk: (row.figures, row.net, row.employer_cost) for row in Payslip.objects.all()}
    imported(world, run, a_cent_less(run))
    decide(world, run)
    submit(world, run)
    with pytest.raises(secretariat.RunTakesNoResults):
        received(world, run, build.csv(theirs(run)))

    services.take_back_run(run=run.pk, by=world.elise, at=AT)

    slips = Payslip.objects.all()
    assert {row.pk: (row.figures, row.net, row.employer_cost) for row in slips} == before
    assert all(row.result is None and row.simulation is None for row in slips)
    assert all(sum(share.cost for share in row.shares.all()) == row.employer_cost for row in slips)
    assert received(world, run, build.csv(theirs(run))).state == "checked"


def test_a_result_that_reverses_a_correction_is_imported_for_the_correction_itself(
    world: cast.World, run: PayrollRun
) -> None:
    imported(world, run, theirs(run))
    submit(world, run)
    approve(world, run)
    old = Payslip.objects.get(contract__worker_number="0002")
    again = services.open_correction(
        payslip=old.pk, gross=EUR("1600.00"), hours=EUR("19"), reason="Forgotten.", by=world.elise,
        at=at("2026-11-05 10:00"),
    )  # fmt: skip
    while services.calculate_members(run=again.pk, at=at("2026-11-05 10:01")):
        pass
    with pytest.raises(runs.RunBlocked, match="not imported"):
        submit(world, again)

    imported(world, again, theirs(again))
    submit(world, again)
    services.approve_run(run=again.pk, by=world.bruno, on=date(2026, 11, 6), at=at("2026-11-06 10:00"))

    new = Payslip.objects.paid().get(contract=old.contract)
    assert (new.gross, new.result is not None) == (EUR("1600.00"), True)
    old.refresh_from_db()
    assert old.state == "reversed"


def test_the_quarter_of_the_secretariats_months_is_not_settled_a_second_time(world: cast.World) -> None:
    for month in (OCTOBER, Month(2026, 11), Month(2026, 12)):
        run = pay.calculated(world.archipel, month)
        results = theirs(run, {"0002": {"structural_reduction": "100.00"}})
        imported(world, run, results)
        decide(world, run, reason="By the month.")
        submit(world, run)
        services.approve_run(run=run.pk, by=world.bruno, on=month.last, at=at(f"{month.last} 10:00"))

    assert not QuarterSettlement.objects.exists()
    assert services.settle_quarter(
        cooperative=world.archipel, last_month=Month(2026, 12), on=date(2026, 12, 31), at=at("2026-12-31 11:00")
    ) == []  # fmt: skip
    assert not Reservation.objects.filter(source="payroll.payslip.advance", released_on__isnull=True).exists()


def test_what_was_held_of_an_own_month_is_free_once_the_secretariat_pays_in_its_quarter(world: cast.World) -> None:
    PostedResult.objects.all().delete()
    pay.approve(world, pay.calculated(world.archipel, OCTOBER), on=date(2026, 10, 28))
    held = Reservation.objects.filter(source="payroll.payslip.advance", released_on__isnull=True)
    assert held.count() == 2
    choose(world, "secretariat", date(2026, 11, 1))
    run = pay.calculated(world.archipel, Month(2026, 11))
    imported(world, run, theirs(run))

    submit(world, run)
    services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 11, 28), at=at("2026-11-28 10:00"))

    assert not held.exists()


def test_replay_calculates_our_simulation_again(world: cast.World, run: PayrollRun, capsys: Any) -> None:
    imported(world, run, a_cent_less(run))
    decide(world, run)
    submit(world, run)
    approve(world, run)

    call_command("replay_payslips")

    assert "2 payslips: 2 the same to the cent" in capsys.readouterr().out


# --- choice -----------------------------------------------------------------------------------------------------------


def test_a_choice_ends_the_one_before_and_none_changes_pay_that_is_submitted(
    world: cast.World, run: PayrollRun
) -> None:
    later = choose(world, "own", date(2026, 12, 1))
    imported(world, run, theirs(run))
    submit(world, run)

    first = PostedResult.objects.get(source="secretariat")
    assert (first.valid_until, later.valid_until) == (date(2026, 12, 1), None)
    assert queries.posts_secretariat(run)
    december = PayrollRun(cooperative=world.archipel, month=date(2026, 12, 1))
    assert not queries.posts_secretariat(december)
    for since in (date(2026, 10, 1), date(2026, 12, 1)):
        with pytest.raises(secretariat.ChoiceInThePast):
            choose(world, "own", since)


# --- the database -----------------------------------------------------------------------------------------------------


def refused(constraint: str, act: Any) -> None:
    """The database refuses an act by a constraint."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    assert guards.broken_constraint(error.value) == constraint


def test_the_rules_of_results_stand_in_the_database(world: cast.World, run: PayrollRun) -> None:
    file = imported(world, run, a_cent_less(run))
    decide(world, run)
    result, decision = SecretariatResult.objects.first(), DifferenceDecision.objects.get()
    assert result is not None
    other = ResultFile.objects.get(pk=file.pk)
    other.pk, other._state.adding, other.content = None, True, "x"

    refused("append_only", lambda: SecretariatResult.objects.filter(pk=result.pk).update(net=1))
    refused("append_only", result.delete)
    refused("append_only", lambda: DifferenceDecision.objects.filter(pk=decision.pk).update(decision="rejected"))
    refused("frozen", lambda: ResultFile.objects.filter(pk=file.pk).update(rows=9))
    refused(
        "secretariat_result_adds_up",
        lambda: SecretariatResult.objects.create(
            file=file, contract=pay.contract(world.people["hugo"], world.archipel), line=9,
            **{**vars(theirs(run)["0001"]), "net": EUR("1.00")},
        ),
    )  # fmt: skip
    refused(
        "difference_decision_with_reason",
        lambda: DifferenceDecision.objects.create(
            run=run, contract=result.contract, component="net", ours=1, theirs=2, decision="accepted", reason="",
            by=world.elise, at=AT,
        ),
    )  # fmt: skip
    refused(
        "posted_result_secretariat_named",
        lambda: PostedResult.objects.create(
            cooperative=Cooperative.objects.get(code="boreal"), valid_from=ON, source="secretariat"
        ),
    )
    slip = Payslip.objects.first()
    assert slip is not None
    refused("payslip_simulation_beside_result", lambda: Payslip.objects.filter(pk=slip.pk).update(result=result))
