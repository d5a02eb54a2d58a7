"""The addresses of payroll: pay is seen by its person and the payroll officer, in totals by the accountant, by nobody else."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from coop.periods import Month
from members.models import EmploymentContract
from payroll import services
from payroll.models import Payslip, ProvisionSettlement, QuarterSettlement
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


def results(world: Any) -> Mapping[str, object]:
    """A file of the social secretariat for the run, its columns not yet chosen."""
    made = services.receive_file(
        run=cast(UUID, run(world)["pk"]), filename="results.csv", content=b"a;b\n1;2\n", by=world.elise,
        on=build.SEPTEMBER.day(22), at=at("2026-09-22 12:00"),
    )  # fmt: skip
    return {"pk": made.pk}


def variables(world: Any) -> Mapping[str, object]:
    """The variables of the run as a file."""
    return {**run(world), "format_": "csv"}


def month(world: Any) -> Mapping[str, object]:
    """September 2026."""
    return {"month": build.SEPTEMBER}


def beside(world: Any) -> Mapping[str, object]:
    """What stands beside the pay of Aline in September 2026."""
    _employed(world)
    return {"pk": EmploymentContract.objects.get().pk, "month": build.SEPTEMBER}


def contract(world: Any) -> Mapping[str, object]:
    """The contract of Aline."""
    _employed(world)
    return {"pk": world.people["aline"].contracts.get().pk}


def provision_settlement(world: Any) -> Mapping[str, object]:
    """A settlement of the provisions of Aline that waits for approval."""
    found = world.people["aline"].contracts.first() or EmploymentContract.objects.get(pk=contract(world)["pk"])
    made = ProvisionSettlement.objects.create(
        cooperative=world.archipel, contract=found, reason="She left.", proposed_by=world.elise,
        proposed_at=at("2026-09-22"),
    )  # fmt: skip
    return {"pk": made.pk}


def contract_month(world: Any) -> Mapping[str, object]:
    """The contract of Aline in September 2026."""
    return {**contract(world), "month": build.SEPTEMBER}


def month_file(world: Any) -> Mapping[str, object]:
    """A file of September 2026."""
    return {"month": build.SEPTEMBER, "format_": "csv"}


def year(world: Any) -> Mapping[str, object]:
    """The year 2026."""
    return {"year": 2026}


OFFICER_LIST = Row(
    owner="elise",
    strangers=(),
    forbidden=("aline", "chloe", "dirk", "farid", "bruno", "amina", "greet", "jeanne"),
    methods=("get",),
)
OFFICER_PAGE = Row(
    owner="elise", strangers=(), forbidden=("aline", "farid", "amina", "greet"), allowed=(200, 302, 405, 422)
)
RUN = Row(arguments=run, owner="elise", strangers=("aline", *NOBODY_ELSE), methods=("get",))
RESULTS = Row(arguments=results, owner="elise", strangers=("aline", "bruno", *NOBODY_ELSE), allowed=(200, 422))
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
    "payroll:salary_beside": Row(arguments=month, strangers=(), forbidden=("elise", "farid"), allowed=(200, 422)),
    "payroll:beside_list": LIST,
    "payroll:beside_detail": Row(
        arguments=beside,
        owner="elise",
        strangers=(*NOBODY_ELSE, "bruno"),
        forbidden=("aline",),
        allowed=(200, 422),
    ),
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
    "payroll:days": Row(strangers=(), allowed=(302, 405)),
    "payroll:days_month": Row(arguments=month, strangers=(), forbidden=("elise", "farid"), allowed=(200, 422)),
    "payroll:days_team": replace(OFFICER_LIST, allowed=(302,)),
    "payroll:days_team_month": replace(OFFICER_LIST, arguments=month),
    "payroll:days_team_file": replace(OFFICER_LIST, arguments=month_file),
    "payroll:days_contract": Row(
        arguments=contract_month,
        owner="elise",
        strangers=(*NOBODY_ELSE, "bruno"),
        forbidden=("jeanne",),
        allowed=(200, 422),
    ),
    "payroll:days_week": Row(
        arguments=contract,
        owner="elise",
        strangers=(*NOBODY_ELSE, "bruno"),
        forbidden=("aline", "jeanne"),
        allowed=(200, 422),
    ),
    "payroll:holiday_list": Row(
        arguments=year,
        owner="elise",
        strangers=(),
        forbidden=("aline", "chloe", "dirk", "farid", "bruno", "amina", "greet", "jeanne"),
        allowed=(200, 422),
    ),
    "payroll:payslip_list": Row(strangers=(), forbidden=("farid",), methods=("get",)),
    "payroll:payslip_detail": Row(arguments=payslip, strangers=NOBODY_ELSE, methods=("get",)),
    "payroll:provisions_detail": ACCOUNT,
    "payroll:provisions_list": replace(LIST, arguments=of_year),
    "payroll:provisions_propose": Row(
        arguments=contract,
        owner="elise",
        strangers=(*NOBODY_ELSE, "bruno"),
        forbidden=("aline", "jeanne"),
        allowed=(200, 422),
    ),
    "payroll:provisions_settlement": Row(
        arguments=provision_settlement, owner="elise", strangers=("aline", *NOBODY_ELSE), allowed=(200, 302)
    ),
    "payroll:quarter_detail": Row(arguments=quarter, strangers=(*NOBODY_ELSE, "bruno"), methods=("get",)),
    "payroll:payslip_data": Row(arguments=payslip, strangers=NOBODY_ELSE, methods=("get",)),
    "payroll:payslip_correct": Row(
        arguments=payslip,
        owner="elise",
        strangers=(*NOBODY_ELSE, "bruno"),
        forbidden=("aline",),
        allowed=(200, 422),
    ),
    "payroll:secretariat": Row(
        owner="elise",
        strangers=(),
        forbidden=("aline", "farid", "bruno", "amina", "greet"),
        allowed=(200, 422),
    ),
    "payroll:results_new": replace(RUN, methods=("get", "post"), forbidden=("bruno",), allowed=(200, 422)),
    "payroll:results_detail": RESULTS,
    "payroll:results_import": replace(RESULTS, methods=("post",), allowed=(302,)),
    "payroll:results_file": replace(RESULTS, methods=("get",)),
    "payroll:reconciliation": replace(RUN, methods=("get", "post"), forbidden=("bruno",), allowed=(200, 422)),
    "payroll:variables_file": replace(RUN, arguments=variables, forbidden=("bruno",)),
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
    "payroll:pay_checks": Row(
        owner="elise", strangers=(), forbidden=("aline", "farid", "bruno", "amina", "greet", "jeanne"), methods=("get",)
    ),
    "payroll:order_new": Row(
        owner="elise",
        strangers=(),
        forbidden=("aline", "farid", "bruno", "amina", "greet", "jeanne"),
        allowed=(200, 422),
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
