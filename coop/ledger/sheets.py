"""Sheets of a start in mid-life: the old trial balance, and one balance per activity."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import formatting
from coop.access.predicates import Subject
from coop.entities.models import Activity, Party
from coop.imports import sheets
from coop.imports.sheets import Column, Context, Kind, Outcome, Problem, Row, RowRefused, Sheet, together
from coop.ledger import opening
from coop.ledger.models import Account
from coop.money import ZERO
from coop.names import sort_name

KEY = "opening"


def find_activity(row: Row, context: Context, column: str = "activity") -> Activity:
    """Return the activity of the cooperative whose code stands in a cell, or refuse the row."""
    code = row[column]
    activity: Activity | None = context.once(
        ("activity", code),
        lambda: (
            Activity.objects.filter(cooperative=context.cooperative, code=code).select_related("cooperative").first()
        ),
    )
    if activity is None:
        raise row.refuse(
            column,
            reason=_("The cooperative has no activity with this code."),
            remedy=_("Import the sheet of activities first, or correct the code."),
        )
    return activity


def _the_day(rows: Sequence[Row]) -> date:
    """Return the one day of the opening, or refuse every row that names another than the first."""
    day: date = rows[0]["date"]
    problems = [
        row.problem(
            "date",
            reason=_("The opening has one day, and the first row says %(day)s.") % {"day": formatting.short_day(day)},
            remedy=_("Give every row the same day."),
        )
        for row in rows
        if row["date"] != day
    ]
    if problems:
        raise RowRefused(problems)
    return day


def _told_before(rows: Sequence[Row], context: Context) -> bool:
    """Tell whether an earlier file said the same; refuse every difference when it said something else."""
    told = context.known(KEY)
    if told is None:
        return False
    now, problems = _as_told(rows), []
    for row in rows:
        for name in row.values:
            key = f"{row.line}.{name}"
            if told[1].get(key, "") != now.get(key, ""):
                problems.append(
                    row.problem(
                        name,
                        reason=_("The opening that is in the books says: %(value)s.")
                        % {"value": told[1].get(key) or "–"},
                        remedy=_("A cooperative starts once; correct it by an entry in an open month."),
                    )
                )
    if not problems and len(told[1]) != len(now):
        problems.append(
            Problem(
                0, "", "", _("The opening that is in the books has more rows."), _("Import nothing, or the same rows.")
            )
        )
    if problems:
        raise RowRefused(problems)
    return True


def _as_told(rows: Sequence[Row]) -> dict[str, str]:
    return {
        f"{row.line}.{name}": sheets.as_text(value)
        for row in rows
        for name, value in row.values.items()
        if value not in (None, "")
    }


# --- opening trial balance --------------------------------------------------------------------------------------------


def _trial_balance(rows: Sequence[Row], context: Context) -> Outcome:
    if _told_before(rows, context):
        return Outcome.UNCHANGED
    day = _the_day(rows)
    roles = dict(Account.objects.filter(cooperative=context.cooperative).values_list("number", "role"))
    found, problems = [], []
    for row in rows:
        try:
            found.append(_opening_line(row, roles, day, context))
        except RowRefused as refused:
            problems += refused.problems
    if problems:
        raise RowRefused(problems)
    entry = opening.post_trial_balance(cooperative=context.cooperative, on=day, opening=found, by=context.by)
    context.remember(KEY, entry.uuid, _as_told(rows))
    return Outcome.CREATED


def _opening_line(row: Row, roles: dict[str, str], day: date, context: Context) -> opening.OpeningLine:
    amount = _amount(row)
    if row["account"] not in roles:
        raise row.refuse(
            "account",
            reason=_("The chart of the cooperative has no such account."),
            remedy=_("Use the account of the chart that holds it; the accountant can add one."),
        )
    activity = find_activity(row, context) if row["activity"] else None
    document = None
    if roles[row["account"]] in opening.RECEIVABLES | opening.DEBTS:
        document = _document(row, roles[row["account"]], amount, day, context)
        if roles[row["account"]] in opening.RECEIVABLES and activity is None:
            raise row.refuse(
                "activity",
                reason=_("A receivable belongs to an activity."),
                remedy=_("Fill in the activity that made the sale."),
            )
    return opening.OpeningLine(row["account"], amount, activity.pk if activity else None, document)


def _amount(row: Row) -> Decimal:
    debit, credit = row["debit"] or ZERO, row["credit"] or ZERO
    if (debit == ZERO) == (credit == ZERO):
        raise row.refuse(
            "debit",
            reason=_("A row has an amount in one of the two columns debit and credit."),
            remedy=_("Fill in one of the two, above zero."),
        )
    amount: Decimal = debit - credit
    return amount


def _document(row: Row, role: str, amount: Decimal, day: date, context: Context) -> opening.OpenDocument:
    missing = [name for name in ("document", "party") if not row[name]] + (
        ["net"] if role in opening.RECEIVABLES and row["net"] is None else []
    )
    if missing:
        raise RowRefused(
            row.problem(
                name,
                reason=_("Receivables and debts are stated per open document, so that payments can be matched."),
                remedy=_("Fill in this cell."),
            )
            for name in missing
        )
    sign = 1 if amount > ZERO else -1
    net: Decimal = abs(amount) if row["net"] is None else row["net"]
    if net > abs(amount):
        raise row.refuse(
            "net",
            reason=_("The part excluding VAT is more than what is open including VAT."),
            remedy=_("Give the open amount excluding VAT, without a sign."),
        )
    return opening.OpenDocument(
        reference=row["document"],
        party=_party(row, context),
        net=sign * net,
        issued_on=row["issued_on"] or day,
        due_on=row["due_on"],
        structured_communication=_communication(row),
    )


def _party(row: Row, context: Context) -> UUID:
    """Return the party by VAT number, else by name; a party that the books do not know yet is added."""
    parties = Party.objects.filter(cooperative=context.cooperative)
    known = parties.filter(vat_number=row["vat_number"]).order_by("reference").first() if row["vat_number"] else None
    known = known or parties.filter(sort_name=sort_name(row["party"])).first() or _party_of_member(row, context)
    if known is None:
        known = Party.objects.create(
            cooperative=context.cooperative,
            name=row["party"],
            sort_name=sort_name(row["party"]),
            vat_number=row["vat_number"],
            reference=f"vat:{row['vat_number']}" if row["vat_number"] else "",
        )
    return known.pk


def _party_of_member(row: Row, context: Context) -> Party | None:
    """Return a party whose name is written as in the file; names of people are sorted by last name."""
    return Party.objects.filter(cooperative=context.cooperative, name__iexact=row["party"]).first()


def _communication(row: Row) -> str:
    digits = "".join(character for character in row["communication"] if character.isdigit())
    if row["communication"] and (len(digits) != 12 or (int(digits[:10]) % 97 or 97) != int(digits[10:])):
        raise row.refuse(
            "communication",
            reason=_("This is no structured communication: a digit is wrong or missing."),
            remedy=_("Write its twelve digits, or leave the cell empty."),
        )
    return digits


TRIAL_BALANCE = Sheet(
    name="opening_trial_balance",
    title=gettext_lazy("Opening: trial balance"),
    description=gettext_lazy(
        "The old trial balance on the first day here, with a row per open document of customers, suppliers and members."
    ),
    order=50,
    apply=_trial_balance,
    group=together,
    rights=[(Subject.LEDGER, "w")],
    columns=[
        Column(name="date", title=gettext_lazy("First day"), kind=Kind.DAY, required=True, example="2026-01-01"),
        Column(name="account", title=gettext_lazy("Account"), required=True, max_length=10, example="400"),
        Column(name="debit", title=gettext_lazy("Debit"), kind=Kind.AMOUNT, example="1210,00"),
        Column(name="credit", title=gettext_lazy("Credit"), kind=Kind.AMOUNT),
        Column(
            name="activity",
            title=gettext_lazy("Activity"),
            max_length=20,
            example="A-101",
            help=gettext_lazy("Of receivables, equipment, costs and income; costs and income without one are COOP’s."),
        ),
        Column(
            name="document",
            title=gettext_lazy("Open document"),
            max_length=60,
            example="2025-0311",
            help=gettext_lazy("Number of the invoice or note that is still open; for 400, 407, 440, 4891 and 455."),
        ),
        Column(name="party", title=gettext_lazy("Party"), max_length=120, example="Librairie Exemple"),
        Column(name="vat_number", title=gettext_lazy("VAT number of the party"), kind=Kind.VAT_NUMBER),
        Column(
            name="net",
            title=gettext_lazy("Open part excluding VAT"),
            kind=Kind.AMOUNT,
            example="1000,00",
            help=gettext_lazy("Of a receivable: it belongs to the activity, the rest is VAT."),
        ),
        Column(name="issued_on", title=gettext_lazy("Date of the document"), kind=Kind.DAY, example="2025-12-12"),
        Column(name="due_on", title=gettext_lazy("Due on"), kind=Kind.DAY, example="2026-01-11"),
        Column(name="communication", title=gettext_lazy("Structured communication"), max_length=20),
    ],
    examples=[
        {
            "date": "2026-01-01",
            "account": "400",
            "debit": "1210,00",
            "activity": "A-101",
            "document": "2025-0311",
            "party": "Librairie Exemple",
            "net": "1000,00",
            "issued_on": "2025-12-12",
            "due_on": "2026-01-11",
        },
        {"date": "2026-01-01", "account": "550", "debit": "3790,00"},
        {"date": "2026-01-01", "account": "140", "credit": "5000,00"},
    ],
)


# --- opening balances of the activities -------------------------------------------------------------------------------


def _balances(rows: Sequence[Row], context: Context) -> Outcome:
    if _told_before(rows, context):
        return Outcome.UNCHANGED
    day = _the_day(rows)
    stated: dict[UUID, Decimal] = {}
    problems = []
    for row in rows:
        try:
            activity = find_activity(row, context)
            if activity.pk in stated:
                raise row.refuse(
                    "activity",
                    reason=_("This activity stands twice in the file."),
                    remedy=_("Keep one row with its whole balance."),
                )
            stated[activity.pk] = row["balance"]
        except RowRefused as refused:
            problems += refused.problems
    if problems:
        raise RowRefused(problems)
    opening.carry_balances_in(cooperative=context.cooperative, on=day, stated=stated, by=context.by)
    _confirm(rows, day, stated, context)
    context.remember(KEY, context.cooperative.pk, _as_told(rows))
    return Outcome.CREATED


def _confirm(rows: Sequence[Row], day: date, stated: dict[UUID, Decimal], context: Context) -> None:
    """See that the books now say what was stated, and report what is COOP's."""
    after = opening.balances_after(context.cooperative, day, list(stated))
    for row, (activity, balance) in zip(rows, stated.items(), strict=True):
        if after[activity] != balance:
            raise row.refuse(
                "balance",
                reason=_("The books already hold other entries of this activity: its balance would be %(balance)s.")
                % {"balance": formatting.amount(after[activity])},
                remedy=_(
                    "Import the opening before anything else of the activity, or state the balance of an earlier day."
                ),
            )
    sums = opening.check(context.cooperative, stated)
    context.notes.append(
        _(
            "The stated balances add up to %(stated)s. Accounts 13 and 14 with the running result are %(equity)s; the "
            "difference, %(cooperative)s, is the cooperative’s own (COOP)."
        )
        % {
            "stated": formatting.money(sums.stated),
            "equity": formatting.money(sums.equity),
            "cooperative": formatting.money(sums.cooperative),
        }
    )


BALANCES = Sheet(
    name="opening_activities",
    title=gettext_lazy("Opening: balances of the activities"),
    description=gettext_lazy("What each activity has on the first day here; after the opening trial balance."),
    order=60,
    apply=_balances,
    group=together,
    rights=[(Subject.LEDGER, "w")],
    columns=[
        Column(name="date", title=gettext_lazy("First day"), kind=Kind.DAY, required=True, example="2026-01-01"),
        Column(name="activity", title=gettext_lazy("Activity"), required=True, max_length=20, example="A-101"),
        Column(
            name="balance",
            title=gettext_lazy("Accounting balance"),
            kind=Kind.AMOUNT,
            negative=True,
            required=True,
            example="5000,00",
            help=gettext_lazy("Excluding VAT; below zero where the activity has spent more than it earned."),
        ),
    ],
)


def register() -> None:
    """Make the sheets known."""
    for sheet in (TRIAL_BALANCE, BALANCES):
        sheets.register(sheet)
