from datetime import date
from decimal import Decimal

import pytest

from payroll.engine import BadParameters, Law, NoLaw, YearMonth
from payroll.engine.law import BELGIUM, NEEDED_SUBJECTS, row_of
from tests.payroll.engine.cast import LAW

BONUS = (BELGIUM / "employment_bonus.yaml").read_text()


def test_ordinary_pay_is_confirmed_until_the_end_of_2026():
    assert LAW.confirmed_until == date(2026, 12, 31)


def test_every_month_from_february_2025_to_december_2026_has_law():
    months = [YearMonth(2025, month) for month in range(2, 13)] + [YearMonth(2026, month) for month in range(1, 13)]

    for month in months:
        law = LAW.on(month)
        assert all(law[subject] for subject in NEEDED_SUBJECTS)


def test_every_set_begins_on_the_first_day_of_a_month_after_the_one_before():
    for subject in LAW.subjects:
        days = [dated.valid_from for dated in subject.sets]
        assert days == sorted(set(days))
        assert all(day.day == 1 for day in days)


def test_a_set_runs_until_the_next_one_begins():
    assert LAW.on(YearMonth(2026, 8))["employment_bonus"]["a.ceiling"].value == Decimal("3336.98")
    assert LAW.on(YearMonth(2026, 9))["employment_bonus"]["a.ceiling"].value == Decimal("3403.62")


def test_expiring_subjects_are_announced_sixty_days_before():
    passed = LAW.expiring(date(2026, 10, 31))
    assert [expiry.subject for expiry in passed] == ["own_car_km", "own_car_km_year"]
    assert LAW.expiring(date(2026, 3, 1)) == passed[:1]
    assert LAW.expiring(date(2026, 2, 28)) == ()
    expiring = LAW.expiring(date(2026, 11, 1))
    assert {expiry.subject for expiry in expiring} == {subject.name for subject in LAW.subjects}
    assert LAW.expiring(date(2026, 10, 31), within_days=61) == expiring


def test_the_digest_changes_with_any_parameter_file(tmp_path):
    for path in BELGIUM.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "employment_bonus.yaml").write_text(BONUS.replace("127.54", "127.55"))

    assert len(LAW.digest) == 64
    assert Law.load(tmp_path).digest != LAW.digest
    assert Law.load(BELGIUM).digest == LAW.digest


def test_a_missing_benefit_refuses_that_benefit_only(tmp_path):
    for path in BELGIUM.glob("*.yaml"):
        if path.stem != "benefits_pc200":
            (tmp_path / path.name).write_bytes(path.read_bytes())

    law = Law.load(tmp_path).on(YearMonth(2026, 9))

    assert law["minimum_wage"]["full_time"].value == Decimal("2233.61")
    with pytest.raises(NoLaw, match="no confirmed value of benefits_pc200 for 2026-09"):
        law["benefits_pc200"]


def test_a_subject_past_its_last_day_is_refused_without_taking_the_nearest(tmp_path):
    for path in BELGIUM.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "employment_bonus.yaml").write_text(
        BONUS.replace("confirmed_until: 2026-12-31", "confirmed_until: 2026-09-30")
    )
    law = Law.load(tmp_path)

    assert law.on(YearMonth(2026, 9))
    assert law.confirmed_until == date(2026, 9, 30)
    with pytest.raises(NoLaw, match="employment_bonus for 2026-10; last confirmed month is 2026-09") as refusal:
        law.on(YearMonth(2026, 10))
    assert (refusal.value.subjects, refusal.value.month) == (("employment_bonus",), YearMonth(2026, 10))


def test_a_month_is_confirmed_when_its_first_day_is(tmp_path):
    for path in BELGIUM.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    home = (BELGIUM / "home_working.yaml").read_text()
    (tmp_path / "home_working.yaml").write_text(
        home.replace("confirmed_until: 2026-12-31", "confirmed_until: 2026-10-01")
    )
    law = Law.load(tmp_path)

    assert law.on(YearMonth(2026, 10))["home_working"]["month"].value == Decimal("164.21")
    with pytest.raises(
        NoLaw, match="^no confirmed value of home_working for 2026-11; last confirmed month is 2026-10$"
    ):
        law.on(YearMonth(2026, 11))["home_working"]


def test_provisional_values_are_used_and_marked_to_confirm_from_their_first_day():
    september, october = (LAW.on(YearMonth(2026, month))["employment_bonus"] for month in (9, 10))

    assert [one.value for one in september] == [one.value for one in october]
    assert {one.mark for one in september} == {"V"}
    assert {one.mark for one in october} == {"B"}


def test_an_unknown_subject_and_a_folder_without_files_are_refused(tmp_path):
    with pytest.raises(NoLaw, match="^no confirmed value of overtime for 2026-09; the subject is unknown$") as refusal:
        LAW.on(YearMonth(2026, 9))["overtime"]
    assert refusal.value.subjects == ("overtime",)
    with pytest.raises(BadParameters, match=r"^there are no parameter files \(\*\.yaml\) in "):
        Law.load(tmp_path)


def test_a_needed_subject_that_has_no_file_refuses_every_month(tmp_path):
    for path in BELGIUM.glob("*.yaml"):
        if path.stem not in ("fiscal_bonus", "holiday_pay"):
            (tmp_path / path.name).write_bytes(path.read_bytes())

    with pytest.raises(
        NoLaw, match="^no confirmed value of fiscal_bonus for 2026-09; the subject is unknown$"
    ) as refusal:
        Law.load(tmp_path).on(YearMonth(2026, 9))
    assert refusal.value.subjects == ("fiscal_bonus", "holiday_pay")


@pytest.mark.parametrize(
    ("amount", "at"), [("0", 0), ("1419", 0), ("1419.01", 1), ("1524", 1), ("1682", 2), ("1839", 3), ("1839.01", 4), ("9999999", 4)]
)  # fmt: skip
def test_a_bound_belongs_to_its_row_and_the_last_row_has_none(amount, at):
    rows = LAW.on(YearMonth(2026, 9))["wage_attachment"].rows("scale")

    assert row_of(rows, Decimal(amount)) is rows[at]
