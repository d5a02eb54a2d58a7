"""The books, added up again by other ways than those that wrote them: small named checks, silent when all holds.

Each check takes a cooperative and returns one sentence per fault. Apps register theirs in ``AppConfig.ready``.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from coop import formatting
from coop.documents import queries as documents
from coop.documents import store
from coop.documents.models import Document
from coop.entities.models import Cooperative
from coop.ledger import chain
from coop.ledger.models import ChainHead, ChainRecord, Entry, Line
from coop.money import ZERO

Check = Callable[[Cooperative, datetime], Iterator[str]]
_checks: dict[str, Check] = {}
_slow: set[str] = set()


def register(name: str, check: Check, *, slow: bool = False) -> None:
    """Make a check known by its name; registering the same name again replaces it. A slow one is left out by ``fast``."""
    _checks[name] = check
    _slow.add(name) if slow else _slow.discard(name)


def names() -> list[str]:
    """Return the names of all checks, in the order in which they run."""
    return list(_checks)


def faults(cooperative: Cooperative, at: datetime, *, fast: bool = False) -> Iterator[str]:
    """Run every check on a cooperative and yield one sentence per fault; ``fast`` leaves out chain and files."""
    for name, check in _checks.items():
        if fast and name in _slow:
            continue
        for sentence in check(cooperative, at):
            yield f"{cooperative.code}, {name}: {sentence}"


def _rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _entries_balance(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    rows = _rows(
        """SELECT j.code, e.number, y.name, e.text, count(l.id), coalesce(sum(l.amount), 0)
        FROM ledger_entry e JOIN ledger_journal j ON j.id = e.journal_id
        JOIN entities_fiscalyear y ON y.id = e.fiscal_year_id LEFT JOIN ledger_line l ON l.entry_id = e.id
        WHERE e.cooperative_id = %s GROUP BY 1, 2, 3, 4, e.id
        HAVING count(l.id) < 2 OR coalesce(sum(l.amount), 0) <> 0 ORDER BY 1, 3, 2""",
        cooperative.pk,
    )
    for journal, number, year, text, lines, total in rows:
        yield _("entry %(journal)s %(year)s/%(number)s “%(text)s” has %(lines)s lines that add up to %(total)s.") % {
            "journal": journal, "year": year, "number": number, "text": text, "lines": lines, "total": total,
        }  # fmt: skip


def _lines_stand_where_they_may(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    rows = _rows(
        """SELECT j.code, e.number, a.number, l.position
        FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id JOIN ledger_journal j ON j.id = e.journal_id
        JOIN ledger_account a ON a.id = l.account_id
        WHERE l.cooperative_id = %s AND (
            (left(a.number, 1) IN ('6', '7', '9') AND l.activity_id IS NULL) OR (a.is_vat AND l.activity_id IS NOT NULL)
            OR ((left(a.number, 1) = '9') <> (j.code = 'AN')) OR l.date <> e.date
            OR l.cooperative_id <> e.cooperative_id OR a.cooperative_id <> e.cooperative_id)
        ORDER BY 1, 2, 4""",
        cooperative.pk,
    )
    for journal, number, account, position in rows:
        yield _("line %(position)s of entry %(journal)s %(number)s stands on account %(account)s where it may not.") % {
            "position": position, "journal": journal, "number": number, "account": account,
        }  # fmt: skip


def _analytic_accounts_are_zero(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    rows = _rows(
        """SELECT a.number, sum(l.amount) FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
        WHERE l.cooperative_id = %s AND left(a.number, 1) = '9' GROUP BY 1 HAVING sum(l.amount) <> 0 ORDER BY 1""",
        cooperative.pk,
    )
    for number, total in rows:
        yield _("analytic account %(number)s adds up to %(total)s instead of zero.") % {
            "number": number,
            "total": total,
        }


def _balances_make_the_result(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    """The accounting balances of all activities, COOP and FUND included, are the result not yet closed into 140/141."""
    ((activities, result),) = _rows(
        """SELECT -coalesce(sum(l.amount) FILTER (WHERE l.activity_id IS NOT NULL AND left(a.number, 1) IN ('6', '7', '9')), 0),
            coalesce(sum(l.amount) FILTER (WHERE left(a.number, 1) NOT IN ('6', '7', '9')), 0)
        FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id WHERE l.cooperative_id = %s""",
        cooperative.pk,
    )
    if activities != result:
        yield _("the balances of the activities add up to %(activities)s, the balance sheet to %(result)s.") % {
            "activities": activities, "result": result,
        }  # fmt: skip


def _numbers_have_no_gap(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    rows = _rows(
        """SELECT s.kind, s.year, s.last_number, count(e.id), coalesce(max(e.number), 0)
        FROM entities_numberseries s
        LEFT JOIN ledger_journal j ON j.cooperative_id = s.cooperative_id AND 'journal:' || j.code = s.kind
        LEFT JOIN entities_fiscalyear y ON y.cooperative_id = s.cooperative_id AND y.name = s.year
        LEFT JOIN ledger_entry e ON e.journal_id = j.id AND e.fiscal_year_id = y.id
        WHERE s.cooperative_id = %s AND s.kind LIKE 'journal:%%' GROUP BY 1, 2, 3
        HAVING s.last_number <> count(e.id) OR s.last_number <> coalesce(max(e.number), 0) ORDER BY 1, 2""",
        cooperative.pk,
    )
    for kind, year, last, count, highest in rows:
        yield _("%(kind)s %(year)s: the counter is at %(last)s, there are %(count)s entries, the highest is %(highest)s.") % {
            "kind": kind, "year": year, "last": last, "count": count, "highest": highest,
        }  # fmt: skip


def _chain_holds(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    """Every link follows the one before it, its content is that of the entry as it stands, and the head is the last link."""
    previous, position = chain.genesis(cooperative.pk), 0
    lines: dict[int, list[Line]] = {}
    for line in Line.objects.filter(cooperative=cooperative).order_by("entry", "position").iterator():
        lines.setdefault(line.entry_id, []).append(line)
    entries = {entry.pk: entry for entry in Entry.objects.filter(cooperative=cooperative).select_related("journal")}
    sealed = set()
    for record in ChainRecord.objects.filter(cooperative=cooperative).order_by("position").iterator():
        position += 1
        if (record.position, record.previous) != (position, previous):
            yield _("link %(position)s of the chain does not follow the one before it.") % {"position": record.position}
            return
        if record.hash != chain.link(previous, record.content):
            yield _("link %(position)s of the chain carries a wrong hash.") % {"position": record.position}
            return
        if record.entry_id is not None:
            sealed.add(record.entry_id)
            entry = entries[record.entry_id]
            if record.content != chain.content_of(entry, lines.get(entry.pk, []), record.files):
                yield _("entry %(journal)s %(number)s “%(text)s” is not what was sealed.") % {
                    "journal": entry.journal.code, "number": entry.number, "text": entry.text,
                }  # fmt: skip
        previous = record.hash
    head = ChainHead.objects.filter(cooperative=cooperative).first()
    if head is None or (head.position, head.hash) != (position, previous):
        yield _("the head of the chain is not its last link.")
    for pk in sorted(entries.keys() - sealed):
        yield _("entry %(journal)s %(number)s is not sealed in the chain.") % {
            "journal": entries[pk].journal.code, "number": entries[pk].number,
        }  # fmt: skip


def _open_items_hold(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    """The lines of a debt or receivable stand on one party; a credit note has none of its own.

    What is open lies between the amount and zero; below zero only by what was credited after it was paid, and for what was
    withheld of pay and paid on before the payslip was corrected.
    """
    rows = _rows(
        """SELECT i.reference, -sum(l.amount) * CASE WHEN i.role = 'customers' THEN -1 ELSE 1 END AS left_open, i.gross,
            bool_or(l.party_id IS DISTINCT FROM i.party_id), i.settles_id IS NOT NULL,
            (SELECT coalesce(sum(c.gross), 0) FROM ledger_openitem c WHERE c.settles_id = i.id), i.role
        FROM ledger_openitem i JOIN ledger_line l ON l.item_id = i.id JOIN ledger_account a ON a.id = l.account_id
        WHERE i.cooperative_id = %s
            AND a.role IN ('customers', 'doubtful_customers', 'suppliers', 'member_claims', 'net_pay', 'other_social_debts')
        GROUP BY i.id ORDER BY i.reference""",
        cooperative.pk,
    )
    for reference, left, gross, other_party, is_credit, credited, role in rows:
        least = min(left, ZERO) if role == "other_social_debts" else min(gross, ZERO) + credited
        if other_party:
            yield _("%(reference)s has lines of another party than its own.") % {"reference": reference}
        if is_credit:
            yield _("credit note %(reference)s has lines of its own instead of those of its invoice.") % {
                "reference": reference
            }
        if not is_credit and not least <= left <= max(gross, ZERO):
            yield _("%(reference)s is open for %(left)s, and amounts to %(gross)s.") % {
                "reference": reference, "left": left, "gross": gross,
            }  # fmt: skip


def _documents_are_what_was_stored(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    """Each stored document has its file with its SHA-256, and one link of the chain; each link has its document."""
    linked = dict(
        ChainRecord.objects.filter(cooperative=cooperative, document__isnull=False).values_list("document", "content")
    )
    rows = Document.objects.filter(cooperative=cooperative).select_related("cooperative").order_by("created_at", "pk")
    for document in rows.filter(state=Document.State.STORED).iterator(chunk_size=500):
        try:
            documents.content(document)
        except store.Damaged as damaged:
            yield _("document %(name)s: %(reason)s.") % {"name": document.filename, "reason": damaged}
        if linked.pop(document.pk, None) != document.sha256:
            yield _("document %(name)s is not what was sealed in the chain.") % {"name": document.filename}
    for pk in sorted(linked, key=str):
        yield _("the chain seals document %(key)s, which is not there.") % {"key": pk}


def _documents_are_made(cooperative: Cooperative, at: datetime) -> Iterator[str]:
    """A document waits ten minutes at most."""
    for document in documents.late(at).filter(cooperative=cooperative):
        yield _("document %(name)s waits to be made since %(moment)s. %(failure)s") % {
            "name": document.filename,
            "moment": formatting.moment(document.created_at),
            "failure": document.failure,
        }


register("entries balance", _entries_balance)
register("lines stand where they may", _lines_stand_where_they_may)
register("analytic accounts are zero", _analytic_accounts_are_zero)
register("balances make the result", _balances_make_the_result)
register("numbers have no gap", _numbers_have_no_gap)
register("chain holds", _chain_holds, slow=True)
register("open items hold", _open_items_hold)
register("documents are what was stored", _documents_are_what_was_stored, slow=True)
register("documents are made", _documents_are_made)
