"""A payment beside pay that was not due is withdrawn; one whose withholding was wrong is corrected."""

import re
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from coop import guards
from coop.access.models import User
from coop.banking import services as banking
from coop.documents.models import Document
from coop.entities.models import BankAccount
from coop.ledger import queries as ledger
from coop.ledger.models import Entry, Line, OpenItem
from coop.periods import Month
from payroll import exceptional_facts, paid, provisions, queries, services, withdrawals
from payroll.beside_models import WageAttachment
from payroll.exceptional import Nature
from payroll.models import PayrollRun, Payslip, QuarterSettlement
from payroll.services import approval, corrections
from tests import cast
from tests.cast import at
from tests.payroll import beside, build
from tests.payroll.beside import DECEMBER, EUR, JUNE, NOVEMBER, OCTOBER
from tests.payroll.test_exceptional_runs import HOLIDAY, PREMIUM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def words():
    """Refusals and pages are read in English."""
    with translation.override("en"):
        yield


def holiday() -> tuple[cast.World, Payslip]:
    """Lina has her double holiday pay of June 2026, out of what was set aside the year before."""
    world = beside.world()
    beside.set_aside_before(world)
    beside.paid(world, HOLIDAY, JUNE)
    return world, beside.slip(world, HOLIDAY)


def opened(
    world: cast.World, old: Payslip, *, reason: str = "Taken with the employer before.", by: object = None
) -> PayrollRun:
    """Let Élise open the withdrawal of a payment."""
    return services.open_withdrawal(payslip=old.pk, reason=reason, by=by or world.elise, at=at("2026-07-03 09:00"))


def withdrawn(world: cast.World, old: Payslip, on: date = date(2026, 7, 6)) -> PayrollRun:
    """Withdraw a payment: Élise submits, Bruno approves."""
    run = opened(world, old)
    services.submit_run(run=run.pk, by=world.elise, at=at(f"{on} 09:00"))
    run = services.approve_run(run=run.pk, by=world.bruno, on=on, at=at(f"{on} 10:00"))
    old.refresh_from_db()
    return run


def pay(world: cast.World, item: Payslip, amount: Decimal) -> None:
    """Pay a payslip from the bank on the last of June."""
    bank = BankAccount.objects.filter(cooperative=world.archipel).first()
    banking.record_payment(
        item=item.pk, amount=amount, on=date(2026, 6, 30), bank_account=bank, by=None, at=at("2026-06-30")
    )


# --- in the books -----------------------------------------------------------------------------------------------------


def test_a_withdrawn_payment_is_reversed_and_nothing_takes_its_place() -> None:
    world, old = holiday()

    run = withdrawn(world, old)

    assert (run.state, old.state) == ("approved", "reversed")
    assert not Payslip.objects.filter(member__run=run).exists()
    assert Entry.objects.get(reverses=old.entry).date == date(2026, 7, 6)
    sums = Line.objects.filter(entry__in=[old.entry, Entry.objects.get(reverses=old.entry)]).values_list(
        "account", "amount"
    )
    by_account: dict[int, Decimal] = {}
    for account, amount in sums:
        by_account[account] = by_account.get(account, Decimal(0)) + amount
    assert set(by_account.values()) == {Decimal(0)}
    assert ledger.residual(OpenItem.objects.get(pk=old.pk)) == 0
    assert beside.faults(world) == []


def test_what_was_set_aside_for_it_is_there_again() -> None:
    world, old = holiday()
    pk = beside.contract(world).pk
    assert exceptional_facts.provided([pk], Nature.DOUBLE_HOLIDAY_PAY, JUNE)[pk] == 0

    withdrawn(world, old)

    assert exceptional_facts.provided([pk], Nature.DOUBLE_HOLIDAY_PAY, JUNE)[pk] == EUR("1334.00")
    rows = provisions.paid_until(world.elise, world.archipel.pk, 2026, person=world.people["lina"].pk)
    assert rows == []


def test_what_was_paid_is_owed_by_the_member() -> None:
    world, old = holiday()
    pay(world, old, old.to_pay)

    run = withdrawn(world, old)

    assert ledger.residual(OpenItem.objects.get(pk=old.pk)) == 0
    assert ledger.residual(OpenItem.objects.get(pk=run.pk)) == old.to_pay
    found = withdrawals.withdrawn_by(old)
    assert found is not None
    assert found.to_give_back == old.to_pay
    assert beside.faults(world) == []


def test_account_slip_and_declarations_count_it_no_more_and_agree_with_the_books() -> None:
    world, old = holiday()
    first, last = Month(2026, 4), JUNE
    assert len(paid.paid_in(world.elise, world.archipel.pk, first, last)) == 2

    withdrawn(world, old)

    rows = paid.paid_in(world.elise, world.archipel.pk, first, last)
    assert [row.name for row in rows] == [str(world.people["aline"])]
    workers = paid.workers_in(world.elise, world.archipel.pk, first, last)
    assert [worker.name for worker in workers] == [str(world.people["aline"])]
    assert paid.dmfa_check(world.archipel.pk, workers, first, last).agrees
    assert paid.withholding_check(world.archipel.pk, rows, first, last).agrees
    whole = provisions.paid_until(world.elise, world.archipel.pk, 2026)
    assert all(one.agrees for one in provisions.whole_checks(world.archipel.pk, whole, DECEMBER))


def test_a_withdrawn_premium_counts_no_more_in_its_settled_quarter() -> None:
    world = beside.world(OCTOBER, NOVEMBER, DECEMBER)
    services.settle_quarter(cooperative=world.archipel, last_month=DECEMBER, on=DECEMBER.last, at=at("2026-12-31"))
    before = QuarterSettlement.objects.get(contract=beside.contract(world))
    beside.paid(world, PREMIUM, DECEMBER)
    with_premium = QuarterSettlement.objects.get(contract=beside.contract(world), sequence=2)
    assert with_premium.reduction_due < before.reduction_due

    withdrawn(world, beside.slip(world, PREMIUM), on=date(2026, 12, 31))

    again = QuarterSettlement.objects.get(contract=beside.contract(world), sequence=3)
    assert again.reduction_due == before.reduction_due
    assert beside.faults(world) == []


def test_it_can_be_paid_anew_when_it_is_due() -> None:
    world, old = holiday()
    withdrawn(world, old)

    beside.paid(world, HOLIDAY, Month(2026, 8))

    again = beside.slip(world, HOLIDAY)
    assert (again.month, again.gross, again.employer_cost) == (date(2026, 8, 1), EUR("1334.00"), EUR("0.00"))


def test_stored_payslips_of_a_withdrawal_are_replayed_without_a_difference() -> None:
    world, old = holiday()
    withdrawn(world, old)
    said = StringIO()

    call_command("replay_payslips", stdout=said)

    assert said.getvalue().startswith("2 payslips: 2 the same to the cent, 0 differ")


def test_approving_twice_reverses_once_and_an_interrupted_approval_is_carried_through() -> None:
    world, old = holiday()
    run = opened(world, old)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-07-06 09:00"))
    services.start_approval(run=run.pk, by=world.bruno, on=date(2026, 7, 6), at=at("2026-07-06 10:00"))
    run.refresh_from_db()
    assert run.state == "submitted"
    assert approval.interrupted_approvals(at("2026-07-06 10:01")) == [run.pk]

    for _time in range(2):
        services.continue_approval(run=run.pk, at=at("2026-07-06 10:02"))

    run.refresh_from_db()
    assert run.state == "approved"
    assert Entry.objects.filter(reverses=old.entry).count() == 1
    assert Document.objects.filter(kind=withdrawals.KIND, subject=old.pk).count() == 1


# --- who and what is refused ------------------------------------------------------------------------------------------


def test_the_officer_opens_another_person_approves() -> None:
    world, old = holiday()
    cast.grant(world.elise, cast.Role.ACCOUNTANT, cooperative=world.archipel)
    for user in (world.lina, world.bruno):
        with pytest.raises(PermissionDenied):
            opened(world, old, by=user)
    run = opened(world, old)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-07-06 09:00"))

    with pytest.raises(approval.OwnRun):
        services.approve_run(
            run=run.pk, by=User.objects.get(pk=world.elise.pk), on=date(2026, 7, 6), at=at("2026-07-06 10:00")
        )

    old.refresh_from_db()
    assert old.state == "approved"


def test_a_second_click_finds_the_same_one_and_another_correction_waits() -> None:
    world, old = holiday()
    run = opened(world, old)

    assert opened(world, old).pk == run.pk
    with pytest.raises(corrections.CorrectionUnderWay):
        opened(world, old, reason="Another reason.")
    with pytest.raises(corrections.CorrectionUnderWay):
        services.open_exceptional_correction(
            payslip=old.pk, months=7, reason="Wrong.", by=world.elise, at=at("2026-07-03")
        )


def test_a_withdrawal_needs_a_reason_and_a_payment_that_counts() -> None:
    world, old = holiday()

    with pytest.raises(corrections.CorrectionIncomplete):
        opened(world, old, reason=" ")
    withdrawn(world, old)
    with pytest.raises(corrections.NotCorrectable):
        opened(world, old)


def test_the_pay_of_a_month_is_not_withdrawn() -> None:
    world = beside.world(OCTOBER)

    with pytest.raises(corrections.NotCorrectable, match="the contract is paid in any case"):
        opened(world, Payslip.objects.filter(nature="").first())


def test_a_cancelled_withdrawal_leaves_the_payment_as_it_was() -> None:
    world, old = holiday()
    run = opened(world, old)

    services.cancel_run(run=run.pk, by=world.elise, at=at("2026-07-04"))

    old.refresh_from_db()
    assert (old.state, withdrawals.withdrawn_by(old)) == ("approved", None)
    assert opened(world, old).pk != run.pk


def test_calculating_a_withdrawal_again_makes_no_payslip() -> None:
    world, old = holiday()
    run = opened(world, old)

    services.recalculate(run=run.pk, by=world.elise)
    services.calculate_members(run=run.pk, at=at("2026-07-04"))

    run.refresh_from_db()
    assert (run.state, run.members.get().state) == ("calculated", "done")
    assert not Payslip.objects.filter(member__run=run).exists()


def test_the_database_lets_only_a_correction_of_a_payment_withdraw() -> None:
    world = beside.world(OCTOBER)

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        PayrollRun.objects.create(
            cooperative=world.archipel, month=NOVEMBER.first, opened_at=at("2026-11-02"), withdraws=True
        )
    assert guards.broken_constraint(error.value) == "payroll_run_withdraws_payment"


# --- pages and paper --------------------------------------------------------------------------------------------------


def text_of(page: object) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())).replace("&#x27;", "'")  # type: ignore[attr-defined]


def test_the_officer_withdraws_from_the_page_of_the_payslip_and_the_member_reads_why() -> None:
    world, old = holiday()
    pay(world, old, EUR("500.00"))
    page = Client(headers={"accept-language": "en"})
    page.force_login(world.elise)
    address = reverse("payroll:payslip_correct", args=[old.pk])

    empty = page.post(address, {"act": "other", "other-reason": ""})
    assert empty.status_code == 422
    done = page.post(address, {"act": "other", "other-reason": "Paid by her other employer."}, follow=True)
    run = PayrollRun.objects.get(withdraws=True)
    assert done.redirect_chain[-1][0] == reverse("payroll:run_detail", args=[run.pk])
    assert "€500.00 was paid and is to be given back" in text_of(done)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-07-06 09:00"))
    totals = Client(headers={"accept-language": "en"})
    totals.force_login(world.bruno)
    assert "Approving reverses the payment" in text_of(totals.get(reverse("payroll:run_detail", args=[run.pk])))
    services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 7, 6), at=at("2026-07-06 10:00"))

    own = Client(headers={"accept-language": "en"})
    own.force_login(world.lina)
    read = text_of(own.get(reverse("payroll:payslip_detail", args=[old.pk])))
    assert "Paid by her other employer." in read
    assert "€500.00 of it was paid and is still to be given back." in read


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_the_document_says_what_is_withdrawn_why_and_what_to_give_back(language: str) -> None:
    world, old = holiday()
    pay(world, old, old.to_pay)
    withdrawn(world, old)
    document = withdrawals.document_of(old)
    assert document is not None
    assert document.parameters == {"paid": "924.25"}

    with translation.override(language):
        html = render_to_string(
            withdrawals.TEMPLATE, {**withdrawals.context_of(old, paid=old.to_pay), "language": language}
        )

    words_ = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "Taken with the employer before." in words_
    assert {"en": "€924.25", "fr": "924,25 €", "nl": "€ 924,25"}[language] in words_
    assert withdrawals.build(document).startswith(b"%PDF")


# --- corrections that concern what is withheld ------------------------------------------------------------------------


def attached(world: cast.World) -> WageAttachment:
    """Serve an attachment on Archipel for the pay of Aline from December on."""
    return services.record_attachment(
        contract=beside.contract(world, "aline"), claim=EUR("5000.00"), by=world.elise, kind="ordinary",
        creditor="Huissier Exemple", iban="BE68539007547034", reference="D-2026-17", children=0,
        valid_from=date(2026, 12, 1),
    )  # fmt: skip


def test_a_payment_whose_attachment_is_as_it_was_has_nothing_to_correct() -> None:
    world = beside.world(OCTOBER, NOVEMBER)
    attached(world)
    build.approved(world, DECEMBER)
    beside.paid(world, PREMIUM, DECEMBER)
    old = beside.slip(world, PREMIUM, "aline")
    assert old.withheld.exists()

    with pytest.raises(corrections.NothingToCorrect):
        services.open_exceptional_correction(payslip=old.pk, reason="Looked at.", by=world.elise, at=at("2026-12-30"))


def test_an_attachment_recorded_too_late_is_withheld_by_a_correction() -> None:
    world = beside.world(OCTOBER, NOVEMBER)
    run = beside.opened(world, PREMIUM, DECEMBER)
    beside.approved(world, run)
    old = beside.slip(world, PREMIUM, "aline")
    assert old.payment_facts is None
    attachment = attached(world)

    run = services.open_exceptional_correction(
        payslip=old.pk, reason="The attachment came on 1 December.", by=world.elise, at=at("2026-12-30")
    )
    new = beside.slip_of(world, run)

    assert new.net == old.net
    assert new.to_pay < old.to_pay
    withheld = new.withheld.get()
    assert (withheld.attachment, withheld.amount) == (attachment, old.to_pay - new.to_pay)
    assert -ledger.residual(OpenItem.objects.get(pk=attachment.pk)) == withheld.amount
    assert queries.figures_of(new)["exceptional_net"].amount == new.net
    assert beside.faults(world) == []
