"""Every figure, parameter and finding of the engine has words, marked for translation."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from payroll import engine, messages, slips, texts
from payroll.engine import codes
from tests.payroll.engine import cast
from tests.payroll.engine.payments import varied_payments

HOUSEHOLDS = (
    cast.SINGLE,
    replace(cast.SINGLE, single_parent=True, children=9, disabled_children=1, disabled=True),
    replace(cast.SINGLE, kind="no_income", children=2, other_dependants=1, dependants_65=1, disabled_spouse=True),
    replace(cast.SINGLE, kind="low_income"),
    replace(cast.SINGLE, kind="low_pension"),
    replace(cast.SINGLE, kind="own_income", children=1),
)
GROSSES = ("500.00", "1450.00", "2300.00", "2650.00", "3100.00", "4200.00", "31000.00")


def payslips() -> list[engine.Payslip]:
    """Payslips of many households and amounts, with the rules that few months use."""
    found = []
    for household in HOUSEHOLDS:
        for gross in GROSSES:
            facts = replace(cast.full_timer(gross=gross), household=household)
            found.append(engine.payslip(facts, cast.LAW))
    part_time = cast.full_timer(gross="1450.00", work=cast.hours("9"))
    found.append(engine.payslip(replace(part_time, group_insurance_contribution=Decimal("20.00")), cast.LAW))
    found.append(engine.payslip(cast.full_timer(gross="1500.00", work=cast.hours("24.7")), cast.LAW))
    found.extend(varied_payments())
    return found


def test_every_text_of_the_engine_is_marked_for_translation() -> None:
    catalogue = {
        *codes.LABELS.values(),
        codes.FACT.text,
        *(sentence.text for sentence in codes.SENTENCES.values()),
        *(sentence.text for sentence in codes.FINDINGS.values()),
    }

    assert set(messages.TEXTS) == catalogue


def test_every_parameter_of_the_law_has_a_name() -> None:
    months = [engine.YearMonth(2026, month) for month in (4, 9)]  # the car's rates end in April and June

    law = [engine.Law.load().on(month) for month in months]
    names = {parameter.name for one in law for subject in one._values.values() for parameter in subject}

    assert all(texts.parameter_label(name) for name in names)


def test_every_source_of_the_law_is_marked_for_translation() -> None:
    named = {dated.source.title for subject in engine.Law.load().subjects for dated in subject.sets}

    assert set(messages.SOURCES) == named


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_every_figure_is_told_in_every_language_with_its_numbers_filled_in(language: str) -> None:
    with translation.override(language):
        for payslip in [*payslips(), *cast.exceptional_payments()]:
            for figure in payslip.figures:
                told = texts.explain(figure)
                assert told.label
                assert told.sentence
                assert "{" not in told.sentence + told.formula
            for finding in payslip.findings:
                assert "{" not in texts.finding(finding, payslip)


def test_the_parts_shown_are_those_that_recombine_to_the_amount() -> None:
    for payslip in [*payslips(), *cast.exceptional_payments()]:
        for figure in payslip.figures:
            told = texts.explain(figure)
            assert len(told.parts) + len(told.sources) == len(figure.parts)
            assert engine.recompute(figure) == figure.amount


def test_values_are_written_as_what_they_are() -> None:
    slip = engine.payslip(cast.full_timer(gross="2650.00"), cast.LAW)

    contribution = texts.explain(slip["social_contribution"])
    share = texts.explain(slip["working_time_share"])

    assert contribution.sentence == "13.07% of the gross pay of €2,650.00."
    assert contribution.formula == "€2,650.00 × 13.07% = €346.36"
    assert share.value == "1"
    assert slip["gross"].amount == Decimal("2650.00")


def test_a_payment_is_told_with_its_rates_dates_and_days() -> None:
    whole, *_others, capped, _face, refused, _enjoyed = varied_payments()

    findings = {finding.code: texts.finding(finding, capped) for finding in capped.findings}

    assert texts.explain(whole["own_car.allowance"]).sentence == "300 kilometres at €0.40 each."
    assert texts.explain(whole["attachment_children_part"]).sentence == "€88.00 for each of 2 dependent children."
    assert texts.explain(whole["one_fifth"]).sentence.startswith("20% of the cash pay of €")
    assert texts.explain(whole["bicycle.kilometres_counted"]).sentence == "12 kilometres, at most 40."
    assert findings["own_car_above_cap"].startswith(
        "€0.4327 per kilometre by car exceeds the legal €0.4326 in force since 1 January 2026"
    )
    assert [texts.finding(one, refused) for one in refused.findings if one.code == "benefit_without_law"] == [
        "Legal rate per kilometre by car, of the quarter: no value is confirmed for September 2026, and this benefit "
        "is left out until it is known."
    ]


def test_a_payslip_explains_each_figure_once_in_a_line_and_no_line_within_another() -> None:
    def told(explanation: texts.Explanation) -> list[str]:
        return [explanation.code, *(code for part in explanation.parts if part.sentence for code in told(part))]

    for payslip in payslips():
        for rows in (slips.to_net(payslip), slips.to_cost(payslip)):
            lines = {row.explanation.code for row in rows}
            for row in rows:
                codes = told(row.explanation)
                assert row.explanation.sentence
                assert len(codes) == len(set(codes))
                assert lines & set(codes) == {row.explanation.code}
                assert [part.code for part in row.explanation.parts] == [
                    part.code for part in texts.explain(payslip[row.explanation.code]).parts
                ]
