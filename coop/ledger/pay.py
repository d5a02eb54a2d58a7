"""Who sees pay in the books, person by person. To all others the salary cost of an activity is one amount a day."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from coop.access import visibility
from coop.access.models import Grant, Role
from coop.access.predicates import Subject
from coop.entities.models import Activity
from coop.ledger.models import Entry, Line
from coop.ledger.movements import Movement

JOURNAL = "SAL"
ACCOUNTS = "62"


def sees_pay(user: Any, activity: Activity, first: date, last: date) -> bool:
    """Tell whether a user sees the pay in an activity: the payroll office, and who ran it alone on all those days."""
    if visibility.may(user, Subject.PAY, "r", cooperative=activity.cooperative_id):
        return True
    grants = Grant.objects.filter(role=Role.ENTREPRENEUR, activity=activity)
    people = set(grants.overlapping(first, last + timedelta(days=1)).values_list("user", flat=True))
    return people == {user.pk}


def pays_wages(entry: Entry) -> bool:
    """Tell whether an entry pays somebody's net pay from the bank."""
    return Line.objects.filter(entry=entry, item__role="net_pay").exists()


def of_wages(lines: QuerySet[Line]) -> QuerySet[Line]:
    """Keep the lines of entries that book or pay the wage of somebody."""
    paid = Line.objects.filter(item__role="net_pay", cooperative__in=lines.values("cooperative")).values("entry")
    return lines.filter(Q(entry__journal__code=JOURNAL) | Q(entry__in=paid))


def without_pay(moves: Iterable[Movement]) -> list[Movement]:
    """Return movements, oldest first, with the pay of each day as one that names nobody and leads nowhere."""
    shown: list[Movement] = []
    for move in moves:
        if move.journal != JOURNAL:
            shown.append(move)
        elif shown and shown[-1].journal == JOURNAL and shown[-1].date == move.date:
            former = shown[-1]
            shown[-1] = replace(
                former,
                accounting_change=former.accounting_change + move.accounting_change,
                collected_change=former.collected_change + move.collected_change,
                accounting=move.accounting,
                collected=move.collected,
            )
        else:
            shown.append(replace(move, text=_("Salary cost"), source="", source_key=""))
    return shown
