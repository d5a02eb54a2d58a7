"""The sheet of pay before the product came: what the running quarter and year must know of it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop.access.predicates import Subject
from coop.imports import sheets
from coop.imports.sheets import Column, Context, Kind, Outcome, Row, Sheet
from coop.money import ZERO
from members.models import EmploymentContract
from payroll import services
from payroll.models import QuarterOpening

AMOUNTS = (
    "gross",
    "hours",
    "full_time_hours",
    "reduction",
    "first_hire_reduction",
    "special_contribution",
    "end_of_year_base",
    "double_holiday_pay",
)


def _pay_of_quarter(rows: Sequence[Row], context: Context) -> Outcome:
    row = rows[0]
    contract = (
        EmploymentContract.objects.filter(cooperative=context.cooperative, worker_number=row["worker_number"])
        .select_related("person", "cooperative")
        .first()
    )
    if contract is None:
        raise row.refuse(
            "worker_number",
            reason=_("No contract of the cooperative has this worker number."),
            remedy=_("Import the sheet of contracts first, or correct the number."),
        )
    known = QuarterOpening.objects.filter(contract=contract, month=row["month"].first).first()
    if known is not None:
        sheets.refuse_differences(row, {name: getattr(known, name) for name in AMOUNTS})
        return Outcome.UNCHANGED
    services.record_opening(
        contract=contract,
        month=row["month"],
        gross=row["gross"],
        hours=row["hours"],
        full_time_hours=row["full_time_hours"],
        reduction=row["reduction"] or ZERO,
        first_hire_reduction=row["first_hire_reduction"] or ZERO,
        special_contribution=row["special_contribution"] or ZERO,
        end_of_year_base=row["end_of_year_base"],
        double_holiday_pay=row["double_holiday_pay"],
        on=context.on,
        by=context.by,
    )
    return Outcome.CREATED


PAY_OF_QUARTER = Sheet(
    name="pay_of_quarter",
    title=gettext_lazy("Opening: pay of the quarter so far"),
    description=gettext_lazy(
        "What was paid before the first day here, per employee and month: the months of the running quarter, or the last one."
    ),
    order=70,
    apply=_pay_of_quarter,
    rights=[(Subject.PAY, "w")],
    columns=[
        Column(name="worker_number", title=gettext_lazy("Worker number"), required=True, max_length=20, example="0101"),
        Column(name="month", title=gettext_lazy("Month"), kind=Kind.MONTH, required=True, example="2025-11"),
        Column(
            name="gross",
            title=gettext_lazy("Gross pay"),
            kind=Kind.AMOUNT,
            required=True,
            restricted=True,
            example="1450,00",
        ),
        Column(
            name="hours",
            title=gettext_lazy("Hours paid"),
            kind=Kind.AMOUNT,
            required=True,
            example="19",
            help=gettext_lazy("A week or a month, in the same unit as the full-time hours."),
        ),
        Column(
            name="full_time_hours",
            title=gettext_lazy("Full-time hours"),
            kind=Kind.AMOUNT,
            required=True,
            example="38",
        ),
        Column(
            name="reduction",
            title=gettext_lazy("Structural reduction given"),
            kind=Kind.AMOUNT,
            negative=True,
            restricted=True,
            example="114,93",
        ),
        Column(
            name="first_hire_reduction",
            title=gettext_lazy("Reduction of a first hire given"),
            kind=Kind.AMOUNT,
            negative=True,
            restricted=True,
        ),
        Column(
            name="special_contribution",
            title=gettext_lazy("Special contribution withheld"),
            kind=Kind.AMOUNT,
            negative=True,
            restricted=True,
            example="0",
        ),
        Column(
            name="end_of_year_base",
            title=gettext_lazy("Base of the end-of-year premium since 1 January"),
            kind=Kind.AMOUNT,
            restricted=True,
            help=gettext_lazy("Gross and employer contributions of the year up to and including this month."),
        ),
        Column(
            name="double_holiday_pay",
            title=gettext_lazy("Base of the holiday provision since 1 January"),
            kind=Kind.AMOUNT,
            restricted=True,
        ),
    ],
)


def register() -> None:
    """Make the sheet known."""
    sheets.register(PAY_OF_QUARTER)
