"""What a rule is, and what it says when a document breaks it: an id, a severity, a term, a sentence and a remedy."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from coop import formatting
from coop.errors import Text
from invoicing.einvoice.model import Document


class Severity(StrEnum):
    """How much a finding weighs: a fatal one keeps a document from being issued or booked."""

    FATAL = "fatal"
    WARNING = "warning"
    INFORMATION = "information"


class View(StrEnum):
    """Whose document is checked: ours must be right to the cent; of a received one we say what is wrong."""

    OURS = "ours"
    RECEIVED = "received"


class About(StrEnum):
    """Whom a rule is about, and so where what is wrong can be mended."""

    DOCUMENT = "document"
    SELLER = "seller"
    BUYER = "buyer"
    LINES = "lines"
    AMOUNTS = "amounts"


Values = Mapping[str, object]


@dataclass(frozen=True)
class Context:
    """What a check knows beside the document.

    ``closing`` is the VAT of the groups (category, rate in percent) of a credit note that takes what is left of its
    invoice: there the rest counts, to the cent, and not base × rate.
    """

    view: View = View.OURS
    closing: Mapping[tuple[str, Decimal], Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """A named check. ``sentence`` says what is wrong, with placeholders; ``term`` is the business term at fault.

    ``stricter`` tells that we refuse what the official rule of that name lets pass.
    """

    id: str
    check: Callable[[Document, Context], Iterable[Values]]
    sentence: Text
    term: str = ""
    about: About = About.DOCUMENT
    remedy: Text = ""
    severity: Severity = Severity.FATAL
    received: Severity | None = None
    stricter: bool = False

    def severity_in(self, view: View) -> Severity:
        """Return how much the rule weighs for one of our documents, or for one received."""
        return self.received if view == View.RECEIVED and self.received is not None else self.severity

    def remedy_in(self, view: View) -> Text:
        """Return what to do: mend our document, or ask for another."""
        return ASK_SENDER if view == View.RECEIVED else self.remedy or FIRST_REMEDIES[self.about]


def _written(value: object) -> object:
    """Return a value as people read it: an amount or a price, a day, or a text."""
    if isinstance(value, Decimal):
        return formatting.price(value)
    return formatting.day(value) if isinstance(value, date) else value


@dataclass(frozen=True)
class Finding:
    """A rule that a document breaks. Its texts are in the language of whoever reads them."""

    rule: str
    severity: Severity
    term: str
    sentence: Text
    remedy: Text
    values: Values = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """What is wrong, as a sentence."""
        values = {name: _written(value) for name, value in self.values.items()}
        text = str(self.sentence) % {**TERM_VALUES.get(self.term, {}), **values}
        return text[:1].upper() + text[1:]

    @property
    def advice(self) -> str:
        """What to do about it, as a sentence."""
        return str(self.remedy)

    @property
    def line(self) -> str:
        """The id of the line at fault; empty where it is none."""
        return str(self.values.get("line", ""))

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason} {self.advice}"


FIRST_REMEDIES: Mapping[About, Text] = {
    About.DOCUMENT: _("Complete or correct it in the draft."),
    About.SELLER: _("Ask the administrator to correct the data of the cooperative."),
    About.BUYER: _("Correct it on the customer’s page."),
    About.LINES: _("Correct the line in the draft."),
    About.AMOUNTS: _(
        "Amounts are computed, not typed: save the draft again, and tell the administrator if this stays."
    ),
}
ASK_SENDER = _("Ask the sender for a corrected document.")

MISSING = _("Missing: %(what)s.")
MISSING_IN_LINE = _("Line %(line)s – missing: %(what)s.")
DIFFERS = _("%(what)s: %(found)s instead of %(expected)s.")
DIFFERS_IN_LINE = _("Line %(line)s – %(what)s: %(found)s instead of %(expected)s.")
NOT_IN_LIST = _("%(what)s: “%(found)s” is not in the list of codes.")
NOT_IN_LIST_IN_LINE = _("Line %(line)s – %(what)s: “%(found)s” is not in the list of codes.")
DECIMALS = _("%(what)s: %(found)s has more than two decimals.")
DECIMALS_IN_LINE = _("Line %(line)s – %(what)s: %(found)s has more than two decimals.")
CHECK_DIGITS = _("%(what)s: the check digits of “%(found)s” are wrong.")
NEGATIVE_IN_LINE = _("Line %(line)s – %(what)s: %(found)s is below zero.")

TERMS: Mapping[str, Text] = {
    "BT-1": _("number of the document"),
    "BT-2": _("date of the document"),
    "BT-3": _("type of document"),
    "BT-5": _("currency"),
    "BT-6": _("currency of the VAT"),
    "BT-8": _("moment of the VAT"),
    "BT-9": _("due date"),
    "BT-10": _("customer’s reference or order number"),
    "BT-22": _("note"),
    "BT-23": _("business process"),
    "BT-24": _("specification"),
    "BT-25": _("number of the invoice that is credited"),
    "BT-27": _("name of the seller"),
    "BT-31": _("VAT number of the seller"),
    "BT-30": _("enterprise number of the seller"),
    "BT-34": _("electronic address of the seller"),
    "BT-40": _("country of the seller"),
    "BT-44": _("name of the customer"),
    "BT-48": _("VAT number of the customer"),
    "BT-47": _("enterprise number of the customer"),
    "BT-49": _("electronic address of the customer"),
    "BT-55": _("country of the customer"),
    "BT-59": _("name of the payee"),
    "BT-62": _("name of the tax representative"),
    "BT-63": _("VAT number of the tax representative"),
    "BT-69": _("country of the tax representative"),
    "BT-72": _("date of supply"),
    "BT-80": _("country of delivery"),
    "BT-81": _("means of payment"),
    "BT-83": _("structured communication"),
    "BT-84": _("account to pay to"),
    "BT-89": _("mandate of the direct debit"),
    "BT-92": _("amount of the rebate or charge"),
    "BT-95": _("VAT of the rebate or charge"),
    "BT-97": _("reason of the rebate or charge"),
    "BT-106": _("sum of the lines"),
    "BT-107": _("sum of the rebates"),
    "BT-108": _("sum of the charges"),
    "BT-109": _("total excluding VAT"),
    "BT-110": _("total of the VAT"),
    "BT-111": _("VAT in euros"),
    "BT-112": _("total including VAT"),
    "BT-113": _("amount already paid"),
    "BT-114": _("rounding"),
    "BT-115": _("amount to pay"),
    "BT-116": _("base of the VAT"),
    "BT-117": _("VAT of a rate"),
    "BT-118": _("category of VAT"),
    "BT-119": _("rate of VAT"),
    "BT-120": _("reason why no VAT is charged"),
    "BT-121": _("code of the exemption"),
    "BT-122": _("reference of the attachment"),
    "BT-125": _("kind of file of the attachment"),
    "BT-126": _("number of the line"),
    "BT-129": _("quantity"),
    "BT-130": _("unit"),
    "BT-131": _("net amount"),
    "BT-136": _("amount of the rebate or charge"),
    "BT-139": _("reason of the rebate or charge"),
    "BT-146": _("unit price"),
    "BT-148": _("gross price"),
    "BT-149": _("quantity of the price"),
    "BT-150": _("unit of the price"),
    "BT-151": _("VAT"),
    "BT-152": _("rate of VAT"),
    "BT-153": _("description"),
    "BT-157": _("standard number of the item"),
    "BT-158": _("class of the item"),
    "BT-159": _("country of origin"),
    "BT-160": _("property of the item"),
    "BG-5": _("address of the seller"),
    "BG-8": _("address of the customer"),
    "BG-12": _("address of the tax representative"),
    "BG-14": _("period of the invoice"),
    "BG-23": _("summary of the VAT"),
    "BG-25": _("lines"),
    "BG-26": _("period of the line"),
}
TERM_VALUES: Mapping[str, Values] = {term: {"what": name} for term, name in TERMS.items()}

RULES: dict[str, Rule] = {}


def register(*rules: Rule) -> None:
    """Make rules known. A name is given once."""
    for one in rules:
        if one.id in RULES:
            raise ValueError(f"{one.id} is registered twice")
        RULES[one.id] = one


def rule(
    identifier: str,
    sentence: Text,
    *,
    term: str = "",
    about: About = About.DOCUMENT,
    remedy: Text = "",
    severity: Severity = Severity.FATAL,
    received: Severity | None = None,
    stricter: str = "",
) -> Callable[[Callable[[Document, Context], Iterable[Values]]], Callable[[Document, Context], Iterable[Values]]]:
    """Register a function as the check of a rule; it yields the values of the sentence for each breach.

    ``stricter`` says in what we go beyond the official rule of that name.
    """

    def decorate(
        check: Callable[[Document, Context], Iterable[Values]],
    ) -> Callable[[Document, Context], Iterable[Values]]:
        register(Rule(identifier, check, sentence, term, about, remedy, severity, received, bool(stricter)))
        return check

    return decorate


def findings_of(rules: Iterable[Rule], document: Document, context: Context) -> Iterator[Finding]:
    """Give what rules find in a document."""
    for one in rules:
        for values in one.check(document, context):
            severity, remedy = one.severity_in(context.view), one.remedy_in(context.view)
            yield Finding(one.id, severity, str(values.get("term", one.term)), one.sentence, remedy, values)


def fatal(findings: Iterable[Finding]) -> Sequence[Finding]:
    """Keep the findings that forbid to issue or to book."""
    return [finding for finding in findings if finding.severity == Severity.FATAL]
