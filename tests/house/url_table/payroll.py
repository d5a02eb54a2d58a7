"""The addresses of payroll: pay is seen by its person and the payroll officer, in totals by the accountant, by nobody else."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from coop.periods import Month
from payroll import services
from payroll.models import Payslip, QuarterSettlement
from tests.cast import at
from tests.house.url_table import Row
from tests.payroll import build

NOBODY_ELSE = ("chloe", "dirk", "ivo", "farid", "amina", "greet")


def _employed(world: Any) -> None:
    """Employ Aline, with her quarter known and money on her activity."""
    build.employer(world.archipel)
    made = build.contract(world.people["aline"], world.archipel)
    for month in (build.JULY, build.AUGUST):
        build.opening(made, month)
    build.money(world, "aline", "9000.00")


def payslip(world: Any) -> Mapping[str, object]:
    """The approved payslip of Aline."""
    _employed(world)
    build.approved(world)
    return {"pk": Payslip.objects.get().pk}


def quarter(world: Any) -> Mapping[str, object]:
    """The settled third quarter of Aline."""
    _employed(world)
    build.approve(world, build.calculated(world.archipel), on=build.SEPTEMBER.last)
    return {"pk": QuarterSettlement.objects.get().pk}


def first_hire(world: Any) -> Mapping[str, object]:
    """The claim of the reduction of a first hire for Aline."""
    made = services.record_first_hire(
        contract=build.contract(world.people["aline"], world.archipel), rank=1, since=Month(2026, 7),
        counted_from=Month(2026, 7), reason="First worker.", by=world.elise,
    )  # fmt: skip
    return {"pk": made.pk}


def account(world: Any) -> Mapping[str, object]:
    """The individual account of Aline of 2026."""
    payslip(world)
    return {"person": world.people["aline"].pk, "cooperative": world.archipel.pk, "year": 2026}


def of_period(period: object, **more: object) -> Callable[[Any], Mapping[str, object]]:
    """The address of a list of a period, when Aline was paid in September 2026."""

    def arguments(world: Any) -> Mapping[str, object]:
        payslip(world)
        return {"period": period, **more}

    return arguments


def of_year(world: Any) -> Mapping[str, object]:
    """The year 2026, in which Aline was paid."""
    payslip(world)
    return {"year": 2026}


def order(world: Any) -> Mapping[str, object]:
    """An order of Aline, not yet decided."""
    _employed(world)
    return {"pk": build.order(world, "aline", "1500.00").pk}


def run(world: Any) -> Mapping[str, object]:
    """A calculated run of Archipel that pays Aline."""
    _employed(world)
    return {"pk": build.calculated(world.archipel).pk}


def exceptional_member(world: Any) -> Mapping[str, object]:
    """The row of Aline in the run of September's annual premium."""
    _employed(world)
    run_ = services.open_exceptional_run(
        cooperative=world.archipel, nature="annual_premium", month=build.SEPTEMBER, at=at("2026-09-22"), by=world.elise
    )
    services.calculate_members(run=run_.pk, at=at("2026-09-22"))
    return {"pk": run_.members.get().pk}


def month(world: Any) -> Mapping[str, object]:
    """September 2026."""
    return {"month": build.SEPTEMBER}


OFFICER_PAGE = Row(
    owner="elise", strangers=(), forbidden=("aline", "farid", "amina", "greet"), allowed=(200, 302, 405, 422)
)
RUN = Row(arguments=run, owner="elise", strangers=("aline", *NOBODY_ELSE), methods=("get",))
RUN_ACT = Row(arguments=run, owner="elise", strangers=("aline", *NOBODY_ELSE), methods=("post",), allowed=(302, 422))

ACCOUNT = Row(
    arguments=account,
    strangers=("chloe", "dirk", "ivo"),
    forbidden=("farid", "bruno", "amina", "greet"),
    methods=("get",),
)

LIST = Row(
    owner="elise",
    strangers=(),
    forbidden=("aline", "chloe", "dirk", "farid", "bruno", "amina", "greet"),
    methods=("get",),
)

TABLE = {
    "payroll:declarations": replace(LIST, allowed=(302,)),
    "payroll:withholding": replace(LIST, arguments=of_period(build.SEPTEMBER)),
    "payroll:withholding_file": replace(LIST, arguments=of_period(build.SEPTEMBER, format_="csv")),
    "payroll:slips": replace(LIST, arguments=of_period(2026)),
    "payroll:slips_file": replace(LIST, arguments=of_period(2026, format_="xlsx")),
    "payroll:dmfa": replace(LIST, arguments=of_period(build.SEPTEMBER)),
    "payroll:dmfa_file": replace(LIST, arguments=of_period(build.SEPTEMBER, format_="xlsx")),
    "payroll:dimona": replace(LIST, arguments=of_period(build.SEPTEMBER)),
    "payroll:dimona_file": replace(LIST, arguments=of_period(build.SEPTEMBER, format_="csv")),
    "payroll:account_detail": ACCOUNT,
    "payroll:account_workbook": ACCOUNT,
    "payroll:account_paper": replace(ACCOUNT, methods=("post",), allowed=(302,)),
    "payroll:salary": Row(strangers=(), allowed=(302, 405)),
    "payroll:salary_month": Row(arguments=month, strangers=(), forbidden=("elise", "farid"), allowed=(200, 422)),
    "payroll:salary_estimate": Row(
        arguments=month, strangers=(), forbidden=("elise", "farid"), methods=("get",), query="?target=gross&amount=1500"
    ),
    "payroll:order_withdraw": Row(arguments=order, strangers=NOBODY_ELSE, methods=("post",), allowed=(302,)),
    "payroll:payslip_list": Row(strangers=(), forbidden=("farid",), methods=("get",)),
    "payroll:payslip_detail": Row(arguments=payslip, strangers=NOBODY_ELSE, methods=("get",)),
    "payroll:provisions_detail": ACCOUNT,
    "payroll:provisions_list": replace(LIST, arguments=of_year),
    "payroll:quarter_detail": Row(arguments=quarter, strangers=(*NOBODY_ELSE, "bruno"), methods=("get",)),
    "payroll:payslip_correct": Row(
        arguments=payslip,
        owner="elise",
        strangers=(*NOBODY_ELSE, "bruno"),
        forbidden=("aline",),
        allowed=(200, 422),
    ),
    "payroll:run_list": Row(
        owner="elise", strangers=(), forbidden=("aline", "farid", "amina", "greet"), methods=("get",)
    ),
    "payroll:run_open": OFFICER_PAGE,
    "payroll:exceptional_open": OFFICER_PAGE,
    "payroll:exceptional_member": Row(
        arguments=exceptional_member,
        owner="elise",
        strangers=(*NOBODY_ELSE, "bruno"),
        forbidden=("aline",),
        allowed=(200, 302, 422),
    ),
    "payroll:terms": OFFICER_PAGE,
    "payroll:first_hires": OFFICER_PAGE,
    "payroll:first_hire_end": Row(
        arguments=first_hire, owner="elise", strangers=("aline", *NOBODY_ELSE), allowed=(200, 422)
    ),
    "payroll:order_list": Row(
        owner="elise", strangers=(), forbidden=("aline", "farid", "bruno", "amina", "greet"), methods=("get",)
    ),
    "payroll:order_detail": Row(
        arguments=order, owner="elise", strangers=NOBODY_ELSE, forbidden=("aline",), methods=("get",)
    ),
    "payroll:run_detail": RUN,
    "payroll:run_progress": RUN,
    "payroll:run_recalculate": RUN_ACT,
    "payroll:run_submit": RUN_ACT,
    "payroll:run_take_back": RUN_ACT,
    "payroll:run_approve": Row(
        arguments=run,
        owner="bruno",
        strangers=("aline", *NOBODY_ELSE),
        forbidden=("elise",),
        methods=("post",),
        allowed=(302, 422),
    ),
    "payroll:run_cancel": RUN_ACT,
    "payroll:run_close": Row(
        arguments=run,
        owner="bruno",
        strangers=("aline", *NOBODY_ELSE),
        forbidden=("elise",),
        methods=("post",),
        allowed=(302, 422),
    ),
}
