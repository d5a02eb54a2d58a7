"""The payslip as a document, from its frozen figures, in the language of the person."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting
from coop.documents import pdf
from coop.documents.models import Document
from coop.entities.models import Cooperative
from coop.periods import Month
from members import services as member_services
from members.models import Person, Reading
from payroll import exceptional, exceptional_queries, journal, queries, slips, texts, worktime
from payroll.models import EmployerTerms, Payslip
from payroll.secretariat.queries import beside as beside_result

TEMPLATE = "pdf/payslip.html"


def build(document: Document) -> bytes:
    """Return the bytes of the payslip that a document row belongs to."""
    payslip = Payslip.objects.select_related("person", "cooperative", "contract", "member__run__corrects").get(
        pk=document.subject
    )
    with translation.override(document.language):
        context = context_of(payslip)
    return pdf.render(TEMPLATE, context, language=document.language)


def visible(document: Document, user: Any) -> bool:
    """Tell whether a user sees the payslip that a document belongs to."""
    return Payslip.objects.visible_to(user).filter(pk=document.subject).exists()


def note_reading(person: Person, user: Any, at: datetime) -> None:
    """Note that somebody else than the person opened a document about their pay; the person sees it."""
    if person.user_id != user.pk:
        member_services.note_reading(person=person, what=Reading.What.PAYSLIP, by=user, at=at)


def opened(document: Document, user: Any, at: datetime) -> None:
    """Note the reading of the PDF of a payslip as that of its page is noted."""
    note_reading(Payslip.objects.select_related("person").get(pk=document.subject).person, user, at)


def context_of(payslip: Payslip) -> dict[str, Any]:
    """Return what the document shows, in the language that is active: the compulsory items, then every line explained.

    Items: royal decree of 27 September 1966 (employer, worker, number, period, hours, pay, deductions, taxable, tax,
    net, to pay); the joint committee and the parts of the bonuses beside them.
    """
    figures = queries.figures_of(payslip)
    month = Month.of(payslip.month)
    terms = EmployerTerms.objects.filter(cooperative=payslip.cooperative_id).on(month.last).first()
    previous = queries.previous_payslip(payslip)
    return {
        "payslip": payslip,
        "issuer": issuer(payslip.cooperative),
        "month": formatting.month(month),
        "title": exceptional.title(payslip.nature) if payslip.nature else _("Payslip"),
        "number": payslip.contract.worker_number,
        "counted": exceptional_queries.counted(payslip.facts, payslip.nature) if payslip.nature else "",
        "terms": terms,
        "version": queries.terms_of(payslip),
        "first": max(month.first, payslip.contract.valid_from),
        "last": _last_day(payslip, month),
        "household": payslip.facts["household"],
        "performance": worktime.performance_of(payslip),
        "to_net": slips.to_net(figures),
        "to_payment": slips.to_payment(figures),
        "to_cost": slips.to_cost(figures),
        "beside": slips.allowances(figures),
        "bonuses": [
            texts.explain(figures[code])
            for code in ("fiscal_bonus_a", "fiscal_bonus_b")
            if journal.amount(figures, code)
        ],
        "correction": queries.replaces(payslip),
        "other_result": beside_result(payslip),
        "year": queries.year_totals(payslip),
        "bridge": queries.bridge(figures, queries.figures_of(previous)) if previous else None,
        "findings": [texts.finding(one, figures) for one in figures.findings if one.severity != "information"],
        "masked_iban": formatting.masked(payslip.person.iban),
    }


def _last_day(payslip: Payslip, month: Month) -> date:
    """The last day of the month that the contract covers."""
    until = payslip.contract.valid_until
    return month.last if until is None else min(month.last, until - timedelta(days=1))


def issuer(cooperative: Cooperative) -> dict[str, str]:
    """Return the cooperative as the foot of a document names it."""
    number = cooperative.enterprise_number
    return {
        "name": cooperative.name,
        "legal_form": cooperative.legal_form,
        "street": cooperative.street,
        "postcode": cooperative.postcode,
        "town": cooperative.town,
        "vat_number": f"BE {number[:4]}.{number[4:7]}.{number[7:]}",
        "court": cooperative.court,
    }
