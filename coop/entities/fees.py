"""The cooperative's fee and the mutual fund: from a dated policy and a base to amounts. Pure; EUR."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, Self

from coop.money import ZERO, cents


class BadTiers(ValueError):
    """Tiers do not begin at zero, do not ascend, or hold a rate outside 0 to 1."""


@dataclass(frozen=True)
class Tier:
    """A rate that holds from an amount of yearly turnover on (EUR, excluding VAT)."""

    start: Decimal
    rate: Decimal


def read_tiers(rows: Sequence[Sequence[str]]) -> list[Tier]:
    """Read tiers written as [from amount, rate]. Raises BadTiers when they cannot express a marginal scale."""
    tiers = [Tier(Decimal(start), Decimal(rate)) for start, rate in rows]
    starts = [tier.start for tier in tiers]
    if not tiers or starts[0] != 0 or any(a >= b for a, b in pairwise(starts)):
        raise BadTiers("tiers begin at 0 and ascend")
    if any(not 0 <= tier.rate < 1 for tier in tiers):
        raise BadTiers("a rate lies between 0 and 1")
    return tiers


@dataclass(frozen=True)
class Slice:
    """A part of a base that falls in one tier."""

    base: Decimal
    rate: Decimal


def slices(base: Decimal, already: Decimal, tiers: Sequence[Tier]) -> list[Slice]:
    """Cut a base at the tiers it crosses, after ``already`` of the same year (both EUR excluding VAT, not negative)."""
    parts = []
    ends = [*(tier.start for tier in tiers[1:]), None]
    for tier, end in zip(tiers, ends, strict=True):
        low = max(tier.start, already)
        high = already + base if end is None else min(end, already + base)
        if high > low:
            parts.append(Slice(high - low, tier.rate))
    return parts


def amount(parts: Sequence[Slice]) -> Decimal:
    """Return the fee of the slices, rounded once per document to the cent."""
    return cents(sum((part.base * part.rate for part in parts), ZERO))


@dataclass(frozen=True)
class Terms:
    """Fee and fund as frozen on a document: amounts (EUR, on the whole document), slices, rate and moments."""

    fee: Decimal
    fee_slices: tuple[Slice, ...]
    fee_moment: str
    fund: Decimal
    fund_rate: Decimal
    fund_moment: str

    def to_json(self) -> dict[str, Any]:
        """Return the form in which a document and its open item keep the terms."""
        return {
            "fee": str(self.fee),
            "fee_slices": [[str(part.base), str(part.rate)] for part in self.fee_slices],
            "fee_moment": self.fee_moment,
            "fund": str(self.fund),
            "fund_rate": str(self.fund_rate),
            "fund_moment": self.fund_moment,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        return cls(
            fee=Decimal(data["fee"]),
            fee_slices=tuple(Slice(Decimal(base), Decimal(rate)) for base, rate in data["fee_slices"]),
            fee_moment=data["fee_moment"],
            fund=Decimal(data["fund"]),
            fund_rate=Decimal(data["fund_rate"]),
            fund_moment=data["fund_moment"],
        )

    def share(self, part: Decimal, whole: Decimal) -> "Terms":
        """Return the terms of a credit note for ``part`` of a document of ``whole`` (net, EUR): the original rates."""
        slices_ = tuple(Slice(piece.base * part / whole, piece.rate) for piece in self.fee_slices)
        return Terms(
            fee=cents(self.fee * part / whole),
            fee_slices=slices_,
            fee_moment=self.fee_moment,
            fund=cents(self.fund * part / whole),
            fund_rate=self.fund_rate,
            fund_moment=self.fund_moment,
        )


NO_TERMS = Terms(ZERO, (), "issued", ZERO, ZERO, "issued")
