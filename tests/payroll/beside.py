"""What tests of payments beside pay stand on: two people paid for some months, and runs carried through. Plain functions."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from coop.periods import Month
from members.models import ContractVersion, EmploymentContract
from payroll import services
from payroll.models import PayrollRun, Payslip, RunMember
from tests import books, cast
from tests.cast import at
from tests.payroll import build

JUNE, OCTOBER, NOVEMBER, DECEMBER = Month(2026, 6), Month(2026, 10), Month(2026, 11), Month(2026, 12)
EUR = Decimal


def world(*months: Month) -> cast.World:
    """Lina (half time, 1450.00) and Aline (2900.00) are paid for some months; the books are kept in English."""
    made = cast.world()
    made.archipel.language = "en"
    made.archipel.save(update_fields=["language"])
    build.employer(made.archipel)
    for name, gross, hours in (("aline", "2900.00", "38"), ("lina", "1450.00", "19")):
        build.contract(made.people[name], made.archipel, gross=gross, hours=hours)
        build.money(made, name, "60000.00", on=date(2026, 1, 2))
    for month in months:
        build.approved(made, month)
    return made


def opened(made: cast.World, nature: str, month: Month, *, by: Any = None) -> PayrollRun:
    """Let Élise open an exceptional run, and calculate it as the worker would."""
    moment = at(f"{month.day(15)} 10:00")
    run = services.open_exceptional_run(
        cooperative=made.archipel, nature=nature, month=month, at=moment, by=by or made.elise
    )
    return recalculated(run)


def recalculated(run: PayrollRun) -> PayrollRun:
    """Calculate what is to do in a run."""
    while services.calculate_members(run=run.pk, at=at(f"{Month.of(run.month).day(15)} 10:01")):
        pass
    run.refresh_from_db()
    return run


def approved(made: cast.World, run: PayrollRun, *, day: int = 29) -> PayrollRun:
    """Let Élise submit a run and Bruno approve it."""
    on = Month.of(run.month).day(day)
    services.submit_run(run=run.pk, by=made.elise, at=at(f"{on} 09:00"))
    return services.approve_run(run=run.pk, by=made.bruno, on=on, at=at(f"{on} 10:00"))


def paid(made: cast.World, nature: str, month: Month) -> PayrollRun:
    """Carry an exceptional run from its opening to its approval."""
    return approved(made, opened(made, nature, month))


def slip(made: cast.World, nature: str, name: str = "lina") -> Payslip:
    """The payment of somebody that counts."""
    return Payslip.objects.paid().select_related("entry").get(person=made.people[name], nature=nature)


def member(run: PayrollRun, made: cast.World, name: str = "lina") -> RunMember:
    """The row of somebody in a run."""
    return run.members.get(contract__person=made.people[name])


def contract(made: cast.World, name: str = "lina") -> EmploymentContract:
    """The contract of somebody."""
    return EmploymentContract.objects.get(person=made.people[name])


def begins(made: cast.World, name: str, first: date) -> None:
    """Let the contract of somebody begin on a day."""
    EmploymentContract.objects.filter(person=made.people[name]).update(valid_from=first, signed_on=first)
    ContractVersion.objects.filter(contract=contract(made, name)).update(valid_from=first)


def leaves(made: cast.World, name: str, last: date) -> None:
    """Let a day be the last of the contract of somebody."""
    end = last + timedelta(days=1)
    EmploymentContract.objects.filter(person=made.people[name]).update(valid_until=end)
    ContractVersion.objects.filter(contract=contract(made, name)).update(valid_until=end)


def set_aside_before(made: cast.World) -> None:
    """Bring in December 2025 of everybody, with what was set aside in that year: 12 × 92 % of 1450.00 for holiday pay."""
    for one in EmploymentContract.objects.filter(cooperative=made.archipel):
        services.record_opening(
            contract=one, month=Month(2025, 12), gross=EUR("1450.00"), hours=EUR("19"), full_time_hours=EUR("38"),
            reduction=EUR("0.00"), special_contribution=EUR("0.00"), on=date(2026, 1, 2), by=None,
            double_holiday_pay=EUR("16008.00"), end_of_year_base=EUR("22192.20"),
        )  # fmt: skip


def faults(made: cast.World) -> list[str]:
    """What check_books would say of Archipel."""
    return books.faults(made.archipel, at("2026-12-31"))


def slip_of(made: cast.World, run: PayrollRun) -> Payslip:
    """Let Élise submit a correction and Bruno approve it; return the payslip that it makes."""
    on = Month.of(run.month).last
    services.submit_run(run=run.pk, by=made.elise, at=at(f"{on} 09:00"))
    services.approve_run(run=run.pk, by=made.bruno, on=on, at=at(f"{on} 10:00"))
    return Payslip.objects.get(member__run=run)
