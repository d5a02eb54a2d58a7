"""The only door into the books: ``post`` and ``reverse``. Both must run in a transaction of the caller."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import guards
from coop.documents.models import Document
from coop.entities import numbering, queries
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.ledger import chain
from coop.ledger import lines as values
from coop.ledger.models import Account, ChainRecord, Entry, Journal, Line


class AlreadyPosted(Refused):
    """The same event was offered to the books a second time."""


class AccountMissing(Refused):
    """A posting scheme names an account that the chart of the cooperative does not have."""


LOCK_NAMES = {
    "period_lock_year": gettext_lazy("year"),
    "period_lock_payroll": gettext_lazy("payroll"),
    "period_lock_vat": gettext_lazy("VAT"),
}


def post(
    *,
    cooperative: Cooperative,
    journal: str,
    on: date,
    text: str,
    source: str,
    source_key: str,
    lines: Sequence[values.Line],
    by: Any = None,
    files: Iterable[str] = (),
    reverses: Entry | None = None,
) -> Entry:
    """Post one entry and seal it in the cooperative's chain; whole or nothing.

    ``source`` and ``source_key`` name the business event, which is posted at most once. ``files`` are the SHA-256 of
    the files present when posting. Lines of amount zero are left out. Raises AlreadyPosted, PeriodLocked, BooksNotOpen,
    AccountMissing; an entry that does not balance raises IntegrityError here, not at the commit.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("post() runs in the transaction of the service that calls it")
    kept = values.without_zeros(lines)
    period = queries.period_of(cooperative, on)
    accounts = _accounts(cooperative, {line.account for line in kept})
    day_book = Journal.objects.get(cooperative=cooperative, code=journal)
    number = numbering.take_number(
        cooperative=cooperative, kind=f"journal:{journal}", year=period.fiscal_year.name, on=on, in_order=False
    )
    entry = Entry(
        uuid=uuid4(), cooperative=cooperative, journal=day_book, fiscal_year=period.fiscal_year, period=period,
        number=number.value, date=on, text=text[:200], source=source, source_key=source_key, reverses=reverses,
        posted_by=by,
    )  # fmt: skip
    try:
        _insert(entry)
        rows = [
            Line(
                entry=entry, position=position, cooperative=cooperative, date=on, account=accounts[line.account],
                amount=line.amount, activity_id=line.activity, party_id=line.party, item_id=line.item,
                vat_code=line.vat.code if line.vat else "", vat_part=line.vat.part if line.vat else "",
                vat_grid=line.vat.grid if line.vat else "",
            )
            for position, line in enumerate(kept, start=1)
        ]  # fmt: skip
        Line.objects.bulk_create(rows)
        kept_files = sorted(files)
        seal(cooperative=cooperative, content=chain.content_of(entry, rows, kept_files), entry=entry, files=kept_files)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise _refusal(error, entry) from error
    return entry


def _insert(entry: Entry) -> None:
    """Insert the entry and read back what the database stamped on it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO ledger_entry (uuid, cooperative_id, journal_id, fiscal_year_id, period_id, number, date, text,
                source, source_key, reverses_id, posted_by_id, posted_at, created_in)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now(), 0) RETURNING id, posted_at, created_in""",
            [
                entry.uuid, entry.cooperative_id, entry.journal_id, entry.fiscal_year_id, entry.period_id, entry.number,
                entry.date, entry.text, entry.source, entry.source_key, entry.reverses_id, entry.posted_by_id,
            ],
        )  # fmt: skip
        entry.pk, entry.posted_at, entry.created_in = cursor.fetchone()
    entry._state.adding = False


def seal(
    *,
    cooperative: Cooperative,
    content: str,
    entry: Entry | None = None,
    document: UUID | None = None,
    files: Sequence[str] = (),
) -> ChainRecord:
    """Add a link to the cooperative's chain: an entry, or a stored document by its id; ``content`` is its SHA-256.

    One statement locks the head, which orders the links, and hashes as ``chain.link`` does; the guard hashes again.
    """
    kind = ChainRecord.Kind.ENTRY if entry else ChainRecord.Kind.DOCUMENT
    record = ChainRecord(
        cooperative=cooperative, kind=kind, entry=entry, document=document, content=content, version=chain.VERSION,
        files=list(files),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO ledger_chainrecord (cooperative_id, position, kind, entry_id, document, content, previous, hash,
                version, files)
            SELECT cooperative_id, position + 1, %(kind)s, %(entry)s, %(document)s::uuid, %(content)s, hash,
                encode(sha256(convert_to(hash || %(content)s, 'UTF8')), 'hex'), %(version)s, %(files)s::jsonb
            FROM ledger_chainhead WHERE cooperative_id = %(cooperative)s FOR UPDATE
            RETURNING id, position, previous, hash""",
            {
                "cooperative": cooperative.pk, "kind": kind, "entry": entry.pk if entry else None, "document": document,
                "content": content, "version": chain.VERSION, "files": json.dumps(record.files),
            },
        )  # fmt: skip
        record.pk, record.position, record.previous, record.hash = cursor.fetchone()
    record._state.adding = False
    return record


def seal_document(document: Document) -> ChainRecord:
    """Add a stored document to the chain of its cooperative, in the transaction that stores it."""
    return seal(cooperative=document.cooperative, content=document.sha256, document=document.pk)


def reverse(*, entry: Entry, on: date, text: str, by: Any = None) -> Entry:
    """Post the opposite of an entry, dated ``on`` in an open period; an entry is reversed at most once."""
    lines = [
        values.Line(
            account=line.account.number, amount=-line.amount, activity=line.activity_id, party=line.party_id,
            item=line.item_id, vat=values.VatTag(line.vat_code, line.vat_part, line.vat_grid) if line.vat_code else None,
        )
        for line in entry.lines.select_related("account").order_by("position")
    ]  # fmt: skip
    return post(
        cooperative=entry.cooperative, journal=entry.journal.code, on=on, text=text, source=f"{entry.source}.reversed",
        source_key=entry.source_key, lines=lines, by=by, reverses=entry,
    )  # fmt: skip


def _accounts(cooperative: Cooperative, names: set[str]) -> dict[str, Account]:
    numbers = {name for name in names if name.isdigit()}
    wanted = Q(number__in=numbers) | Q(role__in=names - numbers)
    found: dict[str, Account] = {}
    for account in Account.objects.filter(wanted, cooperative=cooperative):
        found |= {account.number: account, account.role: account}
    for name in sorted(names - found.keys()):
        raise AccountMissing(
            subject=_("Chart of accounts of %(cooperative)s") % {"cooperative": cooperative},
            reason=_("There is no account “%(name)s”.") % {"name": name},
            remedy=_("Ask the accountant to add it to the chart."),
        )
    return found


def _refusal(error: IntegrityError, entry: Entry) -> Exception:
    name = guards.broken_constraint(error)
    if name in LOCK_NAMES:
        return queries.locked_refusal(entry.cooperative, entry.date, str(LOCK_NAMES[name]))
    if name == "entry_posted_once":
        return AlreadyPosted(
            subject=entry.text,
            reason=_("It is already in the books."),
            remedy=_("Reload the page; to correct it, reverse the entry."),
        )
    return error
