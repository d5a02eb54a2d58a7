"""What people enter of a quote: plain values, as services take them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from invoicing.content import DraftLine


@dataclass(frozen=True)
class Planned:
    """A deposit that a quote announces: its share of the whole in percent, and when it is asked for."""

    label: str
    percent: Decimal
    planned_on: date | None = None


@dataclass(frozen=True)
class QuoteContent:
    """A quote as entered, whole: saving replaces what the draft held."""

    customer: UUID | None = None
    lines: Sequence[DraftLine] = ()
    instalments: Sequence[Planned] = ()
    valid_until: date | None = None
    reference: str = ""
    note: str = ""
    unread: Mapping[str, str] = field(default_factory=dict)
