"""Our own check of a document: structure, cents, Belgian law, and the rules of EN 16931 and Peppol that can be broken here.

It needs no engine and no download, so that it runs always: when a document is issued, and on every one received.
"""

from collections.abc import Mapping
from decimal import Decimal, localcontext

from invoicing.einvoice.checks import amounts, belgium, categories, codelists, peppol, presence
from invoicing.einvoice.checks.findings import (
    RULES,
    TERMS,
    About,
    Context,
    Finding,
    Rule,
    Severity,
    View,
    fatal,
    findings_of,
)
from invoicing.einvoice.model import Document
from invoicing.einvoice.reading import Reading, read

__all__ = [
    "RULES", "TERMS", "VERSION", "About", "Context", "Finding", "Rule", "Severity", "View", "amounts", "belgium", "categories",
    "check", "check_file", "check_reading", "codelists", "fatal", "peppol", "presence",
]  # fmt: skip

VERSION = "EN 16931 1.3.16 · Peppol BIS Billing 3.0.21 · BE 1"
"""The rules that this check follows, shown with every report."""

DIGITS = 80
"""Enough for the product of the longest numbers that can be read."""

ORDER = {severity: place for place, severity in enumerate(Severity)}


def check(
    document: Document, *, view: View = View.OURS, closing: Mapping[tuple[str, Decimal], Decimal] | None = None
) -> tuple[Finding, ...]:
    """Return what is wrong with a document, the gravest first; nothing when it is right.

    ``closing``: the VAT of the groups of a credit note that takes what is left of its invoice (``Context``).
    """
    with localcontext(prec=DIGITS):
        found = findings_of(RULES.values(), document, Context(view, closing or {}))
        return tuple(sorted(found, key=lambda finding: ORDER[finding.severity]))


def check_reading(reading: Reading, *, view: View) -> tuple[Finding, ...]:
    """Return what is wrong with a document that was read: what could not be read, and what it says."""
    faults = [_finding(fault.kind.value, view, path=fault.path, found=fault.value) for fault in reading.faults]
    unknown = [_finding("BE-UNKNOWN", view, path=path) for path in reading.unknown]
    found = (*faults, *check(reading.document, view=view), *unknown)
    return tuple(sorted(found, key=lambda finding: ORDER[finding.severity]))


def check_file(content: bytes, *, view: View = View.RECEIVED) -> tuple[Finding, ...]:
    """Return what is wrong with a file. Raises NotAStructuredInvoice when it is no UBL invoice or credit note."""
    return check_reading(read(content), view=view)


def _finding(identifier: str, view: View, **values: str) -> Finding:
    rule = RULES[identifier]
    return Finding(rule.id, rule.severity_in(view), rule.term, rule.sentence, rule.remedy_in(view), values)
