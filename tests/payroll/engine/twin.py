"""The law written a second time, straight from its tables and in fractions: what the engine must agree with to the cent.

Nothing is taken from the engine: neither its parameters nor its order of steps. A month alone, full quarter; amounts in EUR.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction as F
from math import floor

BONUS = (  # from, A: most, floor, ceiling, slope; B: most, floor, slope
    ("2025-02", "120.59", "2777.83", "3271.48", "0.2443", "162.62", "2175.25", "0.2699"),
    ("2026-01", "123.00", "2833.36", "3271.48", "0.2807", "165.87", "2218.73", "0.2699"),
    ("2026-03", "123.00", "2833.36", "3336.98", "0.2442", "165.87", "2218.73", "0.2699"),
    ("2026-04", "125.04", "2880.32", "3336.98", "0.2738", "168.62", "2255.50", "0.2699"),
    ("2026-07", "127.54", "2937.93", "3336.98", "0.3196", "171.99", "2300.62", "0.2699"),
    ("2026-09", "127.54", "2937.93", "3403.62", "0.2739", "171.99", "2300.62", "0.2699"),
)
REDUCTION = (  # from, S0, S2, gamma
    ("2025-01", "11013.62", "6943.32", "0.40"),
    ("2025-04", "11233.89", "8400.00", "0.21"),
    ("2025-07", "11233.89", "9360.00", "0.15"),
    ("2026-01", "11458.57", "9547.20", "0.15"),
    ("2026-04", "11458.57", "9547.20", "0.16"),
    ("2026-07", "11687.74", "9738.14", "0.16"),
)
MINIMUM_WAGE = (("2025-02", "2111.89"), ("2026-01", "2154.11"), ("2026-04", "2189.81"), ("2026-07", "2233.61"))
RATES = (F("0.2675"), F("0.428"), F("0.4815"), F("0.535"))
HOLIDAY = ["0", "19.17", "21.20", "26.25", "31.30", "34.33", "36.34", "39.37", "42.39", "47.44", "53.50"]
OTHER = ["0", "23.22", "25.23", "30.28", "35.33", "38.36", "40.38", "43.41", "46.44", "51.48", "53.50"]
LESS_FOR_CHILDREN = ["7.5", "20", "35", "55", "75"]


@dataclass(frozen=True)
class Year:
    """The amounts of a calendar year."""

    limits: tuple[int, ...]
    most_expenses: int
    exempt_tax: F
    most_for_spouse: int
    children: tuple[int, ...]
    child_beyond: int
    unit: int
    care: int
    low_income: int
    low_pension: int
    closure_large: str
    closure_small: str
    closure_unemployment: str
    pay_rows: tuple[int, ...]
    exempt_up_to: tuple[int, ...]
    less_up_to: tuple[int, ...]


YEARS = {
    "2025": Year(
        (16310, 28790, 49820), 5930, F("2915.75"), 13460, (612, 1608, 4296, 7428, 10836, 14232, 17676, 21444), 3780,
        612, 1944, 1698, 3390, "0.0023", "0.0018", "0.0017",
        (10415, 13330, 16960, 20340, 23020, 25710, 31070, 33810, 44770, 58460),
        (18400, 21930, 28270, 35330, 42390, 49450, 56510, 63570, 70630, 77690, 84750, 91810),
        (28245, 28245, 31070, 36720, 39550),
    ),
    "2026": Year(
        (16710, 29500, 51050), 6070, F("2987.98"), 13790, (624, 1656, 4404, 7620, 11100, 14592, 18120, 21996), 3864,
        624, 1992, 1740, 3474, "0.0039", "0.0034", "0.0010",
        (10675, 13660, 17375, 20840, 23580, 26340, 31830, 34640, 45860, 59900),
        (18858, 22470, 28960, 36200, 43440, 50680, 57920, 65160, 72400, 79640, 86880, 94120),
        (28940, 28940, 31835, 37625, 40520),
    ),
}  # fmt: skip


def cent(amount: F) -> F:
    """Half-up to the cent; nothing here is negative."""
    return F(floor(amount * 100 + F(1, 2)), 100)


def in_force(table: tuple[tuple[str, ...], ...], month: str) -> list[F]:
    """The last row that has begun."""
    return [F(value) for value in [row for row in table if row[0] <= month][-1][1:]]


def employment_bonus(month: str, gross: F, share: F, contribution: F) -> tuple[F, F]:
    most_a, floor_a, ceiling, slope_a, most_b, floor_b, slope_b = in_force(BONUS, month)
    pay = cent(gross / share)
    a = F(0) if pay > ceiling else max(F(0), cent(most_a - slope_a * max(F(0), pay - floor_a)))
    b = F(0) if pay > floor_a else max(F(0), cent(most_b - slope_b * max(F(0), pay - floor_b)))
    a = min(cent(a * share), contribution)
    return a, min(cent(b * share), contribution - a)


def special_contribution(pay: F, kind: str) -> F:
    alone = kind == "single"
    start, first, second, third, last = F("1945.38"), F("2190.18"), F(3737), F(4100), F("6038.82")
    least = F("5.15") if kind == "own_income" and pay >= F("1095.10") else F(0)
    if pay < start:
        return least
    if pay <= first:
        return max(least, cent((F("0.0422") if alone else F("0.059")) * (pay - start)))
    if not alone:
        most = F("51.64") if kind == "own_income" else F("60.94")
        return min(most, cent(F("14.44") + F("0.011") * (pay - first)))
    if pay <= second:
        return cent(F("10.33") + F("0.011") * (pay - first))
    if pay <= third:
        return cent(F("27.35") + F("0.0338") * (pay - second))
    return cent(F("39.61") + F("0.011") * (pay - third)) if pay <= last else F("60.94")


def tax(year: Year, income: F) -> F:
    constant, lower = F(0), F(0)
    for rate, upper in zip(RATES, (*year.limits, None), strict=True):
        if upper is None or income <= upper:
            return cent(constant + rate * (income - lower))
        constant, lower = cent(constant + rate * (upper - lower)), F(upper)
    raise AssertionError("the last bracket has no limit")


def withholding(year: Year, base: F, home: dict[str, int | str]) -> F:
    """A month's tax on a month's base, for a household told as ``payroll.engine.Household`` tells it."""
    income = 12 * base
    income -= min(cent(income * F("0.3")), F(year.most_expenses))
    two = home["kind"] in ("no_income", "small_pension")
    if two:
        spouse = min(cent(income * F("0.3")), F(year.most_for_spouse))
        due = max(F(0), tax(year, spouse) + tax(year, income - spouse) - 2 * year.exempt_tax)
    else:
        due = max(F(0), tax(year, income) - year.exempt_tax)
    children = int(home["children"]) + int(home["disabled_children"])
    less = (0, *year.children)[min(children, 8)] + max(0, children - 8) * year.child_beyond
    units = int(home["single_parent"]) + int(home["disabled"]) + int(home["other_dependants"])
    less += year.unit * (units + (int(home["disabled_spouse"]) if two else 0)) + year.care * int(home["dependants_65"])
    less += {"low_income": year.low_income, "low_pension": year.low_pension}.get(str(home["kind"]), 0)
    return cent(max(F(0), due - less) / 12)


def employer_lines(month: str, pay: F, size: str, *, commercial: bool) -> F:
    """All contributions, the sector's fund included; below the ceiling of the quarter."""
    year = YEARS[month[:4]]
    closure = (year.closure_large if size == "20+" else year.closure_small) if commercial else "0.0001"
    rates = ["0.25", closure, year.closure_unemployment, "0.0010", "0.0001", "0.0002", "0.0023"]
    if size != "<10":
        rates.append("0.0169")
    return sum((cent(pay * F(rate)) for rate in rates), F(0))


def quarter_reduction(month: str, quarter_pay: F, share: F) -> F:
    """The structural reduction of a quarter not yet known, with this pay and this share of full time."""
    bound, very_low, gamma = in_force(REDUCTION, month)
    pay = cent(quarter_pay / share)
    full = F("0.14") * max(F(0), bound - pay) + gamma * max(F(0), very_low - pay)
    if share < F("0.275"):
        return F(0)
    factor = F("1.18") if share < F("0.55") else F("1.18") + (share - F("0.55")) * F("0.28")
    return cent(full * share * (factor if share < F("0.8") else 1 / share))


def exceptional_tax(year: Year, reference: F, taxable: F, children: int, rates: list[str]) -> F:
    row = sum(1 for bound in year.pay_rows if reference > bound)
    less = F(0)
    if children:
        taxable -= max(F(0), year.exempt_up_to[min(children, 12) - 1] - reference)
        if reference <= year.less_up_to[min(children, 5) - 1]:
            less = F(LESS_FOR_CHILDREN[min(children, 5) - 1]) / 100
    return cent(F(rates[row]) / 100 * max(F(0), taxable) * (1 - less))
