"""The structured communication: what a customer writes on the payment, so that it finds its invoice. Pure.

Twelve digits, of which the last two are the first ten modulo 97, a rest of 0 written 97. It comes from the key of the
invoice, not from its number, so that it is one of its kind over every bank account and tells nothing.
"""

from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from stdnum.be import ogm_vcs

SPACE = 10**10


def candidates(key: UUID, count: int = 20) -> Iterator[str]:
    """Yield the communications for an invoice in the order of preference: the next one where the first is taken."""
    start = key.int % SPACE
    ten = (f"{(start + step) % SPACE:010d}" for step in range(SPACE))
    return (digits + ogm_vcs.calc_check_digits(digits) for digits in islice(ten, count))


def written(digits: str) -> str:
    """Write a communication as it is printed: +++090/9337/55493+++."""
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++" if digits else ""
