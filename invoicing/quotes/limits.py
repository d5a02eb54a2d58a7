"""An invoice made from a quote charges no more than was agreed without it being said; asked at issue."""

from decimal import Decimal

from django.utils.translation import gettext as _

from coop import formatting
from coop.errors import Refused
from coop.money import ZERO
from invoicing.models import Invoice
from invoicing.quotes.charges import Part, charges_of, named
from invoicing.quotes.models import Quote, QuoteInvoice


class AboveQuote(Refused):
    """More than the quote would be charged without it being said."""


class FinalOutdated(Refused):
    """A final invoice takes off something else than what was charged before it."""


def refuse_unsaid(invoice: Invoice, net: Decimal) -> None:
    """Refuse to issue an invoice that charges more than its quote when nobody said why, or a final one that is outdated.

    ``net`` is the invoice's, EUR. Locks the quote, so that of two invoices issued at once the second counts the first. Raises
    AboveQuote, FinalOutdated.
    """
    made = QuoteInvoice.objects.filter(invoice=invoice.pk).first()
    if made is None:
        return
    quote = Quote.objects.select_for_update().get(pk=made.quote_id)
    issued = [one for one in charges_of(quote) if one.counts and not one.is_open and one.invoice.pk != invoice.pk]
    if made.part == Part.FINAL and made.takes_off != [named(charge) for charge in issued]:
        raise FinalOutdated(
            subject=_("Quote %(number)s") % {"number": quote.number},
            reason=_("What was charged or credited before has changed since this final invoice was drafted."),
            remedy=_("Delete the draft, and make the final invoice anew from the quote."),
        )
    total = sum((one.net for one in issued), ZERO) + net
    if total > quote.net and not made.above_reason:
        raise AboveQuote(
            subject=_("Quote %(number)s") % {"number": quote.number},
            reason=_("With this invoice %(total)s would be charged, and %(agreed)s were agreed, excluding VAT.")
            % {"total": formatting.money(total), "agreed": formatting.money(quote.net)},
            remedy=_("Correct the lines, or say on the page of the quote why more is charged: the customer reads it."),
        )
