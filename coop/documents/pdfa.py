"""PDF/A-3b: clean what WeasyPrint writes, then prove it. What is not proven is not archived."""

import io
from typing import Any

FLAVOUR = "3b"


class NotProven(Exception):
    """A PDF could not be proven to be PDF/A-3b; the message names the rules that it breaks."""


def prove(content: bytes) -> bytes:
    """Return the PDF cleaned and saved, proven PDF/A-3b as written. Raises NotProven.

    Two defects of WeasyPrint 70 are mended first: empty resource dictionaries, and the attachment that stands twice in
    the list of associated files. Nothing else is repaired: a page that needs more is a fault of its template.
    """
    import pikepdf
    from pikepdf import pdfa

    with pikepdf.open(io.BytesIO(content)) as pdf:
        _drop_empty_resources(pdf)
        _list_files_once(pdf)
        written = io.BytesIO()
        try:
            pdfa.save(pdf, written, FLAVOUR, repair=False, deterministic_id=True)
        except pdfa.PdfaError as error:
            raise NotProven(_reasons(error.report)) from error
    return written.getvalue()


def is_proven(content: bytes) -> bool:
    """Tell whether stored bytes are PDF/A-3b."""
    from pikepdf import pdfa

    return bool(pdfa.validate_written(io.BytesIO(content), FLAVOUR).passed)


def _drop_empty_resources(pdf: Any) -> None:
    """Delete the empty ``/Pattern``, ``/Shading`` and other dictionaries of resources."""
    for item in pdf.objects:
        if not hasattr(item, "get") or "/Resources" not in item:
            continue
        resources = item["/Resources"]
        for name in [name for name in resources.keys() if not len(resources[name])]:  # noqa: SIM118 - a PDF dictionary
            del resources[name]


def _list_files_once(pdf: Any) -> None:
    """Name each associated file once."""
    import pikepdf

    files = pdf.Root.get("/AF")
    if files is None:
        return
    kept: dict[tuple[int, int], Any] = {}
    for file in files:
        kept.setdefault(file.objgen, file)
    pdf.Root["/AF"] = pikepdf.Array(list(kept.values()))


def _reasons(report: Any) -> str:
    """Return the rules that a document breaks, each with what was found."""
    return "; ".join(f"{finding.rule}: {finding.message}" for finding in report.findings) or str(report)
