"""The payslip as a document, from its frozen figures, in the language of the person."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from coop import formatting
from coop.documents import pdf
from coop.documents.models import Document
from coop.entities.models import Cooperative
from coop.periods import Month
from members.models import ContractVersion
from payroll import exceptional, exceptional_queries, queries, slips, texts
from payroll.models import EmployerTerms, Payslip

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


def context_of(payslip: Payslip) -> dict[str, Any]:
    """Return what the document shows, in the language that is active: the compulsory items, then every line explained.

    Items: royal decree of 27 September 1966 (employer, worker, number, period, hours, pay, deductions, taxable, tax,
    net, to pay); the joint committee and the parts of the bonuses beside them.
    """
    figures = queries.figures_of(payslip)
    month = Month.of(payslip.month)
    version = ContractVersion.objects.filter(contract=payslip.contract_id).on(month.last).first()
    version = version or ContractVersion.objects.filter(contract=payslip.contract_id).order_by("-valid_from").first()
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
        "version": version,
        "household": payslip.facts["household"],
        "to_net": slips.to_net(figures),
        "to_cost": slips.to_cost(figures),
        "bonuses": [
            texts.explain(figures[code])
            for code in ("fiscal_bonus_a", "fiscal_bonus_b")
            if code in figures and figures[code].amount
        ],
        "correction": queries.replaces(payslip),
        "year": queries.year_totals(payslip),
        "bridge": queries.bridge(figures, queries.figures_of(previous)) if previous else None,
        "findings": [texts.finding(one, figures) for one in figures.findings if one.severity != "information"],
        "masked_iban": formatting.masked(payslip.person.iban),
    }


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
