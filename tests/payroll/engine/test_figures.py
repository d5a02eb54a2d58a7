import json
import re
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal, getcontext, localcontext
from pathlib import Path
from string import Formatter

import pytest

import payroll.engine
from payroll.engine import (
    Figure,
    FirstHire,
    Parameter,
    Payslip,
    QuarterFacts,
    QuarterSoFar,
    Settlement,
    YearMonth,
    cases,
    cases_file,
    codes,
    recompute,
    settle_quarter,
)
from payroll.engine.operations import OPERATIONS
from tests.payroll.engine.cast import EMPLOYER, LAW, exceptional_payments, full_timer, hours, household, lina, paid, pay
from tests.payroll.engine.payments import varied_payments

README = Path(payroll.engine.__file__).with_name("README.md")
ROWS = cases_file.read(Path(__file__).parents[1] / "cases" / "payroll_cases.csv")


def varied():
    """Members whose payslips use every rule of the engine at least once."""
    yield lina()
    yield lina().alone()
    yield replace(lina(), costs=replace(lina().costs, holiday_provision="accrual"))
    yield replace(lina(), month=YearMonth(2026, 7), quarter=QuarterSoFar(months=(), policy="hold"))
    for kind in ("no_income", "low_income", "low_pension", "own_income"):
        for gross in ("1000.00", "2000.00", "3000.00", "6500.00"):
            yield household(
                full_timer(gross=gross, month=YearMonth(2025, 6)),
                kind=kind,
                children=10,
                disabled=True,
                disabled_spouse=True,
                other_dependants=1,
                dependants_65=1,
            )
    yield replace(full_timer(gross="2500.00"), first_hire=FirstHire(rank=1, quarter=1))
    yield replace(lina(), first_hire=FirstHire(rank=2, quarter=3))
    yield replace(
        lina(),
        month=YearMonth(2026, 7),
        quarter=QuarterSoFar(months=(), policy="hold"),
        first_hire=FirstHire(rank=5, quarter=1),
    )
    yield household(full_timer(), children=2, disabled_children=1, single_parent=True)
    for weekly in ("3.00", "8.00", "26.00", "31.00"):
        yield full_timer(gross="500.00", work=hours(weekly))
    yield from (cases.facts_of(row) for row in ROWS if row["kind"] == "monthly")


def settlement(gross="1450.00", **earlier):
    months = tuple(paid(YearMonth(2026, month), gross, reduction="100.00") for month in (7, 8, 9))
    return settle_quarter(
        QuarterFacts(label="Lina", employer=EMPLOYER, household_kind="own_income", months=months, **earlier), LAW
    )


def slips():
    """Payslips, settlements and payments that use every rule; computed in the test, so that it sees the code of now."""
    return [
        *(pay(member) for member in varied()),
        *(settlement(gross) for gross in ("500.00", "1450.00", "2100.00", "2500.00")),
        settlement(
            first_hire=FirstHire(rank=1, quarter=1),
            settled_reduction=Decimal("-14.53"),
            settled_first_hire_reduction=Decimal("3.00"),
            settled_special_contribution=Decimal("5.15"),
        ),
        *exceptional_payments(),
        *varied_payments(),
    ]


def figures():
    return [figure for slip in slips() for figure in slip.figures]


def test_every_figure_of_every_case_recombines_from_its_parts():
    assert all(recompute(figure) == figure.amount for figure in figures())


def test_a_falsified_amount_does_not_recombine():
    net = pay(lina())["net"]

    assert recompute(net._replace(amount=net.amount + 1)) != net.amount + 1


def test_what_another_calculation_gave_in_place_of_ours_is_taken_as_it_is():
    imported = pay(lina())["net"]._replace(amount=Decimal("1300.00"), rule="imported", parts=())

    assert recompute(imported) == Decimal("1300.00")


def test_a_figure_is_rounded_to_the_cent_or_exact():
    assert {figure.rounding for figure in figures()} == {"cent", "exact"}


def test_every_operation_is_used_by_some_figure():
    assert {figure.rule for figure in figures()} - {"fact"} == set(OPERATIONS)


def test_every_part_of_a_figure_is_a_figure_of_the_payslip_or_a_parameter():
    for slip in slips():
        for figure in slip.figures:
            for part in figure.parts:
                assert isinstance(part, Parameter) or slip[part.code] is part


def test_every_parameter_is_named_by_its_subject_and_says_since_when_and_where():
    subjects = {subject.name for subject in LAW.subjects}
    for figure in figures():
        for part in figure.parts:
            if isinstance(part, Parameter):
                assert part.name.split(".")[0] in subjects
                assert part.source
                assert part.since.day == 1


def test_every_code_has_a_label_and_every_rule_a_sentence():
    for figure in figures():
        assert codes.label(figure.code)
        assert codes.explained(figure)


def test_the_catalogue_names_no_figure_that_the_engine_cannot_write():
    assert set(codes.LABELS) - {figure.code for figure in figures()} == set()
    assert set(codes.SENTENCES) - {(figure.code, figure.rule) for figure in figures()} == set()


def test_the_placeholders_of_a_sentence_are_its_inputs_in_order():
    for sentence in [*codes.SENTENCES.values(), *codes.FINDINGS.values()]:
        fields = {name for _, name, _, _ in Formatter().parse(sentence.text) if name}
        assert fields == set(sentence.placeholders)
    for figure in figures():
        assert len(codes.inputs(figure)) == len(codes.sentence(figure).placeholders)


def test_a_figure_is_told_with_its_inputs():
    slip = pay(lina())

    assert codes.explained(slip["social_contribution"]) == "0.1307 of the gross pay of 1450.00."
    assert codes.explained(slip["employment_bonus_b.full_time"]) == (
        "171.99 less 0.2699 of what the full-time pay of 2900.00 exceeds 2300.62, not below zero."
    )


def test_every_finding_has_a_sentence():
    told = {finding.code: codes.told(finding) for slip in slips() for finding in slip.findings}

    assert set(told) == set(codes.FINDINGS)


def test_a_finding_is_as_severe_as_the_documentation_says():
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (\w+) \|", README.read_text(), re.MULTILINE)
    documented = {code: severity for codes_, severity in rows for code in re.findall(r"\w+", codes_)}
    found = {finding.code: finding.severity for slip in slips() for finding in slip.findings}

    assert {code: severity for code, severity in found.items() if code in documented} == documented


def test_a_finding_names_figures_of_its_payslip_and_parameters_of_its_law():
    for slip in slips():
        law = LAW.on(slip.month)
        for finding in slip.findings:
            assert all(code in slip for code in finding.figures), finding
            for name in finding.parameters:
                subject, _, path = name.partition(".")
                assert law[subject][path].name == name


def test_a_figure_explains_itself_down_to_the_law():
    text = pay(lina())["social_contribution_due"].explain()

    assert text.splitlines()[:4] == [
        "social_contribution_due = 120.64  (difference)",
        "  social_contribution = 189.52  (rate, to the cent)",
        "    gross = 1450.00  (fact)",
        "    social_contribution.rate = 0.1307  [V, since 2025-01-01: ONSS administrative instructions 2026/3]",
    ]
    assert "social_contribution = 189.52  (see above)" in text


def test_a_payslip_is_stored_as_plain_json_with_amounts_as_text():
    stored = json.loads(json.dumps(pay(lina()).to_json()))

    assert Payslip.from_json(stored) == pay(lina())
    net = next(figure for figure in stored["figures"] if figure["code"] == "net")
    assert net["amount"] == "1329.36"
    assert stored["law_digest"] == LAW.digest


def test_a_settlement_is_stored_and_read_back_whole():
    assert Settlement.from_json(json.loads(json.dumps(settlement().to_json()))) == settlement()


def test_a_figure_cannot_be_changed():
    net = pay(lina())["net"]

    with pytest.raises(AttributeError):
        net.amount = Decimal("9999.00")


def test_a_code_that_was_not_computed_is_not_found():
    slip = pay(full_timer())

    assert "spouse_share" not in slip
    with pytest.raises(KeyError):
        slip["spouse_share"]


def test_a_payslip_has_each_code_once():
    slip = pay(lina())

    with pytest.raises(ValueError, match="twice"):
        replace(slip, figures=(*slip.figures, slip["net"]))


def test_the_callers_decimal_context_changes_no_amount():
    member = lina()
    expected = pay(member)

    with localcontext() as context:
        context.prec = 5
        context.rounding = ROUND_DOWN
        assert pay(member.with_gross(member.gross)) == expected
        assert all(recompute(figure) == figure.amount for figure in expected.figures)
        assert getcontext().prec == 5


def test_a_figure_needs_a_known_rule():
    with pytest.raises(KeyError):
        recompute(Figure("net", Decimal("1.00"), "guess", (), "cent"))
