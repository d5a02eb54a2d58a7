"""One document, from its pending row to its sealed file, against bare WeasyPrint on the same HTML (B1, per document)."""

import gc
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.utils import translation

from coop.documents import kinds, pdf
from coop.documents import services as documents
from coop.documents.models import Document
from invoicing import paper
from invoicing.models import Invoice
from tests import cast
from tests.bench.measuring import Row, in_turn
from tests.bench.sizes import Size
from tests.invoicing import build

AT = cast.at("2026-09-14 12:00")
LINES = 10


def measure(size: Size, world: cast.World) -> Iterator[Row]:
    """Measure invoices of ten lines, with and without the proof that they are PDF/A-3b."""
    bare = Bare("pdf/invoice.css")
    proven = kinds.get("invoice")
    unproven = kinds.Kind(proven.name, build=proven.build, visible=proven.visible)
    issued = [invoices(world, size.documents) for _round in range(2 * (size.rounds + 1))]
    pages = [html_of(invoice) for invoice in issued[0]]

    def made(kind: kinds.Kind, batch: Sequence[Invoice]) -> None:
        kinds.register(kind)
        try:
            make(batch)
        finally:
            kinds.register(proven)

    bare.tuned(pages[0])
    times = in_turn(
        {
            "made": lambda number: made(unproven, issued[2 * number]),
            "proven": lambda number: made(proven, issued[2 * number + 1]),
            "tuned": lambda _round: [bare.tuned(page) for page in pages],
            "naive": lambda _round: [bare.naive(page) for page in pages],
        },
        rounds=size.rounds,
        baseline="tuned",
    )
    subject, parts = "documents", size.documents
    yield times.row(
        subject, "invoice made, stored and sealed ÷ bare tuned WeasyPrint", "made", "tuned", parts=parts,
        goal=Decimal("1.05"),
    )  # fmt: skip
    yield times.row(
        subject, "invoice made, stored and sealed ÷ bare naive WeasyPrint", "made", "naive", parts=parts,
        goal=Decimal("0.80"),
    )  # fmt: skip
    yield times.row(subject, "the same with its PDF/A-3b proof ÷ bare naive WeasyPrint", "proven", "naive", parts=parts)


def invoices(world: cast.World, number: int) -> list[Invoice]:
    """Issue invoices of ten lines, whose documents then wait."""
    lines = [build.line(str(1 + place), "125.50", description=f"Training day {place + 1}") for place in range(LINES)]
    return [build.invoice(world.activities["aline"], world.aline, *lines) for _place in range(number)]


def html_of(invoice: Invoice) -> str:
    """Return the page that the document of an invoice is made of."""
    issued = Invoice.objects.get(pk=invoice.pk)
    with translation.override(issued.language):
        context = paper.context(paper.of(issued, list(issued.lines.order_by("position"))))
        return render_to_string(paper.TEMPLATE, {**context, "language": issued.language})


def make(subjects: Sequence[Any]) -> None:
    """Make the documents of some objects, as a worker does; fail when one is not stored."""
    for subject in subjects:
        row = Document.objects.get(subject=subject.pk)
        if not documents.make_document(document=row.pk, at=AT + timedelta(seconds=1)):
            row.refresh_from_db()
            raise RuntimeError(f"a document was not made: {row.failure}")


class Bare:
    """WeasyPrint alone, as somebody would call it: each time anew, or with fonts and stylesheets read once."""

    def __init__(self, sheet: str) -> None:
        self.texts = [faces(), *(get_template(name).render({}) for name in (pdf.SHEET, sheet))]

    def naive(self, page: str) -> bytes:
        """Render with fonts and stylesheets read anew."""
        from weasyprint import HTML
        from weasyprint.text.fonts import FontConfiguration

        style = "<style>" + "\n".join(self.texts) + "</style>"
        html = HTML(string=page.replace("</head>", f"{style}</head>", 1), url_fetcher=fetcher())
        return bytes(html.write_pdf(font_config=FontConfiguration(), pdf_variant=pdf.VARIANT))

    def tuned(self, page: str) -> bytes:
        """Render with what a process can keep, and no collection of garbage meanwhile, as in the product."""
        from weasyprint import HTML

        fonts, sheets = self._kept()
        return without_collecting(
            lambda: bytes(
                HTML(string=page, url_fetcher=fetcher()).write_pdf(
                    font_config=fonts, stylesheets=sheets, pdf_variant=pdf.VARIANT
                )
            )
        )

    @cache  # noqa: B019 - the bench keeps it for as long as it runs
    def _kept(self) -> tuple[Any, list[Any]]:
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        fonts = FontConfiguration()
        return fonts, [CSS(string=text, font_config=fonts, url_fetcher=fetcher()) for text in self.texts]


def faces() -> str:
    """Return the stylesheet that brings the fonts of the documents."""
    import base64

    rules = []
    for weight, name in pdf.WEIGHTS.items():
        path = settings.BASE_DIR / "static" / "fonts" / f"{pdf.FONT.replace(' ', '')}-{name}.woff"
        data = base64.b64encode(path.read_bytes()).decode()
        source = f"src: url(data:font/woff;base64,{data}) format('woff')"
        rules.append(f"@font-face {{ font-family: '{pdf.FONT}'; font-weight: {weight}; {source}; }}")
    return "\n".join(rules)


@cache
def fetcher() -> Any:
    """Return a fetcher of ``data:`` addresses alone."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols={"data"}, allow_redirects=False)


def without_collecting(act: Callable[[], bytes]) -> bytes:
    """Run an act while garbage is left where it is."""
    gc.disable()
    try:
        return act()
    finally:
        gc.enable()
