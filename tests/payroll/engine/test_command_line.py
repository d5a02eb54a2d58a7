from pathlib import Path

import pytest

from payroll.engine.__main__ import main

CASES = Path(__file__).parents[1] / "cases" / "payroll_cases.csv"


def test_the_check_of_the_cases_succeeds_and_says_what_it_did_not_cover(capsys):
    assert main(["check", str(CASES)]) == 0

    out = capsys.readouterr().out
    assert out == ("41 rows, 293 cells compared, 0 differences, 9 rows not covered (exceptional payments)\n")


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


@pytest.mark.parametrize("command", [["--help"], ["check", "--help"], ["explain", "--help"]])
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
