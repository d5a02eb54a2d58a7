"""The one way to a PDF: a template, its context and a language in, bytes out.

Nobody else imports WeasyPrint, and this module only inside its functions: the import costs half a second. The fetcher
reads nothing but ``data:`` addresses, so a document can neither read a file of this machine nor call another one.
Fonts and stylesheets are read once per process.
"""

import atexit
import base64
import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.utils import translation

VARIANT = "pdf/a-3b"
SHEET = "pdf/base.css"
CHART_SHEET = "pdf/chart.css"
CHART = re.compile(r'(<svg\b[^>]*\bclass="chart\b[^>]*>)')
WARM_UP = "pdf/warm_up.html"
FONT = "IBM Plex Sans"
WEIGHTS = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}


@dataclass(frozen=True)
class Attachment:
    """A file inside a PDF: its name, its bytes, what it is to the page (“Alternative”: the same said in data)."""

    name: str
    content: bytes
    made_at: datetime
    relationship: str = "Alternative"
    description: str = ""


def render(
    template: str,
    context: dict[str, Any],
    *,
    language: str,
    attachments: Sequence[Attachment] = (),
    variant: str | None = VARIANT,
) -> bytes:
    """Render a template to the bytes of a PDF in a language; the same input gives the same bytes.

    The template extends ``pdf/base.html``. Its stylesheet is ``pdf/base.css``, and beside it the one named like the
    template, where there is one. ``variant`` None gives a plain PDF, for previews.
    """
    with translation.override(language):
        html = render_to_string(template, {**context, "language": language})
    return print_html(html, sheet=template.removesuffix(".html") + ".css", attachments=attachments, variant=variant)


def print_html(
    html: str, *, sheet: str = "", attachments: Sequence[Attachment] = (), variant: str | None = VARIANT
) -> bytes:
    """Print a page of HTML. ``sheet`` names a further stylesheet among the templates."""
    import weasyprint

    with _without_collecting():
        document = weasyprint.HTML(string=_with_styled_charts(html), url_fetcher=_fetcher()).render(
            font_config=_fonts(), stylesheets=[_stylesheet(SHEET), *_own_sheet(sheet)]
        )
        document.metadata.attachments = [
            weasyprint.Attachment(
                string=file.content,
                name=file.name,
                description=file.description or None,
                created=file.made_at,
                modified=file.made_at,
                relationship=file.relationship,
            )
            for file in attachments
        ]
        written: bytes = document.write_pdf(pdf_variant=variant)
    return written


def warm_up() -> None:
    """Make the first document of a process, which costs several others, before anybody waits for one."""
    render(WARM_UP, {}, language=settings.LANGUAGE_CODE)
    gc.collect()
    gc.freeze()


def _with_styled_charts(html: str) -> str:
    """Put the chart's stylesheet into each chart: an inline SVG takes no rule from the page."""
    return CHART.sub(lambda tag: f"{tag[1]}<style>{get_template(CHART_SHEET).render({})}</style>", html)


@cache
def _fetcher() -> Any:
    """Return the fetcher, which opens ``data:`` addresses alone; whatever stands at another is left out."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols={"data"}, allow_redirects=False)


@cache
def _fonts() -> Any:
    """Return the font configuration of this process."""
    from weasyprint.text.fonts import FontConfiguration

    atexit.register(_forget)
    return FontConfiguration()


def _forget() -> None:
    """Let the fonts go while Python can still clean up after them."""
    for known in (_font_faces, _stylesheet, _fonts):
        known.cache_clear()


@cache
def _font_faces() -> Any:
    """Return the stylesheet that brings our fonts, each as a ``data:`` address."""
    import weasyprint

    faces = "\n".join(
        f"@font-face {{ font-family: '{FONT}'; font-weight: {weight}; "
        f"src: url(data:font/woff;base64,{_font_file(name)}) format('woff'); }}"
        for weight, name in WEIGHTS.items()
    )
    return weasyprint.CSS(string=faces, font_config=_fonts(), url_fetcher=_fetcher())


def _font_file(name: str) -> str:
    """Return the bytes of a font, in base64."""
    path = settings.BASE_DIR / "static" / "fonts" / f"{FONT.replace(' ', '')}-{name}.woff"
    return base64.b64encode(path.read_bytes()).decode()


@cache
def _stylesheet(name: str) -> Any:
    """Return a stylesheet of the template folder, parsed once per process."""
    import weasyprint

    _font_faces()
    text = get_template(name).render({})
    return weasyprint.CSS(string=text, font_config=_fonts(), url_fetcher=_fetcher())


@cache
def _has_sheet(name: str) -> bool:
    """Tell whether there is a stylesheet of that name."""
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True


def _own_sheet(name: str) -> list[Any]:
    """Return the stylesheet of a template, if it has one of its own."""
    return [_stylesheet(name)] if name and _has_sheet(name) else []


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave garbage where it is while a document is made: looking for it costs a tenth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
