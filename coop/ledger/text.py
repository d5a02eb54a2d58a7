"""Entries as aligned text: for tests, and for the accountant's page."""

from collections.abc import Iterable

from coop.ledger.models import Entry


def journal_text(entries: Iterable[Entry]) -> str:
    """Return entries as text: a head line, then account, activity, VAT tag and amount (debit positive) per line."""
    blocks = []
    for entry in entries:
        rows = [f"{entry.date} {entry.journal.code} {entry.number} {entry.text}"]
        for line in entry.lines.select_related("account", "activity").order_by("position"):
            activity = line.activity.code if line.activity else "-"
            tag = f" {line.vat_part}:{line.vat_grid}" if line.vat_code else ""
            rows.append(f"  {line.account.number:<6}{activity:<8}{line.amount:>14}{tag}")
        blocks.append("\n".join(rows))
    return "\n".join(blocks)
