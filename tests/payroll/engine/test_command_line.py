from pathlib import Path

import pytest

from payroll.engine import Law
from payroll.engine.__main__ import main
from payroll.engine.law import BELGIUM
from payroll.engine.page import law_page

CASES = Path(__file__).parents[1] / "cases" / "payroll_cases.csv"


def test_the_check_tells_each_row_and_how_many_are_met(capsys):
    assert main(["check", str(CASES)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 42
    assert lines[0] == (
        "VIC-single-None-0ch-223361: 10 to the cent "
        "[The gross pay of 2233.61 is below the lowest pay allowed of 2242.81.]"
    )
    assert lines[-1] == "41 of 41 to the cent"


def test_a_row_with_a_typo_fails_the_check_and_is_told(tmp_path, capsys):
    changed = tmp_path / "cases.csv"
    changed.write_text(CASES.read_text().replace("2026-09-01,2233.61", "2026-sep,2233.61", 1))

    assert main(["check", str(changed)]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("VIC-single-None-0ch-223361: not computed: period must be the first day of a month")
    assert lines[-1] == "40 of 41 to the cent"


@pytest.mark.parametrize(
    ("kind", "month", "net"),
    [
        ("end-of-year", "2026-12", "1373.43"),
        ("double-holiday", "2026-06", "1364.62"),
        ("exit-holiday", "2026-12", "226.88"),
        ("annual-premium", "2026-06", "171.47"),
        ("premium", "2026-12", "1373.43"),
    ],
)
def test_a_payment_beside_the_months_pay_is_explained(capsys, kind, month, net):
    assert main(["exceptional", kind, "--month", month, "--normal-pay", "2650.00"]) == 0

    out = capsys.readouterr().out
    assert f"Net payment: {net}\n" in out
    assert "\nexceptional_cost = " in out


def test_an_impossible_payment_is_refused_on_the_command_line(capsys):
    assert main(["exceptional", "end-of-year", "--month", "2026-12", "--normal-pay", "2650.00", "--months", "13"]) == 2

    assert "payment.months must lie between 1 and 12, not 13" in capsys.readouterr().err


def test_a_wrong_cell_is_printed_and_fails_the_check(tmp_path, capsys):
    changed = tmp_path / "cases.csv"
    changed.write_text(CASES.read_text().replace("2084.45", "2084.46", 1))

    assert main(["check", str(changed)]) == 1
    assert "expected_net expected 2084.46, computed 2084.45" in capsys.readouterr().out


def test_a_file_that_holds_no_cases_is_refused(tmp_path, capsys):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")

    assert main(["check", str(other)]) == 2
    assert "is not a cases file" in capsys.readouterr().err


LINA = ["--month", "2026-09", "--hours", "19"]


@pytest.mark.parametrize(
    ("option", "amount", "gross", "net", "cost"),
    [
        ("--cost", "2350.00", "1601.98", "1412.11", "2350.00"),
        ("--net", "1400.00", "1571.16", "1400.00", "2294.05"),
        ("--gross", "1700.00", "1700.00", "1450.65", "2513.41"),
        ("--wage-cost", "1734.42", "1450.00", "1329.36", "2074.13"),
    ],
)
def test_a_payslip_is_explained_from_any_end(capsys, option, amount, gross, net, cost):
    assert main(["explain", option, amount, *LINA]) == 0

    out = capsys.readouterr().out
    assert f"Gross pay: {gross}\n" in out
    assert f"Net pay: {net}\n" in out
    assert f"Employer cost: {cost}\n" in out
    assert "employment_bonus.a.max = 127.54  [V, since 2026-09-01" in out


def test_a_month_without_law_is_refused_in_one_sentence(capsys):
    assert main(["explain", "--gross", "3000.00", "--month", "2027-01"]) == 2

    assert capsys.readouterr().err == (
        "payroll.engine: no confirmed value of employment_bonus for 2027-01; last confirmed month is 2026-12\n"
    )


def test_a_joint_committee_without_rules_is_refused(capsys):
    assert main(["explain", "--gross", "3000.00", "--month", "2026-09", "--joint-committee", "329"]) == 2

    assert "the rules of joint committee 329 are not supplied" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["--help"], ["check", "--help"], ["explain", "--help"], ["law", "--help"]])
def test_help_is_printed(capsys, command):
    with pytest.raises(SystemExit) as ending:
        main(command)

    assert ending.value.code == 0
    assert "usage: python -m payroll.engine" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong", [["--gross", "a lot", "--month", "2026-09"], ["--gross", "1.00", "--month", "09/2026"]]
)
def test_a_mistyped_option_is_refused(capsys, wrong):
    with pytest.raises(SystemExit) as ending:
        main(["explain", *wrong])

    assert ending.value.code == 2


def test_a_budget_of_several_months_is_explained_month_by_month(capsys):
    assert main(["explain", "--cost", "7500.00", "--months", "3", "--reserve", "450.00", *LINA]) == 0

    facts, *lines = capsys.readouterr().out.splitlines()
    assert facts.startswith("2026-09, 19/38 hours")
    assert [line.split()[0] for line in lines[:4]] == ["month", "2026-09", "2026-10", "2026-11"]
    assert {line.split()[1] for line in lines[1:4]} == {"1601.97"}  # 1601.98 costs 2350.01 in November
    assert lines[4] == "Employer cost of all months: 7049.95; reserve kept: 450.00; left: 0.05"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--gross", "2000.00", "--reserve", "100"], "--reserve needs --months"),
        (["--gross", "2000.00", "--maintenance"], "--maintenance needs --attachment"),
        (["--cost", "7500.00", "--months", "3", "--advance", "100"], "--months prices pay only"),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(capsys, options, sentence):
    assert main(["explain", *options, *LINA]) == 2

    assert sentence in capsys.readouterr().err


def test_a_folder_without_parameters_is_refused(tmp_path, capsys):
    assert main(["law", "--on", "2026-11-24", "--parameters", str(tmp_path / "typo")]) == 2

    assert "there are no parameter files (*.yaml) in" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (CASES.read_bytes().splitlines()[0], "has no rows below its header line"),
        (CASES.read_text().encode("utf-16"), "is not in UTF-8; save it as CSV in UTF-8"),
    ],
)
def test_a_cases_file_without_rows_or_in_another_code_is_refused_by_name(tmp_path, capsys, content, sentence):
    file = tmp_path / "cases.csv"
    file.write_bytes(content)

    assert main(["check", str(file)]) == 2
    said = capsys.readouterr().err
    assert "cases.csv" in said
    assert sentence in said


def test_several_months_need_a_budget(capsys):
    assert main(["explain", "--gross", "2000.00", "--months", "3", *LINA]) == 2

    assert "--months needs --cost" in capsys.readouterr().err


def test_a_subject_that_expires_within_sixty_days_is_reported_and_fails(capsys):
    assert main(["law", "--on", "2026-11-01"]) == 1

    out = capsys.readouterr().out
    assert "employment_bonus: in force since 2026-09-01, confirmed until 2026-12-31, 60 days left  EXPIRES\n" in out
    assert out.endswith("subjects have expired or expire within 60 days.\n")


def test_as_long_as_nothing_expires_the_report_of_the_law_succeeds(capsys):
    assert main(["law", "--on", "2026-02-28"]) == 0  # the car's rate is confirmed until 30 April, 61 days later
    assert main(["law", "--on", "2026-03-25", "--within", "35"]) == 0

    assert "EXPIRES" not in capsys.readouterr().out


def test_the_law_is_reported_as_it_stands_on_the_day(capsys):
    main(["law", "--on", "2025-01-15"])
    main(["law", "--on", "2027-01-02"])

    out = capsys.readouterr().out
    assert "employment_bonus: not in force yet, confirmed until 2026-12-31, 715 days left\n" in out
    assert (
        "employment_bonus: in force since 2026-09-01, confirmed until 2026-12-31, expired 2 days ago  EXPIRES\n" in out
    )


def test_other_parameter_files_can_be_reported_on(tmp_path, capsys):
    text = (BELGIUM / "social_contribution.yaml").read_text().replace("2026-12-31", "2026-10-31")
    (tmp_path / "social_contribution.yaml").write_text(text)

    assert main(["law", "--on", "2026-10-01", "--within", "30", "--parameters", str(tmp_path)]) == 1
    assert capsys.readouterr().out == (
        "social_contribution: in force since 2025-01-01, confirmed until 2026-10-31, 30 days left  EXPIRES\n"
        "1 of 1 subjects have expired or expire within 30 days.\n"
    )


def test_the_page_of_the_law_is_printed(capsys):
    assert main(["law-page"]) == 0

    assert capsys.readouterr().out == law_page(Law.load())


@pytest.mark.parametrize(
    "wrong", [["law"], ["law", "--on", "24/11/2026"], ["law", "--on", "2026-11-24", "--within", "-1"]]
)
def test_a_mistyped_day_is_refused(wrong):
    with pytest.raises(SystemExit) as ending:
        main(wrong)

    assert ending.value.code == 2


def test_a_payment_is_explained_beside_the_net(capsys):
    options = ["--gross", "3000.00", "--month", "2026-03", "--children", "2"]
    assert main(["explain", *options, "--attachment", "5000", "--advance", "600", "--kilometres", "120"]) == 0

    out = capsys.readouterr().out
    assert "Amounts beside pay: 48.00\nDeductions from the net pay: 964.79\nAmount to pay: 1457.04\n" in out
    assert "warning: Of the deductions of 600.00, only 474.76 may be taken from this payment: 125.24 waits.\n" in out
    assert "wage_attachment.child = 88  [S, since 2026-01-01: Code judiciaire, art. 1409, amounts of 2026]" in out


def test_a_maintenance_debt_and_home_working_are_explained(capsys):
    options = ["--gross", "1700.00", *LINA, "--home-working", "100.00"]
    assert main(["explain", *options, "--attachment", "2000", "--maintenance"]) == 0

    assert "Net pay: 1450.65\nAmounts beside pay: 100.00\nDeductions from the net pay: 1450.65\n" in (
        capsys.readouterr().out
    )


def test_kilometres_without_law_are_refused_and_the_rest_is_explained(capsys):
    assert main(["explain", "--gross", "3000.00", "--month", "2026-05", "--kilometres", "120"]) == 2

    out = capsys.readouterr().out
    assert "error: own_car_km: no value is confirmed for 2026-05, and this benefit is left out" in out
    assert "Amounts beside pay: 0.00\n" in out


def test_an_attachment_without_law_is_refused(capsys):
    assert main(["explain", "--gross", "3000.00", "--month", "2025-05", "--attachment", "100.00"]) == 2

    assert capsys.readouterr().err == (
        "payroll.engine: no confirmed value of wage_attachment for 2025-05; first confirmed month is 2026-01\n"
    )


def test_a_negative_advance_is_refused_with_the_remedy(capsys):
    assert main(["explain", "--gross", "3000.00", "--month", "2026-03", "--advance=-5.00"]) == 2

    assert "this member: the fact deductions.advance may not be negative: -5.00; give an amount" in (
        capsys.readouterr().err
    )
