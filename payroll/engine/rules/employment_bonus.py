"""The employment bonus (bonus à l'emploi, werkbonus)."""

from __future__ import annotations

from typing import Literal

from payroll.engine.figures import Figure
from payroll.engine.rules.dated import DatedRule
from payroll.engine.sheet import MonthSheet

employment_bonus = DatedRule("employment_bonus")


@employment_bonus.since(2024, 4)
def in_two_parts(sheet: MonthSheet) -> None:
    """Low pay earns back part of the contribution: part A, and part B for very low pay.

    The amounts follow the full-time pay S = W / H × U (to the cent); each part is rounded at full
    time, brought to the hours done, and rounded again. A and B together never exceed the
    contribution: B is cut first, then A.
    Writes ``full_time_pay``, ``employment_bonus_a``, ``employment_bonus_b``, ``employment_bonus``
    and their steps (EUR). Source: ONSS, administrative instructions 2026/3.
    """
    work = sheet.facts.work
    hours = sheet.fact("hours", work.hours)
    full_time = sheet.fact("full_time_hours", work.full_time_hours)
    sheet.cent("full_time_pay", "pro_rata", sheet["gross"], full_time, hours)
    contribution = sheet["social_contribution"]
    part_a = sheet.exact("employment_bonus_a", "lesser", _part(sheet, "a"), contribution)
    part_b = sheet.exact("employment_bonus_b", "room_left", _part(sheet, "b"), contribution, part_a)
    sheet.exact("employment_bonus", "sum_of", part_a, part_b)


def _part(sheet: MonthSheet, part: Literal["a", "b"]) -> Figure:
    law = sheet.law["employment_bonus"]
    maximum, slope = law[f"{part}.max"], law[f"{part}.slope"]
    floor, ceiling = law[f"{part}.floor"], law[f"{part}.ceiling"]
    pay = sheet["full_time_pay"]
    code = f"employment_bonus_{part}.full_time"
    if pay.amount <= floor.value:
        full_time = sheet.exact(code, "parameter", maximum, pay, floor)
    elif pay.amount <= ceiling.value:
        full_time = sheet.cent(code, "declining", pay, maximum, slope, floor)
    else:
        full_time = sheet.exact(code, "nothing", pay, ceiling)
    return sheet.cent(
        f"employment_bonus_{part}.hours_done",
        "pro_rata",
        full_time,
        sheet["hours"],
        sheet["full_time_hours"],
    )
