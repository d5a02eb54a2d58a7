"""Posting, numbering in its transaction, issuing and approving, against bare statements that write the same rows."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from coop.entities.models import Cooperative, Party, Period
from coop.ledger import lines as values
from coop.ledger import posting
from coop.ledger.lines import credit, debit
from coop.ledger.models import Account, Entry, Journal
from invoicing import services
from tests import cast
from tests.bench.measuring import Row, in_turn
from tests.bench.sizes import Size
from tests.invoicing import build

SUBJECT = "posting"
DAY = date(2026, 9, 14)
LINES = 6


def measure(size: Size, world: cast.World) -> Iterator[Row]:
    """Measure entries of six lines, then invoices of ten."""
    bare = BareBooks(world.boreal)
    activity = world.activities["dirk"].pk
    lines = entry_lines(activity)

    def post(_round: int) -> None:
        for _place in range(size.entries):
            with transaction.atomic():
                posting.post(
                    cooperative=world.boreal, journal="OD", on=DAY, text="Bench", source="bench.entry",
                    source_key=str(uuid4()), lines=lines,
                )  # fmt: skip

    times = in_turn(
        {"post": post, "bare": lambda _round: [bare.post(lines) for _place in range(size.entries)]},
        rounds=size.rounds,
        baseline="bare",
    )
    yield times.row(
        SUBJECT, "post() ÷ bare SQL of the same rows, guards on", "post", "bare", parts=size.entries,
        goal=Decimal("2.0"),
    )  # fmt: skip
    yield Row(SUBJECT, "statements of one post()", Decimal(statements(lambda: post_one(world.boreal, lines))), unit="")
    yield from _issuing(size, world)


def _issuing(size: Size, world: cast.World) -> Iterator[Row]:
    number = size.documents * 3
    drafts = [[ten_lines(world) for _place in range(number)] for _round in range(size.rounds + 1)]
    sample = services.issue_invoice(invoice_id=ten_lines(world).pk, on=DAY, by=world.aline, at=cast.at("2026-09-14"))
    entries = [
        (entry.journal.code, [as_value(line) for line in entry.lines.select_related("account").order_by("position")])
        for entry in Entry.objects.filter(source_key=str(sample.pk)).select_related("journal").order_by("pk")
    ]

    def issue(number: int) -> None:
        for draft in drafts[number]:
            services.issue_invoice(invoice_id=draft.pk, on=DAY, by=world.aline, at=cast.at("2026-09-14"))

    def post(_round: int) -> None:
        for _place in range(number):
            with transaction.atomic():
                for journal, lines in entries:
                    posting.post(
                        cooperative=world.archipel, journal=journal, on=DAY, text="Bench", source=f"bench.{journal}",
                        source_key=str(uuid4()), lines=lines,
                    )  # fmt: skip

    times = in_turn({"issue": issue, "post": post}, rounds=size.rounds, baseline="post")
    yield times.row(SUBJECT, "issue_invoice, ten lines ÷ post() of its two entries", "issue", "post", parts=number)
    last = ten_lines(world)
    asked = statements(
        lambda: services.issue_invoice(invoice_id=last.pk, on=DAY, by=world.aline, at=cast.at("2026-09-14"))
    )
    yield Row(SUBJECT, "statements of one issue_invoice", Decimal(asked), unit="")


def entry_lines(activity: UUID) -> list[values.Line]:
    """Return the lines of an entry that balances."""
    return [
        debit("office_supplies", Decimal("100.00"), activity=activity)
        if place % 2 == 0
        else credit("office_supplies", Decimal("100.00"), activity=activity)
        for place in range(LINES)
    ]


def post_one(cooperative: Cooperative, lines: Sequence[values.Line]) -> Entry:
    """Post one entry in a transaction of its own."""
    with transaction.atomic():
        return posting.post(
            cooperative=cooperative, journal="OD", on=DAY, text="Bench", source="bench.entry", source_key=str(uuid4()),
            lines=lines,
        )  # fmt: skip


def ten_lines(world: cast.World) -> Any:
    """Make a draft of ten lines."""
    lines = [build.line(str(1 + place), "125.50", description=f"Training day {place + 1}") for place in range(10)]
    return build.draft(world.activities["aline"], world.aline, *lines)


def as_value(line: Any) -> values.Line:
    """Return a posted line as a scheme would give it, without its document and its VAT tag."""
    return values.Line(line.account.number, line.amount, line.activity_id, line.party_id)


def statements(act: Any) -> int:
    """Return how many statements an act sends."""
    count = 0

    def counting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counting):
        act()
    return count


class BareBooks:
    """Writes the rows of an entry by four statements, without checks in Python; the guards of the database stay on."""

    def __init__(self, cooperative: Cooperative) -> None:
        self.cooperative = cooperative
        self.journal = Journal.objects.get(cooperative=cooperative, code="OD")
        self.period = Period.objects.select_related("fiscal_year").get(
            cooperative=cooperative, first_day=DAY.replace(day=1)
        )
        self.accounts = dict(Account.objects.filter(cooperative=cooperative).values_list("role", "pk"))
        self.party = Party.objects.filter(cooperative=cooperative).first()

    def post(self, lines: Sequence[values.Line]) -> None:
        """Write an entry with its lines, its number and its link of the chain."""
        cooperative = self.cooperative.pk
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE entities_numberseries SET last_number = last_number + 1, last_date = %s WHERE cooperative_id = %s"
                " AND kind = 'journal:OD' AND year = %s RETURNING last_number",
                [DAY, cooperative, self.period.fiscal_year.name],
            )
            number = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO ledger_entry (uuid, cooperative_id, journal_id, fiscal_year_id, period_id, number, date, text,"
                " source, source_key, posted_at, created_in)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, 'Bench', 'bench.bare', %s, now(), 0) RETURNING id",
                [
                    uuid4(), cooperative, self.journal.pk, self.period.fiscal_year_id, self.period.pk, number, DAY,
                    str(uuid4()),
                ],
            )  # fmt: skip
            entry = cursor.fetchone()[0]
            rows = [
                (entry, place, cooperative, DAY, self.accounts[line.account], line.amount, line.activity)
                for place, line in enumerate(lines, start=1)
            ]
            cursor.execute(
                "INSERT INTO ledger_line (entry_id, position, cooperative_id, date, account_id, amount, activity_id,"
                " vat_code, vat_part, vat_grid, currency) VALUES "
                + ", ".join(["(%s, %s, %s, %s, %s, %s, %s, '', '', '', '')"] * len(rows)),
                [value for row in rows for value in row],
            )
            cursor.execute(
                "INSERT INTO ledger_chainrecord (cooperative_id, position, kind, entry_id, content, previous, hash,"
                " version, files) SELECT h.cooperative_id, h.position + 1, 'entry', %s, h.hash, h.hash,"
                " encode(sha256(convert_to(h.hash || h.hash, 'UTF8')), 'hex'), 1, '[]'"
                " FROM ledger_chainhead h WHERE h.cooperative_id = %s FOR UPDATE",
                [entry, cooperative],
            )
