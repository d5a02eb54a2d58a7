"""What purchases tell the lower layers about themselves."""

from coop.documents import kinds
from coop.documents.models import Document
from coop.ledger import checking
from invoicing.purchases import checks, queries


class ReceivedNotMade(RuntimeError):
    """A file that somebody sends is kept as it came; it is never built."""


def _build(document: Document) -> bytes:
    raise ReceivedNotMade(document.filename)


def register() -> None:
    """Make receipts and the check of costs against the books known."""
    kinds.register(kinds.Kind(queries.RECEIPT, build=_build, visible=queries.may_see_receipt, received=True))
    checking.register("costs are in the books", checks.costs_are_in_the_books)
    checking.register("numbers of costs have no gap", checks.numbers_have_no_gap)
