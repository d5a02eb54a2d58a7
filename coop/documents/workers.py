"""What each process of a worker does before its first document."""

import resource
from typing import Any

from coop.documents import pdf

LARGEST_MEMORY = 3 * 1024**3
"""Address space of a process, in bytes: a document that wants more fails alone instead of taking the machine with it."""


def start(**_others: Any) -> None:
    """Limit the memory of the process, then make a first document, which costs several others."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = LARGEST_MEMORY if hard == resource.RLIM_INFINITY else min(LARGEST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    pdf.warm_up()
