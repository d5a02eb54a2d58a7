"""The calendar month of pay and its quarter."""

from datetime import date

import pytest

from payroll.engine import YearMonth


@pytest.mark.parametrize("text", ["2026-09", "2026-9", "2026-09-01", "2026-09-30"])
def test_a_month_is_written_by_itself_or_by_one_of_its_days(text):
    assert YearMonth.parse(text) == YearMonth(2026, 9)
    assert str(YearMonth.parse(text)) == "2026-09"


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-09-31", "2026-13", "2026-00", "02026-09", "2026-09-01-02", "2026-+9", "2026-²", "٢٠٢٦-09"],
)
def test_any_other_text_is_no_month(text):
    with pytest.raises(ValueError, match=r"is not a month written YYYY-MM|does not exist|day is out of range"):
        YearMonth.parse(text)


@pytest.mark.parametrize(("year", "month"), [(1900, 1), (9999, 12)])
def test_the_first_and_the_last_month_exist(year, month):
    assert YearMonth(year, month).first_day == date(year, month, 1)


@pytest.mark.parametrize(
    ("year", "month", "sentence"),
    [
        (1899, 12, "the month 1899-12 does not exist"),
        (10000, 1, "the month 10000-1 does not exist"),
        (2026, 0, "the month 2026-0 does not exist"),
        (2026, 13, "the month 2026-13 does not exist"),
        ("2026", 9, "a pay month is two whole numbers, not '2026', 9"),
        (2026, "9", "a pay month is two whole numbers, not 2026, '9'"),
    ],
)
def test_a_month_that_does_not_exist_is_refused_in_a_sentence(year, month, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        YearMonth(year, month)


@pytest.mark.parametrize(
    ("month", "position", "earlier", "quarter"),
    [
        (1, 1, [], [1, 2, 3]),
        (3, 3, [1, 2], [1, 2, 3]),
        (4, 1, [], [4, 5, 6]),
        (8, 2, [7], [7, 8, 9]),
        (12, 3, [10, 11], [10, 11, 12]),
    ],
)
def test_a_month_has_its_place_in_its_quarter(month, position, earlier, quarter):
    here = YearMonth(2026, month)

    assert here.position == position
    assert here.earlier_in_quarter == tuple(YearMonth(2026, one) for one in earlier)
    assert here.quarter_months == tuple(YearMonth(2026, one) for one in quarter)


def test_december_is_followed_by_january_and_months_stand_in_order():
    months = [YearMonth(2025, 11)]
    for _ in range(3):
        months.append(months[-1].following)

    assert [str(month) for month in months] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months == sorted(months)
    assert YearMonth.of(date(2026, 2, 28)) == months[-1]
