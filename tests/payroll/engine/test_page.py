from pathlib import Path

import pytest

from payroll.engine import Law
from payroll.engine.page import MARKS, law_page
from tests.payroll.engine.cast import LAW

SUBJECT = """
subject: example
description: "An example"
unit: "EUR per month"
confirmed_until: 2026-12-31
provisional_from: 2026-10-01
last_review: 2026-09-28
sets:
  - valid_from: 2025-01-01
    mark: V
    marks: {top: B}
    source: {title: "Staatsblad | Moniteur", link: "https://example.org/law", published: 2024-12-18}
    values:
      top: "10"
      bands: [{up_to: "100", rate: "0.10"}, {rate: "0.20", maximum: "50"}]
      years: {0: {A: "1.00", B: "2.00"}, 1: {A: "3.00", B: "4.00"}}
  - valid_from: 2026-07-01
    mark: S
    source: {title: "Second text", link: null, published: null}
    values:
      top: "11"
      bottom_line: "1"
      bands: [{up_to: "100", rate: "0.10"}, {rate: "0.20", maximum: "50"}]
      years: {0: {A: "1.10", B: "2.20"}, 1: {A: "3.30", B: "4.40"}}
"""

PAGE = """## example

An example. Unit: EUR per month. Confirmed until 2026-12-31.
From 2026-10-01 on the values are used, but still to be confirmed.

| From | Until | Source | Published | Certainty |
|---|---|---|---|---|
| 2025-01-01 | 2026-06-30 | [Staatsblad \\| Moniteur](https://example.org/law) | 2024-12-18 | verified |
| 2026-07-01 | 2026-12-31 | Second text | – | one source |

| Value | from 2025-01-01 | from 2026-07-01 |
|---|---:|---:|
| top | 10 (to be confirmed) | 11 |
| bottom line | – | 1 |

**bands**, from 2025-01-01

| up to | rate | maximum |
|---:|---:|---:|
| 100 | 0.10 | – |
| – | 0.20 | 50 |

**years**

|  | A, from 2025-01-01 | B, from 2025-01-01 | A, from 2026-07-01 | B, from 2026-07-01 |
|---|---:|---:|---:|---:|
| 0 | 1.00 | 2.00 | 1.10 | 2.20 |
| 1 | 3.00 | 4.00 | 3.30 | 4.40 |
"""


@pytest.fixture
def page(tmp_path: Path) -> str:
    (tmp_path / "example.yaml").write_text(SUBJECT)
    return law_page(Law.load(tmp_path))


def test_a_subject_shows_its_dates_sources_values_and_how_sure_they_are(page):
    assert page.endswith(PAGE)


def test_the_overview_leads_to_each_subject(page):
    assert "| [example](#example) | 2026-07-01 | 2026-12-31 | 2026-10-01 | 2026-09-28 |" in page


def test_a_table_that_changes_is_printed_again_with_its_date(tmp_path):
    first, second = SUBJECT.split("Second text")
    changed = "Second text".join([first, second.replace('rate: "0.20"', 'rate: "0.25"')])
    (tmp_path / "example.yaml").write_text(changed)

    page = law_page(Law.load(tmp_path))

    assert page.count("**bands**") == 2
    assert "| – | 0.25 | 50 |" in page


def test_every_value_source_and_date_of_the_law_is_on_the_page():
    page = law_page(LAW)

    for subject in LAW.subjects:
        part = page.split(f"\n## {subject.name}\n", 1)[1].split("\n## ", 1)[0]
        assert subject.description in part
        assert subject.unit in part
        for dated in subject.sets:
            assert f"| {dated.valid_from} |" in part
            assert dated.source.title in part
            assert MARKS[dated.mark] in part
            assert all(f"| {one.value} " in part for one in dated.parameters.values())
