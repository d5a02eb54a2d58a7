"""What docs/declarations.md states of one month: contracts that follow each other and an attachment; vouchers without room."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import translation

from coop.ledger.models import Line
from coop.periods import Month
from members.models import EmploymentContract
from payroll import journal, queries, services
from payroll.models import Payslip
from payroll.services import corrections
from tests import books, cast
from tests.cast import at
from tests.payroll import beside, build
from tests.payroll.beside import EUR, NOVEMBER, OCTOBER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def words():
    """Refusals are read in English."""
    with translation.override("en"):
        yield


def attached(world: cast.World, contract: EmploymentContract, since: date, *, kind: str = "ordinary") -> None:
    """Serve an attachment of 5000.00 on a contract."""
    services.record_attachment(
        contract=contract, claim=EUR("5000.00"), by=world.elise, kind=kind, creditor="Huissier Exemple",
        iban="BE71096123456769", reference="D-2026-17", children=0, valid_from=since,
    )  # fmt: skip


def withheld(payslip: Payslip) -> Decimal:
    """What a payslip withholds for the creditor."""
    return journal.amount(queries.figures_of(payslip), "deduction.attachment")


def test_two_payslips_of_a_run_are_attached_each_alone_and_a_correction_counts_both() -> None:
    world = beside.world()
    first = beside.contract(world, "aline")
    beside.leaves(world, "aline", date(2026, 10, 15))
    second = build.contract(
        world.people["aline"], world.archipel, gross="2900.00", hours="38", since=date(2026, 10, 16)
    )
    attached(world, first, date(2026, 10, 1))
    attached(world, second, date(2026, 10, 16))
    build.approved(world, OCTOBER)
    slips = [Payslip.objects.paid().get(contract=one) for one in (first, second)]
    alone = sum(withheld(one) for one in slips)

    run = services.open_correction(
        payslip=slips[1].pk, gross=slips[1].gross, hours=slips[1].hours, reason="The scale is that of the month.",
        by=world.elise, at=at("2026-10-30"),
    )  # fmt: skip
    new = beside.slip_of(world, run)

    both = withheld(slips[0]) + withheld(new)
    assert both > alone
    kept = slips[0].net + new.net - both
    assert kept == EUR("1839.00") - EUR("21.00") - EUR("47.40") - EUR("62.80")  # the scale of 2026, all above 1,839.00
    with pytest.raises(corrections.NothingToCorrect):
        services.open_correction(
            payslip=new.pk, gross=new.gross, hours=new.hours, reason="Again.", by=world.elise, at=at("2026-11-02")
        )


def test_vouchers_without_room_stay_on_416_until_an_advance_of_their_amount_is_deducted() -> None:
    world = beside.world()
    contract = beside.contract(world, "aline")
    services.record_allowance_terms(
        contract=contract, since=OCTOBER, by=world.elise, voucher_employer=EUR("1.00"), voucher_worker=EUR("9.00")
    )
    services.record_allowance_month(
        contract=contract, month=OCTOBER, by=world.elise, on=date(2026, 10, 20), at=at("2026-10-20"),
        kilometres=EUR("0"), bicycle_days=0, vouchers=20,
    )  # fmt: skip
    attached(world, contract, date(2026, 10, 1), kind="maintenance")
    build.approved(world, OCTOBER)
    assert receivable(world) == EUR("180.00")

    attachment = contract.attachments.get()
    services.end_attachment(attachment=attachment, until=date(2026, 11, 1), by=world.elise)
    services.record_deduction(
        contract=contract, kind="advance", amount=EUR("180.00"), since=NOVEMBER, reason="Vouchers of October.",
        by=world.elise, on=date(2026, 11, 2), at=at("2026-11-02"),
    )  # fmt: skip
    build.approved(world, NOVEMBER)

    assert receivable(world) == 0
    assert books.faults(world.archipel, at(f"{Month(2026, 12).last}")) == []


def receivable(world: cast.World) -> Decimal:
    """What members owe on account 416."""
    lines = Line.objects.filter(cooperative=world.archipel, account__role="other_receivables")
    return lines.aggregate(total=Sum("amount"))["total"] or Decimal(0)
