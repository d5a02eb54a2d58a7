"""The lowest gross and the lowest hours that the law allows: reported, never enforced here."""

from __future__ import annotations

from payroll.engine.figures import Finding, Parameter
from payroll.engine.sheet import MonthSheet

LAST_YEAR_OF_SCALE = 26


def wage_floor(sheet: MonthSheet) -> None:
    """The floor is the higher of the minimum wage and the sector's scale, times the hours done.

    Writes ``wage_floor_full_time`` and ``wage_floor`` (EUR, to the cent). A gross below it is a
    finding. Source: CCT 43; scales of PC 200.
    """
    minimum = sheet.law["minimum_wage"]["full_time"]
    full_time = sheet.exact("wage_floor_full_time", "greater", minimum, _scale(sheet))
    floor = sheet.cent("wage_floor", "pro_rata", full_time, sheet["hours"], sheet["full_time_hours"])
    gross = sheet["gross"]
    if gross.amount < floor.amount:
        sheet.find(
            Finding(
                code="gross_below_wage_floor",
                severity="error",
                figures=("gross", "wage_floor"),
                parameters=tuple(part.name for part in full_time.parts if isinstance(part, Parameter)),
                values={"gross": str(gross.amount), "wage_floor": str(floor.amount)},
            )
        )


def _scale(sheet: MonthSheet) -> Parameter:
    """The last row of the scale goes on."""
    place = sheet.facts.scale
    years = min(place.experience, LAST_YEAR_OF_SCALE)
    return sheet.law["pay_scale_pc200"][f"{place.table}.{years}.{place.scale_class}"]


def weekly_hours(sheet: MonthSheet) -> None:
    """A contract below one third of full time is reported, and whether the announced rule allows it.

    Writes no figure. Source: law of 3 July 1978, article 11bis; bill DOC 56 1324 (one tenth).
    """
    law, work = sheet.law["working_time"], sheet.facts.work
    if _reaches(sheet, "minimum"):
        return
    names = [law["minimum.numerator"].name, law["minimum.denominator"].name]
    announced = "announced.numerator" in law and _reaches(sheet, "announced")
    if announced:
        names += [law["announced.numerator"].name, law["announced.denominator"].name]
    sheet.fact("weekly_hours", work.weekly_hours)
    sheet.fact("full_time_weekly_hours", work.full_time_weekly_hours)
    sheet.find(
        Finding(
            code="weekly_hours_only_under_announced_rule" if announced else "weekly_hours_below_minimum",
            severity="error",
            figures=("weekly_hours", "full_time_weekly_hours"),
            parameters=tuple(names),
            values={"hours": str(work.weekly_hours), "full_time": str(work.full_time_weekly_hours)},
        )
    )


def _reaches(sheet: MonthSheet, rule: str) -> bool:
    law, work = sheet.law["working_time"], sheet.facts.work
    share = law[f"{rule}.numerator"].value, law[f"{rule}.denominator"].value
    return work.weekly_hours * share[1] >= work.full_time_weekly_hours * share[0]
