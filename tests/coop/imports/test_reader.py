"""Reading tables from files of others."""

import contextlib
import io
import zipfile

import openpyxl
import pytest

from coop.imports import reader

CSV = "code;name\nA-1;Été\n"


def read(content: bytes, encoding: str = "") -> reader.Table:
    return reader.read(content, filename="file", encoding=encoding)


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_read_with_or_without_its_mark_and_without_a_notice(encoding: str) -> None:
    table = read(CSV.encode(encoding))

    assert table.header == ("code", "name")
    assert table.records[0].cells == ("A-1", "Été")
    assert table.notices == ()


def test_windows_1252_is_read_with_a_notice() -> None:
    table = read(CSV.encode("windows-1252"))

    assert table.records[0].cells[1] == "Été"
    assert "Windows-1252" in table.notices[0]


def test_a_declared_encoding_is_believed_or_refused_never_guessed() -> None:
    assert read(CSV.encode("windows-1252"), "windows-1252").notices == ()

    with pytest.raises(reader.FileUnreadable, match="not UTF-8"):
        read(CSV.encode("windows-1252"), "utf-8")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_semicolon_comma_and_tab_set_columns_apart(delimiter: str) -> None:
    table = read(f'code{delimiter}name\nA-1{delimiter}"one{delimiter} two"\n'.encode())

    assert table.records[0].cells == ("A-1", f"one{delimiter} two")


def test_lines_are_those_of_the_file_even_after_blank_and_broken_ones() -> None:
    table = read(b'code;name\n\nA-1;"two\nlines"\nA-2;x\n')

    assert [record.line for record in table.records] == [3, 5]


def test_the_apostrophe_of_our_exports_is_taken_away() -> None:
    table = read(b"code;name\n'=A1;'quoted\n")

    assert table.records[0].cells == ("=A1", "'quoted")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        b"code;name\n",
        b"\x00\x01\x02;\x81",
        b'code;name\n"open;1\n',
        b"PK\x03\x04 not a zip",
        b"\x81\x8d;a\nb;c",
    ],
)
def test_what_holds_no_table_is_refused_with_a_remedy(content: bytes) -> None:
    with pytest.raises(reader.FileUnreadable) as refused:
        read(content)

    assert refused.value.remedy


def test_a_file_of_more_than_10_mb_is_refused_before_it_is_read() -> None:
    with pytest.raises(reader.FileUnreadable, match="10 MB"):
        read(b"a" * (reader.LARGEST_FILE + 1))


def test_more_rows_or_longer_cells_than_allowed_are_refused() -> None:
    with pytest.raises(reader.FileUnreadable, match="rows"):
        read(b"code\n" + b"x\n" * (reader.MOST_ROWS + 1))
    with pytest.raises(reader.FileUnreadable, match="characters"):
        read(b"code\n" + b"x" * (reader.LONGEST_CELL + 1))


def test_xlsx_gives_numbers_and_days_as_texts_that_read_back_without_a_doubt() -> None:
    from datetime import date

    table = read(workbook([["a", "b", "c", "d"], [1250.5, date(2026, 1, 12), 1.125, 400]]))

    assert [reader.text_of(cell) for cell in table.records[0].cells] == ["1250.5", "2026-01-12", "1.1250", "400"]


def test_a_formula_without_a_saved_value_is_a_fault_and_is_never_calculated() -> None:
    table = read(workbook([["a", "b"], ["=1+1", "x"]]))

    assert table.records[0].cells == ("", "x")
    assert (table.faults[0].line, table.faults[0].place, table.faults[0].value) == (2, 0, "=1+1")


def test_a_document_type_in_the_xml_of_an_xlsx_is_refused() -> None:
    original = workbook([["a"], ["x"]])
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(original)) as source, zipfile.ZipFile(output, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                data = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + data.split(b"?>", 1)[-1]
            target.writestr(name, data)

    with pytest.raises(reader.FileUnreadable, match="document type"):
        read(output.getvalue())


def test_an_xlsx_that_unzips_to_more_than_50_mb_is_refused() -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (reader.LARGEST_UNZIPPED + 1))

    with pytest.raises(reader.FileUnreadable, match="50 MB"):
        read(output.getvalue())


def test_damaged_bytes_raise_nothing_but_the_documented_refusal() -> None:
    original = workbook([["code", "name"], ["A-1", "x"]])

    for cut in range(4, len(original), 97):
        damaged = original[:cut] + bytes([original[cut] ^ 0xFF]) + original[cut + 1 :]
        for content in (original[:cut], damaged):
            with contextlib.suppress(reader.FileUnreadable):
                read(content)
