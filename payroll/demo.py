"""The pay's part of the demonstration: orders of the month, the run, its approval, the wages paid."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from coop.banking import services as banking
from coop.demo import steps
from coop.demo.cast import Member
from coop.demo.files import Rows, Value
from coop.demo.world import World
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.ledger import queries as ledger
from coop.ledger.models import OpenItem
from coop.money import cents
from coop.periods import Month
from members.models import EmploymentContract, Person
from payroll import absence_demo, beside_demo, facts, pricing, services
from payroll.exceptional import DECEMBER, JUNE, Nature
from payroll.models import EmployerTerms, PayrollRun, SalaryOrder

ORDERED, CUT_OFF, APPROVED, PAID = 14, 20, 26, 28
MORE = (Decimal("1.06"), Decimal("1.10"), Decimal("1.03"), Decimal("1.00"), Decimal("1.08"))
POLICIES = {"archipel": EmployerTerms.ReductionPolicy.ADVANCE, "boreal": EmployerTerms.ReductionPolicy.HOLD}
PREMIUMS = {("archipel", JUNE): Nature.DOUBLE_HOLIDAY_PAY, ("archipel", DECEMBER): Nature.END_OF_YEAR_PREMIUM}
"""What a cooperative pays in a month of the year, beside the pay of that month."""


def play(world: World, month: Month) -> None:
    """Play the pay of a month in each cooperative of employees: of a month that is over to its payment."""
    for house in world.houses:
        if house.code not in POLICIES:
            continue
        cooperative = steps.house(house.code)
        if month == world.first_month:
            _open(world, cooperative)
        runs = PayrollRun.objects.filter(cooperative=cooperative, month=month.first, kind=PayrollRun.Kind.ORDINARY)
        run = runs.exclude(state=PayrollRun.State.CANCELLED).first()
        if run is None:
            employees = _employees(world, cooperative, month)
            _order(world, cooperative, month)
            beside_demo.play(world, cooperative, month, employees)
            absence_demo.play(world, cooperative, month, employees)
        if world.over(month):
            _pay(world, cooperative, month)
        elif world.reference_day >= month.day(CUT_OFF):
            _calculate(world, cooperative, month)


# --- the opening ------------------------------------------------------------------------------------------------------


def _open(world: World, cooperative: Cooperative) -> None:
    """Set the employer's terms, and bring in the pay of the quarter so far."""
    EmployerTerms.objects.get_or_create(
        cooperative=cooperative,
        valid_from=world.first_month.plus(-12).first,
        defaults={
            "joint_committee": "200", "headcount_class": EmployerTerms.Headcount.TWENTY_OR_MORE,
            "commercial_purpose": True, "category": 1, "onss_number": f"19{cooperative.enterprise_number[-7:]}",
            "cut_off_day": CUT_OFF, "pay_day": PAID, "accident_insurance_rate": Decimal("0.003"),
            "fixed_costs": Decimal("40.00"), "holiday_provision": EmployerTerms.HolidayProvision.CASH,
            "reduction_policy": POLICIES[cooperative.code],
        },
    )  # fmt: skip
    path = world.folder / cooperative.code / "pay_of_quarter.csv"
    known = [file for file in (path, path.with_suffix(".xlsx")) if file.exists()]
    written = known[0] if known else world.write(cooperative.code, "pay_of_quarter", _pay_so_far(world, cooperative))
    officer = steps.staff("payroll_officer", cooperative.code)
    steps.bring(world, "pay_of_quarter", cooperative.code, written, by=officer, on=world.first_day)


def _pay_so_far(world: World, cooperative: Cooperative) -> Rows:
    """Return what the old payroll paid before the first month, as it would have: contractual wages, by the same law."""
    before = world.first_month.plus(-1)
    start = world.first_month.plus(1 - world.first_month.place_in_quarter)
    months = list(min(start, before).until(before))
    rows: list[dict[str, Value]] = []
    contracts = EmploymentContract.objects.filter(cooperative=cooperative, valid_from__lt=world.first_day)
    for month in months:
        bases = facts.bases(list(contracts.values_list("pk", flat=True)), month, estimate=True)
        for contract in contracts.order_by("worker_number"):
            basis = bases.get(contract.pk)
            if isinstance(basis, facts.Basis):
                rows.append(_paid_row(contract, month, basis))
    return rows


def _paid_row(contract: EmploymentContract, month: Month, basis: facts.Basis) -> dict[str, Value]:
    payslip = pricing.payslip(basis, basis.contract_gross)

    def amount(code: str) -> Decimal:
        return payslip[code].amount if code in payslip else Decimal("0.00")

    return {
        "worker_number": contract.worker_number, "month": str(month), "gross": basis.contract_gross,
        "hours": basis.facts.work.hours, "full_time_hours": basis.facts.work.full_time_hours,
        "reduction": amount("structural_reduction"), "special_contribution": amount("special_contribution"),
        "end_of_year_base": amount("end_of_year_base") * month.number,
        "double_holiday_pay": amount("double_holiday_pay") * month.number,
    }  # fmt: skip


# --- orders -----------------------------------------------------------------------------------------------------------


def _order(world: World, cooperative: Cooperative, month: Month) -> None:
    """Let the members who wish something order it, and the payroll officer decide; the last order of the open month waits."""
    if world.reference_day < month.day(ORDERED):
        return
    wishing = [member for member in _employees(world, cooperative, month) if member.wish]
    waiting = wishing[-1:] if not world.over(month) else []
    for place, member in enumerate(wishing):
        person = Person.objects.select_related("user").get(email=member.email)
        known = SalaryOrder.objects.live().filter(person=person, cooperative=cooperative, month=month.first)
        if not known.exists():
            _wish(world, cooperative, month, member, person, place, decide=member not in waiting)


def _employees(world: World, cooperative: Cooperative, month: Month) -> list[Member]:
    return [
        member
        for member in world.members
        if member.house == cooperative.code and member.status == "employee" and world.first_of(member) <= month.first
        and (world.last_of(member) or month.last) >= month.last
    ]  # fmt: skip


def _wish(
    world: World, cooperative: Cooperative, month: Month, member: Member, person: Person, place: int, *, decide: bool
) -> None:
    """Order what the tables say; what is not free, or what the officer must refuse, is ordered at the contractual wage."""
    ordered, decided = world.day(month, ORDERED), world.day(month, CUT_OFF)
    officer = steps.staff("payroll_officer", cooperative.code)
    gross = cents(Decimal(member.gross) * MORE[(place + month.number) % len(MORE)])
    target, amount = member.wish, gross
    if gross == Decimal(member.gross):
        target = "gross"  # the net of the contractual wage is reached a cent below it
    elif member.wish != "gross":
        priced = services.simulate(person=person, cooperative=cooperative, month=month, target="gross", amount=gross)
        amount = priced.cost if member.wish == "cost" else priced.net
    try:
        order = _submit(world, cooperative, month, person, target, amount, ordered)
    except pricing.OrderAboveFree:
        order = _submit(world, cooperative, month, person, "gross", Decimal(member.gross), ordered)
    if not decide:
        return
    try:
        with transaction.atomic():
            services.approve_order(order=order.pk, by=officer, on=decided, at=world.at(decided))
    except Refused as refused:
        services.refuse_order(order=order.pk, reason=str(refused), by=officer, at=world.at(decided))
        order = _submit(world, cooperative, month, person, "gross", Decimal(member.gross), decided)
        services.approve_order(order=order.pk, by=officer, on=decided, at=world.at(decided))


def _submit(
    world: World, cooperative: Cooperative, month: Month, person: Person, target: str, amount: Decimal, day: Any
) -> SalaryOrder:
    return services.submit_order(
        person=person, cooperative=cooperative, month=month, target=target, amount=amount, by=person.user, on=day,
        at=world.at(day),
    )  # fmt: skip


# --- runs -------------------------------------------------------------------------------------------------------------


def _calculate(world: World, cooperative: Cooperative, month: Month) -> PayrollRun:
    """Open the run on the cut-off day and calculate everybody."""
    day = world.day(month, CUT_OFF)
    return _calculated(world, services.open_run(cooperative=cooperative, month=month, on=day, at=world.at(day)), day)


def _calculated(world: World, run: PayrollRun, day: date) -> PayrollRun:
    while run.state == PayrollRun.State.OPEN and services.calculate_members(run=run.pk, at=world.at(day)):
        continue
    run.refresh_from_db()
    return run


def _pay(world: World, cooperative: Cooperative, month: Month) -> None:
    """Carry the run of a month that is over to its end: checked, approved by another person, paid, settled, closed.

    A premium or holiday pay of the month is approved after it, so that what the month sets aside counts too.
    """
    run = _calculate(world, cooperative, month)
    officer, accountant = (steps.staff(role, cooperative.code) for role in ("payroll_officer", "accountant"))
    run = _approve(world, run, officer, accountant)
    if run.state == PayrollRun.State.APPROVED:
        premium = _premium(world, cooperative, month, officer, accountant)
        _transfer(world, cooperative, month, accountant)
        beside_demo.pay_on(world, cooperative, month, PAID)
        if month.place_in_quarter == 3:
            services.settle_quarter(
                cooperative=cooperative, last_month=month, on=month.last, at=world.at(month.last), by=officer
            )
        for one in [*premium, run]:
            services.close_run(run=one.pk, by=accountant, at=world.at(month.last))


def _premium(world: World, cooperative: Cooperative, month: Month, officer: Any, accountant: Any) -> list[PayrollRun]:
    """Calculate and approve the premium or holiday pay of a month; return its run as long as it is not closed."""
    nature = PREMIUMS.get((cooperative.code, month.number))
    if nature is None:
        return []
    day = world.day(month, APPROVED)
    known = PayrollRun.objects.filter(
        cooperative=cooperative, month=month.first, nature=nature, kind=PayrollRun.Kind.EXCEPTIONAL
    )
    run = known.exclude(state=PayrollRun.State.CANCELLED).first() or services.open_exceptional_run(
        cooperative=cooperative, nature=nature, month=month, at=world.at(day), by=officer
    )
    run = _approve(world, _calculated(world, run, day), officer, accountant)
    return [run] if run.state == PayrollRun.State.APPROVED else []


def _approve(world: World, run: PayrollRun, officer: Any, accountant: Any) -> PayrollRun:
    day = world.day(Month.of(run.month), APPROVED)
    if run.state == PayrollRun.State.CALCULATED:
        run = services.submit_run(run=run.pk, by=officer, at=world.at(day), note="Contrôlé avec les contrats du mois.")
    if run.state == PayrollRun.State.SUBMITTED:
        run = services.approve_run(run=run.pk, by=accountant, on=day, at=world.at(day))
    return run


def _transfer(world: World, cooperative: Cooperative, month: Month, accountant: Any) -> None:
    """Pay the net of each payslip of the month from the bank."""
    day, account = month.day(PAID), steps.bank(cooperative.code)
    items = OpenItem.objects.filter(cooperative=cooperative, role="net_pay", reference__startswith=f"{month} ")
    open_amounts = ledger.residuals(items.values_list("pk", flat=True))
    for item in items.order_by("reference"):
        due = -open_amounts.get(item.pk, Decimal(0))
        if due > 0:
            banking.record_payment(
                item=item.pk, amount=due, on=day, bank_account=account, by=accountant, at=world.at(day),
                reference=f"{month} {item.reference}",
            )  # fmt: skip
