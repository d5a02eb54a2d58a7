"""The income statement as a PDF that can be shown to a bank or a landlord: frozen when it was asked for."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from coop import charts, formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import kinds, pdf
from coop.documents import services as documents
from coop.documents.models import Document
from coop.entities.models import Activity
from coop.ledger.statements import TITLES, Section
from coop.money import ZERO
from coop.periods import Month
from members import exports
from members.statements import Statement, frozen

KIND = "income_statement"
TEMPLATE = "pdf/statement.html"


@transaction.atomic
def request_statement(*, statement: Statement, language: str, at: datetime) -> Document:
    """Ask for the PDF of a statement of one activity; its figures are frozen now, a worker makes it.

    The same statement asked for twice is one document. The caller has checked that the reader may see the activity.
    """
    activity = statement.activities[0]
    parameters = {**frozen(statement), "made_on": statement.on.isoformat()}
    known = Document.objects.filter(kind=KIND, subject=activity.pk, language=language, parameters=parameters).first()
    return known or documents.request_document(
        cooperative=statement.cooperative, kind=KIND, subject=activity.pk, language=language,
        filename=exports.filename(statement, "pdf"), at=at, parameters=parameters,
    )  # fmt: skip


def build(document: Document) -> bytes:
    """Make the bytes of a statement from its frozen figures."""
    return print_statement(document.parameters, language=document.language)


def print_statement(data: dict[str, Any], *, language: str) -> bytes:
    """Print frozen figures in a language."""
    with translation.override(language):
        context = _context(data, language)
    return pdf.render(TEMPLATE, context, language=language)


def visible(document: Document, user: Any) -> bool:
    """Tell whether a user reads the books of the activity whose statement it is."""
    return (
        visibility.may(user, Subject.LEDGER, "r", activity=document.subject, cooperative=document.cooperative_id)
        and Activity.objects.filter(pk=document.subject, cooperative=document.cooperative_id).exists()
    )


def register() -> None:
    """Make the kind known."""
    kinds.register(kinds.Kind(KIND, build, visible))


def _context(data: dict[str, Any], language: str) -> dict[str, Any]:
    months = [Month.parse(text) for text in data["months"]]
    sections = [
        {
            "section": section["section"],
            "title": str(TITLES[Section(section["section"])]),
            "rows": [
                {
                    "account": row["account"],
                    "name": row["names"].get(language, row["names"]["en"]),
                    "total": Decimal(row["total"]),
                }
                for row in section["rows"]
            ],
            "months": [Decimal(amount) for amount in section["months"]],
            "total": Decimal(section["total"]),
        }
        for section in data["sections"]
    ]
    results = [Decimal(amount) for amount in data["result"]["months"]]
    return {
        "issuer": data["cooperative"],
        "holder": data["holder"],
        "activities": data["activities"],
        "first": months[0],
        "last": months[-1],
        "sections": sections,
        "by_month": _by_month(months, sections, results),
        "result": Decimal(data["result"]["total"]),
        "balances": {name: Decimal(data["balances"][name]) for name in ("accounting", "collected", "free")},
        "blocked": data["balances"]["blocked"],
        "balances_on": date.fromisoformat(data["balances"]["on"]),
        "made_on": date.fromisoformat(data["made_on"]),
        "chart": _chart(months, sections, results),
    }


def _by_month(months: list[Month], sections: list[dict[str, Any]], results: list[Decimal]) -> list[dict[str, Any]]:
    """Return one row per month: revenue, costs, fee and fund, salary cost, result; one amount per head of the table."""

    def amount(names: tuple[Section, ...], place: int) -> Decimal:
        return sum((section["months"][place] for section in sections if section["section"] in names), ZERO)

    return [
        {
            "month": month,
            "revenue": amount((Section.REVENUE,), place),
            "costs": amount((Section.COSTS, Section.INTERNAL), place),
            "shares": amount((Section.FEE, Section.FUND), place),
            "salary": amount((Section.SALARY,), place),
            "result": results[place],
        }
        for place, month in enumerate(months)
    ]


def _chart(months: list[Month], sections: list[dict[str, Any]], results: list[Decimal]) -> charts.Chart | None:
    if len(months) < 2:
        return None
    revenue = next(
        (section["months"] for section in sections if section["section"] == Section.REVENUE), [ZERO] * len(months)
    )
    return charts.bars(
        title=_("Revenue and result by month"),
        finding=_("Revenue and result of each month."),
        series=[charts.Series(_("Revenue")), charts.Series(_("Result"))],
        points=[
            charts.Point(formatting.short_month(month), (revenue[place], results[place]))
            for place, month in enumerate(months)
        ],
    )
