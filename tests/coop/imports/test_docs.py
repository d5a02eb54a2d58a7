"""The format of files is documented: every sheet and every column."""

from pathlib import Path

import pytest

from coop.imports import sheets

DOCS = Path(__file__).resolve().parents[3] / "docs" / "imports.md"


@pytest.mark.parametrize("name", [sheet.name for sheet in sheets.all_sheets()])
def test_every_sheet_and_column_is_documented(name: str) -> None:
    section = DOCS.read_text().split(f"### `{name}`:", 1)[1].split("### `", 1)[0]

    assert [column.name for column in sheets.get(name).columns if f"| `{column.name}` |" not in section] == []
