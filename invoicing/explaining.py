"""The VAT of a document as people read it: what holds for which lines, why, by which law, and what the document says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from coop.errors import Refused, Text
from invoicing import vat
from invoicing.models import InvoiceLine
from invoicing.services.treating import Treated
from invoicing.vat.citing import cited
from invoicing.vat.deciding import NEEDS


@dataclass
class Explained:
    """The VAT of the lines with these numbers. ``ruled`` is what the rule said where somebody set another."""

    numbers: list[int]
    label: Text
    law: str
    because: Text = ""
    mention: str = ""
    vatex: str = ""
    boxes: str = ""
    needs: Sequence[Text] = ()
    refusal: Refused | None = None
    ruled: Text = ""
    reason: str = ""
    set_by: Any = None
    set_at: datetime | None = None
    alike: tuple[object, ...] = field(default=(), repr=False)

    @property
    def places(self) -> str:
        """The numbers of its lines, as people read them."""
        return ", ".join(str(number) for number in self.numbers)


def of_draft(treated: Iterable[Treated], language: str) -> list[Explained]:
    """Explain the VAT of the lines of a draft, those alike together; mentions in the language of the document."""
    return _together(_draft_line(number, one, language) for number, one in enumerate(treated, start=1))


def _draft_line(number: int, one: Treated, language: str) -> Explained:
    operation, decision = one.operation, one.decision
    by_rule = decision is not None and not one.reason
    return Explained(
        [number], operation.label, _cited(one.legal_basis),
        because=decision.because if decision is not None and by_rule else "",
        mention=operation.mention_in(language), vatex=operation.vatex, boxes=boxes(operation, credited=()),
        needs=[NEEDS[need] for need in decision.needs] if decision is not None else [],
        refusal=None if one.reason else one.refusal,
        ruled=vat.known(one.ruled).label if one.reason else "", reason=one.reason, set_by=one.set_by, set_at=one.set_at,
        alike=(operation.code, one.legal_basis, one.reason, str(one.refusal), str(decision.because) if decision else ""),
    )  # fmt: skip


def of_lines(lines: Iterable[InvoiceLine], language: str, *, credited: Sequence[str] = ()) -> list[Explained]:
    """Explain the VAT of the stored lines of a document as it stands on them. ``credited`` names operations given back."""
    return _together(_stored_line(line, language, credited) for line in lines)


def _stored_line(line: InvoiceLine, language: str, credited: Sequence[str]) -> Explained:
    operation = vat.known(line.operation)
    return Explained(
        [line.position], operation.label, _cited(line.legal_basis or operation.legal_basis),
        mention=operation.mention_in(language), vatex=line.vatex or operation.vatex, boxes=boxes(operation, credited=credited),
        ruled=vat.known(line.ruled).label if line.is_set else "", reason=line.set_reason,
        set_by=line.set_by if line.is_set else None, set_at=line.set_at,
        alike=(line.operation, line.legal_basis, line.set_reason),
    )  # fmt: skip


def boxes(operation: vat.Operation, *, credited: Sequence[str]) -> str:
    """Return the boxes of the return that a document fills, as people read them."""
    grids = operation.credited if operation.code in credited else operation.invoiced
    return ", ".join(box for box in (grids.base, grids.tax if operation.rate else "") if box)


def _together(explained: Iterable[Explained]) -> list[Explained]:
    found: dict[tuple[object, ...], Explained] = {}
    for one in explained:
        if one.alike in found:
            found[one.alike].numbers += one.numbers
        else:
            found[one.alike] = one
    return list(found.values())


def _cited(law: str) -> str:
    return cited(law, (get_language() or "en")[:2])
