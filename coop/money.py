"""Money: the only rounding in the project. Amounts are ``Decimal`` in EUR."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class NotAnAmount(ValueError):
    """A value that is no finite number was offered as an amount of money."""


def cents(amount: Decimal) -> Decimal:
    """Round an amount half-up to the cent, away from zero at exactly half a cent.

    Raises NotAnAmount for NaN and infinity, and for anything that is not a ``Decimal``.
    """
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise NotAnAmount(f"{amount!r} is not an amount of money")
    return amount.quantize(CENT, rounding=ROUND_HALF_UP) + ZERO


def exact(amount: Decimal) -> Decimal:
    """Return the amount with two decimals, or refuse it when it has more: nothing is rounded silently at a boundary."""
    rounded = cents(amount)
    if rounded != amount:
        raise NotAnAmount(f"{amount} has more than two decimals")
    return rounded


def split(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share an amount (EUR, exact cents) over weights so that the parts add up to it.

    Each part is first rounded towards zero; the cents left over go one by one to the parts with the largest remainder,
    at equal remainder to the earlier part. Raises NotAnAmount when the weights do not have a positive sum.
    """
    total = sum(weights, Decimal(0))
    if total <= 0 or any(weight < 0 for weight in weights):
        raise NotAnAmount("weights must not be negative and must have a positive sum")
    sign = -1 if amount < 0 else 1
    whole = int(abs(exact(amount)) * 100)
    shares = [whole * weight / total for weight in weights]
    floors = [int(share) for share in shares]
    left = whole - sum(floors)
    order = sorted(range(len(weights)), key=lambda i: (floors[i] - shares[i], i))
    for i in order[:left]:
        floors[i] += 1
    return [sign * Decimal(part) / 100 + ZERO for part in floors]
