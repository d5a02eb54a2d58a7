"""Pages of the individual account: what an employer paid a worker in a year, as page, PDF and XLSX."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from coop import clock, views
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.periods import Month
from members.models import Person
from payroll import account, exports, pages, paid, papers, quarters, tables
from payroll.account import Account, Corrected, Paid


@dataclass(frozen=True)
class Asked:
    """An individual account that somebody may see."""

    person: Person
    cooperative: Cooperative
    year: int
    paid: list[Paid]
    corrected: list[Corrected]
    before: int
    own: bool

    @property
    def account(self) -> Account:
        """The account itself."""
        return account.individual_account(self.paid, self.corrected)


def _ask(request: HttpRequest, person: UUID, cooperative: UUID, year: int) -> Asked:
    """Return the account; 404 for a person or an employer that is not the user's to see, 403 when pay is not.

    Whoever reads another's account leaves a note that the person sees.
    """
    found, employer, own = pages.employed_by(request, person, cooperative)
    first, last = Month(year, 1), Month(year, 12)
    return Asked(
        found,
        employer,
        year,
        paid.paid_in(request.user, employer.pk, first, last, person=found.pk),
        paid.corrected_in(employer.pk, first, last, person=found.pk),
        paid.opened_in(employer.pk, first, last, person=found.pk),
        own,
    )


@require_safe
@login_required
@never_cache
def account_detail(request: HttpRequest, person: UUID, cooperative: UUID, year: int) -> HttpResponse:
    """Show the year month by month, each amount opening its payslip; the data of slip 281.10; the books beside it."""
    asked = _ask(request, person, cooperative, year)
    context = {
        "asked": asked,
        "table": account.as_table(asked.account),
        "slip": account.yearly_slip(asked.paid, asked.corrected),
        "checks": _checks(asked),
        "settlements": quarters.of_year(
            request.user, person=asked.person.pk, cooperative=asked.cooperative.pk, year=asked.year
        ),
        "incomplete": exports.before_us(asked.before),
        "reads_books": visibility.may(request.user, Subject.LEDGER, "r", cooperative=asked.cooperative.pk),
        "years": paid.years_paid(request.user, person=asked.person.pk, cooperative=asked.cooperative.pk),
        "employers": paid.employers_of(asked.person) if asked.own else [],
    }
    response = views.page(request, "payroll/account_detail.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _checks(asked: Asked) -> list[tuple[tables.Check, str]]:
    found = paid.account_checks(asked.cooperative.pk, asked.paid, asked.corrected)
    return [(check, exports.verdict(check)) for check in found]


@require_safe
@login_required
@never_cache
def account_workbook(request: HttpRequest, person: UUID, cooperative: UUID, year: int) -> HttpResponse:
    """Send the account and the data of slip 281.10 as XLSX."""
    asked = _ask(request, person, cooperative, year)
    lists = [account.as_table(asked.account), account.slip_table(account.yearly_slip(asked.paid, asked.corrected))]
    content = exports.as_xlsx(
        lists,
        subtitle=f"{asked.person}, {asked.cooperative.name}, {year}",
        checks=[*(sentence for _check, sentence in _checks(asked)), *filter(None, [exports.before_us(asked.before)])],
    )
    return send(content, f"individual-account-{asked.cooperative.code}-{year}.xlsx", "xlsx")


def send(content: bytes, filename: str, format_: str) -> HttpResponse:
    """Answer with a file to keep."""
    response = HttpResponse(content, content_type=exports.FORMATS[format_])
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@login_required
def account_paper(request: HttpRequest, person: UUID, cooperative: UUID, year: int) -> HttpResponse:
    """Ask for the PDF, which a worker makes, and lead to it."""
    asked = _ask(request, person, cooperative, year)
    language = (translation.get_language() or "fr")[:2]
    document = papers.request_account(
        found=asked.account, before=asked.before, person=asked.person, cooperative=asked.cooperative, year=year, language=language,
        on=clock.today(), at=clock.now(),
    )  # fmt: skip
    return redirect("documents:document_download", document=document.pk)
