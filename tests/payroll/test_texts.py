"""Every figure, parameter and finding of the engine has words, marked for translation."""

import csv
from pathlib import Path

import pytest

from coop.money import CENT
from payroll import engine, messages, texts
from payroll.engine import codes
from payroll.engine.cases import read_cases
from payroll.engine.figures import Parameter


def test_every_text_of_the_engine_is_marked_for_translation() -> None:
    catalogue = {
        *codes.LABELS.values(),
        codes.FACT.text,
        *(sentence.text for sentence in codes.SENTENCES.values()),
        *(sentence.text for sentence in codes.FINDINGS.values()),
    }

    assert set(messages.TEXTS) == catalogue


def test_every_parameter_of_the_law_has_a_name() -> None:
    law = engine.Law.load().on(engine.YearMonth(2026, 9))

    names = {parameter.name for subject in law._values.values() for parameter in subject}

    assert all(texts.parameter_label(name) for name in names)
