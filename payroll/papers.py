"""The individual account as a document, frozen when it was asked for, in the language of who asked."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import kinds, pdf
from coop.documents import services as documents
from coop.documents.models import Document
from coop.entities.models import Cooperative
from coop.periods import DateRange
from members.files import mask_niss
from members.models import EmploymentContract, Person
from payroll import account, exports
from payroll.account import Account
from payroll.documents import issuer, note_reading
from payroll.models import EmployerTerms

KIND = "individual_account"
TEMPLATE = "pdf/individual_account.html"
WIDTH = 13
"""Columns of payslips that fit on a page that lies on its side."""


@transaction.atomic
def request_account(
    *,
    found: Account,
    before: int,
    person: Person,
    cooperative: Cooperative,
    year: int,
    language: str,
    on: date,
    at: datetime,
) -> Document:
    """Ask for the PDF of an individual account; its figures are frozen now, a worker makes it.

    The same account asked for twice on a day is one document. The caller has checked that the reader sees all of it.
    """
    parameters = parameters_of(found=found, before=before, person=person, cooperative=cooperative, year=year, on=on)
    known = Document.objects.filter(
        kind=KIND, subject=person.pk, cooperative=cooperative, language=language, parameters=parameters
    ).first()
    return known or documents.request_document(
        cooperative=cooperative, kind=KIND, subject=person.pk, language=language,
        filename=f"individual-account-{cooperative.code}-{year}.pdf", at=at, parameters=parameters,
    )  # fmt: skip


def parameters_of(
    *, found: Account, before: int, person: Person, cooperative: Cooperative, year: int, on: date
) -> dict[str, Any]:
    """Return an account with employer, worker and contracts as plain JSON values: all that its PDF is made from.

    ``before``: how many months of the year were paid elsewhere.
    """
    return {
        **account.frozen(found),
        "before": before,
        "year": year,
        "made_on": on.isoformat(),
        "issuer": issuer(cooperative),
        "onss_number": _onss_number(cooperative, year),
        "worker": {
            "name": str(person),
            "street": person.street,
            "place": f"{person.postcode} {person.town}",
            "niss": mask_niss(person.niss),
        },
        "contracts": _contracts(person, cooperative, year),
    }


def _onss_number(cooperative: Cooperative, year: int) -> str:
    span = DateRange(date(year, 1, 1), date(year + 1, 1, 1))
    rows = EmployerTerms.objects.filter(cooperative=cooperative).overlapping(span.start, span.end)
    latest = rows.order_by("-valid_from").first()
    return latest.onss_number if latest else ""


def _contracts(person: Person, cooperative: Cooperative, year: int) -> list[dict[str, str]]:
    """Return number and days of the contracts of a year; ``until`` is the day after the last, empty while it goes on."""
    rows = EmploymentContract.objects.filter(person=person, cooperative=cooperative).overlapping(
        date(year, 1, 1), date(year + 1, 1, 1)
    )
    return [
        {
            "number": one.worker_number,
            "since": one.valid_from.isoformat(),
            "until": one.valid_until.isoformat() if one.valid_until else "",
        }
        for one in rows.order_by("valid_from")
    ]


def build(document: Document) -> bytes:
    """Make the bytes of an individual account from its frozen figures."""
    with translation.override(document.language):
        context = context_of(document.parameters)
    return pdf.render(TEMPLATE, context, language=document.language)


def context_of(data: dict[str, Any]) -> dict[str, Any]:
    """Return what the document shows, in the language that is active."""
    return {
        **data,
        "made_on": date.fromisoformat(data["made_on"]),
        "contracts": [
            {
                "number": one["number"],
                "since": date.fromisoformat(one["since"]),
                "last": account.last_day(date.fromisoformat(one["until"])) if one["until"] else None,
            }
            for one in data["contracts"]
        ],
        "incomplete": exports.before_us(data.get("before", 0)),
        "blocks": list(account.blocks(data, width=WIDTH)),
    }


def visible(document: Document, user: Any) -> bool:
    """Tell whether a user sees the pay of the person whose account it is: that person, and who reads pay there."""
    own = Person.objects.filter(pk=document.subject, user=user.pk).exists()
    return own or any(
        visibility.may(user, Subject.PAY, right, cooperative=document.cooperative_id) for right in ("r", "m")
    )


def opened(document: Document, user: Any, at: datetime) -> None:
    """Note the reading of an individual account as that of its page is noted."""
    note_reading(Person.objects.get(pk=document.subject), user, at)


def register() -> None:
    """Make the kind known."""
    kinds.register(kinds.Kind(KIND, build=build, visible=visible, opened=opened))
