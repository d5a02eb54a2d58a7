"""The legal cases, read from their YAML files and compared to the cent."""

from pathlib import Path

import pytest

from tests.payroll.engine import legal
from tests.payroll.engine.cast import LAW

CASES = legal.cases()

WHOLE = """
about: One case.
source: By hand.
month: 2026-09
cases:
  - name: minimum
    facts: {gross: "2500.00", household: own_income, children: 1, disabled: no}
    expected: {social_contribution: "326.75"}
"""
QUARTER = """
about: One quarter.
source: By hand.
cases:
  - name: varying
    quarter: 2026-07
    facts: {gross: ["2200.00", "2200.00", "4600.00"]}
    expected: {structural_reduction: ["404.80", "404.79", "-315.20"], structural_reduction_quarter: "494.39"}
"""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_engine_meets_each_legal_case_to_the_cent(case: legal.Case):
    assert legal.differences(case, LAW) == []


def test_the_cases_cover_every_subject_of_ordinary_pay():
    assert {case.file.removesuffix(".yaml") for case in CASES} >= {
        "worked_examples",
        "employment_bonus",
        "special_contribution",
        "withholding_tax_2025",
        "withholding_tax_2026",
        "structural_reduction_of_the_quarter",
        "reductions_within_contributions",
        "wage_cost",
        "employer_contribution",
        "wage_floor",
    }
    assert len(CASES) > 200


def written(folder: Path, text: str) -> Path:
    path = folder / "example.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_cent_that_differs_is_told(tmp_path):
    (month,) = legal.read(written(tmp_path, WHOLE.replace("326.75", "326.76")))
    (quarter,) = legal.read(written(tmp_path, QUARTER.replace("404.79", "404.78").replace("494.39", "494.40")))

    assert legal.differences(month, LAW) == ["2026-09, social_contribution: expected 326.76, computed 326.75"]
    assert legal.differences(quarter, LAW) == [
        "2026-08, structural_reduction: expected 404.78, computed 404.79",
        "quarter, structural_reduction_quarter: expected 494.40, computed 494.39",
    ]


@pytest.mark.parametrize(
    ("text", "old", "new", "sentence"),
    [
        (WHOLE, "about:", "title:", "example.yaml: title: is no known key"),
        (WHOLE, "about: One case.\n", "", "example.yaml: about: is missing"),
        (WHOLE, "name: minimum", "name: minimum\n    person: Lina", "example.yaml: person: is no known key"),
        (WHOLE, "children:", "childs:", "example.yaml: minimum: childs: is no known key"),
        (WHOLE, "social_contribution:", "onss:", "example.yaml: minimum: onss: is no known key"),
        (WHOLE, "source: By hand.\n", "", "example.yaml: minimum: source: is missing"),
        (WHOLE, "month: 2026-09", "month: 2026-13", "example.yaml: minimum: month: the month 2026-13 does not exist"),
        (WHOLE, "month: 2026-09\n", "", "example.yaml: minimum: month: or quarter must be given"),
        (WHOLE, '"2500.00"', "2500.00", "example.yaml: minimum: gross: must be a number in quotes, not 2500.0"),
        (WHOLE, '"326.75"', '"326,75"', "example.yaml: minimum: social_contribution: is not a number: '326,75'"),
        (WHOLE, "children: 1", 'children: "1"', "example.yaml: minimum: children: must be a whole number, not '1'"),
        (WHOLE, "disabled: no", "disabled: 0", "example.yaml: minimum: disabled: must be yes or no, not 0"),
        (WHOLE, 'gross: "2500.00", ', "", "example.yaml: minimum: gross: or taxable must be given, one of the two"),
        (WHOLE, '{social_contribution: "326.75"}', "{}", "example.yaml: minimum: expected: is empty"),
        (WHOLE, '"326.75"', '["1", "2", "3"]', "social_contribution: has a value for each month of a quarter"),
        ("about: None.\ncases: none\n", "none", "0", "example.yaml: cases: must be a list of cases"),
        (WHOLE, "about:", "about: [", "example.yaml: the file is not YAML"),
        (QUARTER, '"2200.00", "2200.00"', '"2200.00"', "varying: gross: has a value for each month of a quarter"),
    ],
)
def test_a_case_file_that_breaks_its_form_is_refused_naming_file_and_key(tmp_path, text, old, new, sentence):
    assert old in text

    with pytest.raises(legal.BadCase) as refused:
        legal.read(written(tmp_path, text.replace(old, new, 1)))

    assert sentence in str(refused.value)


def test_two_cases_of_one_name_are_refused(tmp_path):
    twice = WHOLE + WHOLE.split("cases:\n")[1]

    with pytest.raises(legal.BadCase, match="name: occurs twice: minimum"):
        legal.read(written(tmp_path, twice))


@pytest.mark.parametrize("household", ["married", "widowed"])
def test_a_fact_that_the_engine_refuses_names_file_and_case(tmp_path, household):
    (case,) = legal.read(written(tmp_path, WHOLE.replace("own_income", household)))

    with pytest.raises(legal.BadCase, match=r"example\.yaml: minimum: household\.kind: .* must be one of single"):
        legal.differences(case, LAW)
