"""The page ``docs/vat.md``: the table of operations and the rates by kind, for an accountant to read and confirm. Pure."""

from collections.abc import Iterator

from invoicing.vat.operations import Operation
from invoicing.vat.rates import kinds
from invoicing.vat.sales import SOLD
from invoicing.vat.table import OPERATIONS

MARKS = {"V": "verified", "S": "one source", "B": "to confirm"}
HEAD = """# VAT by operation

How each kind of sale is treated: category and code of exemption of the structured invoice, boxes of the VAT return (invoice,
credit note), listing, legal basis. The code stands on the lines of invoices and in the sheet of import. Which of them an
operation falls under is decided in `invoicing/vat/deciding.py`; legal cases to read and correct are in
`tests/invoicing/cases/vat.yaml`. A row marked *to confirm* is our reading, which an accountant has to confirm before it is
relied upon. This page is made from the code: `make vat-page`.
"""


def vat_page() -> str:
    """Return the page as Markdown, in the language that is active."""
    return "\n".join([HEAD, *_operations(), "", *_sold(), "", *_mentions(), "", *_rates()]) + "\n"


def _operations() -> Iterator[str]:
    yield "## Operations\n"
    yield "| Code | Operation | Category | Rate | VATEX | Boxes | Credit note | Listing | Law | Since | |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for row in OPERATIONS:
        yield "| " + " | ".join(_cells(row)) + " |"


def _cells(row: Operation) -> list[str]:
    percent = (row.rate * 100).normalize()
    return [
        f"`{row.code}`", str(row.label), row.category, "–" if row.category == "O" else f"{percent:f} %", row.vatex or "–",
        _boxes(row.invoiced.base, row.invoiced.tax), _boxes(row.credited.base, row.credited.tax), row.listing.value or "–",
        row.legal_basis, row.valid_from.isoformat(), MARKS[row.mark],
    ]  # fmt: skip


def _sold() -> Iterator[str]:
    yield "## What is sold\n"
    yield "What a line says is sold, and what that is for the rule. An exemption or a margin scheme counts where it is recorded for"
    yield "the activity, from that day on; an exemption by nature always. To confirm: a Belgian business with a VAT number is taken"
    yield "to file periodic returns unless its page says otherwise; a rebate and a charge on the whole follow the VAT of the lines,"
    yield "in proportion; goods arrive where the customer is unless another country is named.\n"
    yield "| Code | What is sold | For the rule of place | Rate of | Exempt as, margin scheme |"
    yield "|---|---|---|---|---|"
    for one in SOLD:
        scheme = one.exemption or one.margin
        held = f"`{scheme}`{' by nature' if one.by_nature else ''}" if scheme else "–"
        yield f"| `{one.code}` | {one.label} | {one.nature} | `{one.rate}` | {held} |"


def _boxes(base: str, tax: str) -> str:
    return " / ".join(box for box in (base, tax) if box) or "–"


def _mentions() -> Iterator[str]:
    yield "## Mentions\n"
    yield "What the document says, in the language of the customer (to confirm).\n"
    for row in OPERATIONS:
        if row.mention:
            yield f"- `{row.code}`"
            yield from (f"  - {language}: {row.mention_in(language)}" for language in ("fr", "nl", "en"))


def _rates() -> Iterator[str]:
    yield "## Rates by kind of good or service\n"
    yield "| Kind | Name | Since | Rate | Law | |"
    yield "|---|---|---|---|---|---|"
    for kind in kinds().values():
        for rate in kind.rates:
            percent = f"{(rate.rate * 100).normalize():f} %"
            cells = [f"`{kind.code}`", kind.names["en"], rate.since.isoformat(), percent, rate.basis, MARKS[rate.mark]]
            yield "| " + " | ".join(cells) + " |"
