"""The one way to a PDF: proven, reproducible, and blind to everything outside itself."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from django.template import engines

from coop import charts
from coop.documents import pdf, pdfa

AT = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
PAGE = """{% extends "pdf/base.html" %}{% block title %}Facture{% endblock %}
{% block content %}<h1>{{ title }}</h1><table class="lines"><tbody>
<tr><td>{{ text }}</td><td class="num">1 250,00 €</td></tr></tbody></table>{% endblock %}"""


def page(**context: object) -> str:
    """Return the HTML of a small document."""
    return (
        engines["django"]
        .from_string(PAGE)
        .render({"language": "fr", "title": "Facture 2026-0001", "text": "Étude", **context})
    )


def opened(content: bytes) -> pikepdf.Pdf:
    """Open a PDF."""
    return pikepdf.open(io.BytesIO(content))


def test_a_document_with_an_attachment_is_proven_pdf_a_3b():
    made = pdf.print_html(page(), attachments=[pdf.Attachment("invoice.xml", b"<Invoice/>", AT)])

    proven = pdfa.prove(made)

    assert pdfa.is_proven(proven)
    with opened(proven) as document:
        assert document.attachments["invoice.xml"].get_file().read_bytes() == b"<Invoice/>"
        assert len(document.Root.AF) == 1


def test_the_same_page_gives_the_same_bytes():
    first, second = (
        pdfa.prove(pdf.print_html(page(), attachments=[pdf.Attachment("a.xml", b"<a/>", AT)])) for _ in "12"
    )

    assert first == second


def test_a_plain_pdf_is_not_taken_for_an_archive():
    with pytest.raises(pdfa.NotProven, match=r"\w"):
        pdfa.prove(pdf.print_html(page(), variant=None))


def test_a_document_says_its_language_and_carries_our_fonts():
    with opened(pdf.print_html(page())) as document:
        fonts = {str(font["/BaseFont"]) for font in document.pages[0].Resources.Font.values()}

        assert document.Root.Lang == "fr"
        assert all("IBM-Plex-Sans" in font or "IBMPlexSans" in font for font in fonts), fonts


@pytest.mark.parametrize(
    "hostile",
    [
        '<link rel="attachment" href="{address}">',
        '<a rel="attachment" href="{address}">x</a>',
        '<img src="{address}">',
        '<object data="{address}"></object>',
        '<embed src="{address}">',
        '<link rel="stylesheet" href="{address}">',
        '<style>@import url("{address}");</style>',
        '<style>body {{ background: url("{address}") }}</style>',
        '<style>p::before {{ content: url("{address}") }}</style>',
        '<style>@font-face {{ font-family: x; src: url("{address}") }} p {{ font-family: x }}</style>',
        '<svg width="9" height="9"><image href="{address}" width="9" height="9"/></svg>',
        '<base href="{address}"><link rel="attachment" href="">',
    ],
)
def test_a_document_reads_nothing_outside_itself(hostile, tmp_path: Path, monkeypatch):
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>canary-4711</text></svg>')
    asked: list[str] = []
    monkeypatch.setattr("socket.socket.connect", lambda _self, address: asked.append(str(address)))

    for address in (secret.as_uri(), "http://127.0.0.1:9/x"):
        made = pdf.print_html(f"<p>x</p>{hostile.format(address=address)}")

        with opened(made) as document:
            assert not document.attachments
            assert all(
                b"canary-4711" not in stream.read_bytes()
                for stream in document.objects
                if isinstance(stream, pikepdf.Stream)
            )
    assert asked == []


def test_what_people_type_stays_text():
    made = pdf.print_html(page(text='<link rel="attachment" href="file:///etc/passwd"><script>x</script>'))

    with opened(made) as document:
        assert not document.attachments


def test_a_chart_keeps_its_colours_on_paper():
    chart = charts.bars(
        title="Turnover", finding="It grows.", unit="€", series=[charts.Series("2026")],
        points=[charts.Point("Jan.", (__import__("decimal").Decimal("10.00"),))],
    )  # fmt: skip
    html = engines["django"].from_string("{% chart chart %}").render({"chart": chart})

    with opened(pdf.print_html(html)) as document:
        drawn = b"".join(
            each.read_bytes()
            for each in document.objects
            if isinstance(each, pikepdf.Stream) and each.get("/Subtype") != "/XML"
        )

    assert b"0.058824 0.419608 0.341176 rg" in drawn or b"0.0588235 0.419608 0.341176 rg" in drawn


def test_a_template_is_printed_in_its_own_language():
    with opened(pdf.render(pdf.WARM_UP, {}, language="nl")) as document:
        assert document.Root.Lang == "nl"
