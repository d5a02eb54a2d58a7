"""The one rounding of the engine: half-up to the cent.

A deliberate twin of ``coop.money.cents``. The engine imports nothing from the project, so the
function is written twice; a test of the project compares the two.
"""

from decimal import ROUND_HALF_UP, Context, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

# Every computation runs in this context, whatever the caller's: 50 digits keep a quotient of hours
# exact far below the cent.
CONTEXT = Context(prec=50, rounding=ROUND_HALF_UP)


class NotAnAmount(ValueError):
    """NaN and infinity are not amounts of money and are not rounded."""


def cents(amount: Decimal) -> Decimal:
    """An amount is rounded to the cent, half-up away from zero.

    Unit: EUR. Rounded once, at the legal point where the rule says so.
    A zero has no sign. Raises ``NotAnAmount`` for NaN and infinity.
    Source: withholding scales, annex III of the royal decree on withholding tax: the cent above or
    below according to whether the thousandths reach 5.
    """
    if not amount.is_finite():
        raise NotAnAmount(f"{amount} is not an amount of money")
    return CONTEXT.quantize(amount, CENT) or ZERO
