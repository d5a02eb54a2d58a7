"""A parameter file is whole and makes sense, or is refused in a sentence that names subject and fault."""

from datetime import date
from decimal import Decimal

import pytest

from payroll.engine import BadParameters, Parameter
from payroll.engine.law import BELGIUM
from payroll.engine.schema import read_subject

EXAMPLE = """
subject: example
description: "An example"
unit: "EUR"
confirmed_until: 2026-12-31
provisional_from: 2026-10-01
last_review: 2026-09-28
sets:
  - valid_from: 2026-01-01
    mark: V
    source: {title: "Royal decree", link: "https://example.org/1", published: 2025-12-29}
    values: {amount: "1.50", part: {low: "0", high: "2"}}
  - valid_from: 2026-07-01
    mark: V
    marks: {part.low: S, part: B}
    source: {title: "Another decree", link: null, published: null}
    values:
      amount: "1.75"
      part: {low: "1", high: "2"}
      table:
        - {up_to: "10", rate: "0.1"}
        - {up_to: "20", rate: "0.2"}
        - {rate: "0.3"}
"""
TABLE = """      table:
        - {up_to: "10", rate: "0.1"}
        - {up_to: "20", rate: "0.2"}
        - {rate: "0.3"}
"""


def read(text=EXAMPLE):
    return read_subject(name="example", text=text)


def test_a_whole_file_is_read_as_it_is_written():
    subject = read()

    assert (subject.name, subject.description, subject.unit) == ("example", "An example", "EUR")
    assert subject.confirmed_until == date(2026, 12, 31)
    assert subject.provisional_from == date(2026, 10, 1)
    assert subject.last_review == date(2026, 9, 28)
    first, second = subject.sets
    assert (first.valid_from, first.mark) == (date(2026, 1, 1), "V")
    assert (first.source.title, first.source.link) == ("Royal decree", "https://example.org/1")
    assert (first.source.published, second.source.published, second.source.link) == (date(2025, 12, 29), None, None)
    assert first.parameters["amount"] == Parameter(
        "example.amount", Decimal("1.50"), date(2026, 1, 1), "Royal decree", "V"
    )
    assert list(second.parameters) == [
        "amount", "part.low", "part.high",
        "table[0].up_to", "table[0].rate", "table[1].up_to", "table[1].rate", "table[2].rate",
    ]  # fmt: skip


def test_a_mark_holds_for_the_values_whose_path_begins_so_and_the_first_that_fits_counts():
    marks = {path: one.mark for path, one in read().sets[1].parameters.items()}

    assert marks == dict.fromkeys(marks, "V") | {"part.low": "S", "part.high": "B"}


def test_what_need_not_be_told_is_left_out():
    assert read(EXAMPLE.replace("provisional_from: 2026-10-01\n", "")).provisional_from is None
    assert read(EXAMPLE.replace("confirmed_until: 2026-12-31", "confirmed_until: 2026-07-01")).sets


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (EXAMPLE, "- a list", "example: the file must be a mapping"),
        ("subject: example", "subject: other", "example: the subject 'other' is not the file's name"),
        ('"An example"', '""', "example: description must be a text"),
        ('"An example"', "12", "example: description must be a text"),
        ('unit: "EUR"', "unit: []", "example: unit must be a text"),
        ("last_review: 2026-09-28\n", "", "example: missing: last_review"),
        ("unit:", "colour: red\nsize: big\nunit:", "example: unknown: colour, size"),
        ("confirmed_until: 2026-12-31", "confirmed_until: soon", "example: confirmed_until must be a day, not 'soon'"),
        ("last_review: 2026-09-28", "last_review: never", "example: last_review must be a day, not 'never'"),
        (
            "provisional_from: 2026-10-01",
            "provisional_from: 2026-10-01T00:00:00",
            "example: provisional_from must be a day, not datetime.datetime(2026, 10, 1, 0, 0)",
        ),
        ("confirmed_until: 2026-12-31", "confirmed_until: 2026-06-30", "example: a set begins after confirmed_until"),
        (EXAMPLE[EXAMPLE.index("sets:") :], "sets: []", "example: there must be a set"),
        (EXAMPLE[EXAMPLE.index("sets:") :], "sets: {a: 1}", "example: there must be a set"),
        (EXAMPLE[EXAMPLE.index("sets:") :], "sets: [1]", "example: a set must be a mapping"),
        ("valid_from: 2026-07-01", "valid_from: 2026-01-01", "example: valid_from must increase"),
        ("valid_from: 2026-07-01", "valid_from: 7", "example: valid_from must be a day, not 7"),
        (
            "valid_from: 2026-07-01",
            "valid_from: 2026-07-02",
            "example from 2026-07-02: valid_from must be the first day of a month",
        ),
        ("mark: V\n    marks", "mark: Q\n    marks", "example from 2026-07-01: the mark must be one of V, S, B"),
        ("mark: V\n    marks", "marks", "example: missing: mark"),
        ("mark: V\n    marks", "mark: V\n    note: x\n    marks", "example: unknown: note"),
        ("{part.low: S, part: B}", "[part.low]", "example from 2026-07-01: marks must be a mapping of paths"),
        ("part: B}", "part: C}", "example from 2026-07-01: the mark of part must be one of V, S, B"),
        ("part: B}", "art: B}", "example from 2026-07-01: marks names no value: art"),
        ('{title: "Another decree", link: null, published: null}', "none", "example from 2026-07-01: every set has a source"),
        ('title: "Another decree"', 'title: ""', "example from 2026-07-01: the source must have a title"),
        ('title: "Another decree"', "title: 12", "example from 2026-07-01: the source must have a title"),
        ('title: "Another decree", ', "", "example from 2026-07-01: missing: title"),
        ('title: "Another decree"', 'title: "A", author: "B"', "example from 2026-07-01: unknown: author"),
        (
            "https://example.org/1",
            "http://example.org/1",
            "example from 2026-01-01: the source's link must begin with https:// or be null",
        ),
        ("link: null", "link: 12", "example from 2026-07-01: the source's link must begin with https:// or be null"),
        ("published: 2025-12-29", "published: 2025", "example from 2026-01-01: published must be a day, not 2025"),
        ('{amount: "1.50", part: {low: "0", high: "2"}}', "{}", "example from 2026-01-01: there must be values"),
        ('"1.50"', "1.50", "example from 2026-01-01: amount must be a quoted number, not 1.5"),
        ('"1.50"', '"1,50"', "example from 2026-01-01: amount is not a number: '1,50'"),
        ('"1.50"', '"-1"', "example from 2026-01-01: amount must be zero or more: -1"),
        ('"1.50"', '"Infinity"', "example from 2026-01-01: amount must be zero or more: Infinity"),
        ('low: "1"', 'low: "x"', "example from 2026-07-01: part.low is not a number: 'x'"),
        ('rate: "0.2"', 'rate: "x"', "example from 2026-07-01: table[1].rate is not a number: 'x'"),
        (TABLE, '      table: ["1", "2"]\n', "example from 2026-07-01: table must be a list of rows"),
        ('up_to: "20"', 'up_to: "10"', "example from 2026-07-01: the bounds of table must increase"),
        ('up_to: "20", ', "", "example from 2026-07-01: every row of table but the last has an up_to"),
        ('{rate: "0.3"}', '{up_to: "30", rate: "0.3"}', "example from 2026-07-01: every row of table but the last has an up_to"),
    ],
)  # fmt: skip
def test_a_file_that_breaks_its_form_is_refused_in_one_sentence(old, new, sentence):
    assert EXAMPLE.count(old) == 1

    with pytest.raises(BadParameters) as refusal:
        read(EXAMPLE.replace(old, new))

    assert str(refusal.value) == sentence


def test_a_file_that_is_not_yaml_is_refused():
    with pytest.raises(BadParameters, match="^example: the file is not YAML: "):
        read("a: [")


CHILDREN = "the rows of children must count from 1, one by one"
ATTACHMENT = "wage_attachment from 2026-01-01: "
BONUS = "employment_bonus from 2025-02-01: "
TAX = "withholding_tax from 2025-01-01: "
PAYMENT = "exceptional_payment from 2025-01-01: "
REDUCTION = "structural_reduction from 2025-01-01: "
SCALE = "pay_scale_pc200 from 2025-01-01: "


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("employment_bonus", 'ceiling: "2777.83"', 'ceiling: "2777.84"', BONUS + "the ceiling of B must be the floor of A"),
        ("employment_bonus", 'ceiling: "3271.48"', 'ceiling: "2777.83"', BONUS + "a: floor under ceiling"),
        ("employment_bonus", 'floor: "2175.25"', 'floor: "2777.83"', BONUS + "b: floor under ceiling"),
        ("withholding_tax", 'constant: "9704.37"', 'constant: "9704.38"', TAX + "the constant from 28790 must be 9704.37"),
        ("withholding_tax", 'constant: "4362.93"', 'constant: "4362.92"', TAX + "the constant from 16310 must be 4362.93"),
        ("withholding_tax", 'from: "28790"', 'from: "28791"', TAX + "a bracket must start at the bound before it"),
        ("withholding_tax", 'up_to: "16310"', 'up_to: "28790"', TAX + "the bounds of brackets must increase"),
        ("withholding_tax", '2: "1608"', '2: "612"', TAX + "the reductions for children must increase"),
        ("withholding_tax", '8: "21444"', '8: "17676"', TAX + "the reductions for children must increase"),
        ("withholding_tax", '"dependant_65": S', '"grandparent": S', TAX + "marks names no value: grandparent"),
        ("structural_reduction", 's2: "6943.32"', 's2: "11013.62"', REDUCTION + "s2 must lie below s0"),
        ("structural_reduction", 'minimum: "0.275"', 'minimum: "0.55"', REDUCTION + "the shares must increase"),
        ("structural_reduction", 'full_from: "0.80"', 'full_from: "0.55"', REDUCTION + "the shares must increase"),
        ("pay_scale_pc200", '26: {A: "2406.70"', '27: {A: "2406.70"', SCALE + "missing: I.26.A"),
        ("pay_scale_pc200", '0: {A: "2194.32", ', "0: {", SCALE + "missing: I.0.A"),
        ("pay_scale_pc200", '1: {A: "2200.93"', '1: {A: "2194.31"', SCALE + "scale I, class A may not fall with experience"),
        ("wage_attachment", 'fixed: "21.00"', 'fixed: "21.01"', ATTACHMENT + "the fixed part from 1524 must be 21.00"),
        ("wage_attachment", 'from: "1682"', 'from: "1681"', ATTACHMENT + "a band must start at the bound before it"),
        ("wage_attachment", 'rate: "0"}', 'rate: "0.1"}', ATTACHMENT + "the first band must be protected"),
        ("wage_attachment", 'from: "0"', 'from: "1"', ATTACHMENT + "the first band must be protected"),
        ("wage_attachment", 'from: "0", fixed: "0"', 'from: "0", fixed: "1"', ATTACHMENT + "the first band must be protected"),
        ("wage_attachment", '"131.20", rate: "1"', '"131.20", rate: "1.1"', ATTACHMENT + "the rates must increase, up to 1"),
        ("wage_attachment", '"131.20", rate: "1"', '"131.20", rate: "0.40"', ATTACHMENT + "the rates must increase, up to 1"),
        ("wage_attachment", 'up_to: "1682"', 'up_to: "1524"', ATTACHMENT + "the bounds of scale must increase"),
        ("meal_voucher", 'face: "10.00"', 'face: "10.01"', "meal_voucher from 2026-01-01: the face value must be 10.00"),
        (
            "bicycle",
            '{per_km: "0.32"',
            '{per_km: "0.37"',
            "bicycle from 2026-10-01: the sector's rate may not exceed the tax-free rate",
        ),
        ("exceptional_payment", '{up_to: "11", exempt', '{up_to: "12", exempt', PAYMENT + CHILDREN),
        ("exceptional_payment", '{up_to: "1", exempt', '{up_to: "0", exempt', PAYMENT + CHILDREN),
        ("exceptional_payment", 'holiday: "0.5350"', 'holiday: "0.4700"', PAYMENT + "the rates of holiday may not fall, nor exceed 1"),
        ("exceptional_payment", 'other: "0.5350"', 'other: "1.0001"', PAYMENT + "the rates of other may not fall, nor exceed 1"),
        ("exceptional_payment", 'exempt: "91810"', 'exempt: "84749"', PAYMENT + "exempt may not fall with the children"),
        ("exceptional_payment", 'reduction: "0.35"', 'reduction: "0.19"', PAYMENT + "reduction may not fall with the children"),
        (
            "exceptional_payment",
            'reduction: "0.55", reduction_up_to: "36720"',
            'reduction: "0.55", reduction_up_to: "31069"',
            PAYMENT + "reduction_up_to may not fall with the children",
        ),
    ],
)  # fmt: skip
def test_the_tables_of_a_subject_are_checked_for_sense(name, old, new, sentence):
    text = (BELGIUM / f"{name}.yaml").read_text()
    assert old in text

    with pytest.raises(BadParameters) as refusal:
        read_subject(name=name, text=text.replace(old, new, 1))

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("bicycle", '{per_km: "0.32"', '{per_km: "0.36"'),  # the sector may grant all that is free of tax
        ("exceptional_payment", 'other: "0.5350"}', 'other: "1"}'),
        ("pay_scale_pc200", '1: {A: "2200.93"', '1: {A: "2194.32"'),  # a year of experience may bring nothing
    ],
)
def test_a_value_on_its_bound_is_read(name, old, new):
    text = (BELGIUM / f"{name}.yaml").read_text()
    assert old in text

    assert read_subject(name=name, text=text.replace(old, new, 1)).name == name
