"""Payments beside pay that were withdrawn because they were not due: what pages and the document of one show."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import translation

from coop.documents import kinds, pdf
from coop.documents.models import Document
from coop.ledger import queries as ledger
from coop.ledger import sources
from coop.ledger.models import OpenItem
from coop.money import ZERO
from payroll import documents, exceptional, journal, slips, texts
from payroll.models import PayrollRun, Payslip
from payroll.queries import Compared, figures_of

KIND = "payslip_withdrawal"
SOURCE = "payroll.payslip.withdrawn"
"""The source of the entry, and of the open item of the run's id, that hold what the member owes of a payment."""
TEMPLATE = "pdf/withdrawal.html"


@dataclass(frozen=True)
class Withdrawal:
    """A payment that is withdrawn as a whole, why, and what of it was paid and is still to be given back; EUR."""

    payslip: Payslip
    run: PayrollRun
    to_give_back: Decimal

    @property
    def set_aside_again(self) -> Decimal:
        """What the payment used of what was set aside, which is there again."""
        return journal.amount(figures_of(self.payslip), "exceptional_provision_used")


def withdrawn_by(payslip: Payslip) -> Withdrawal | None:
    """Return the approved withdrawal of a payment that was not due."""
    if payslip.state != Payslip.State.REVERSED:
        return None
    run = payslip.correction_runs.filter(withdraws=True).exclude(state=PayrollRun.State.CANCELLED).first()
    return _withdrawal(run) if run is not None else None


def withdrawal_in(run: PayrollRun) -> Withdrawal | None:
    """Return what a run withdraws; nothing for another run."""
    return _withdrawal(run) if run.withdraws else None


def _withdrawal(run: PayrollRun) -> Withdrawal | None:
    """Count what is paid: of a payslip that still counts, its payment less what is open of it; after that, what is owed."""
    old = run.corrects
    if old is None:
        return None
    if old.state == Payslip.State.REVERSED:
        return Withdrawal(old, run, ledger.residuals([run.pk]).get(run.pk, ZERO))
    return Withdrawal(old, run, old.to_pay + ledger.residual(OpenItem.objects.get(pk=old.pk)))


def withdrawn_lines(withdrawal: Withdrawal) -> list[Compared]:
    """Return every line of a payment that is withdrawn, beside nothing."""
    figures = figures_of(withdrawal.payslip)
    return [
        Compared(texts.label(line), amount, ZERO, result)
        for line, result in slips.lines_of(figures, figures)
        if (amount := journal.to_pay(figures) if line == "to_pay" else journal.amount(figures, line))
    ]


def links(keys: Iterable[str], user: Any) -> dict[str, sources.Link]:
    """Return the links of withdrawals by the key of their entries, without a name; an address for those who see the payslip."""
    runs = {str(run.pk): run for run in PayrollRun.objects.filter(pk__in=list(keys)) if run.corrects_id is not None}
    seen = set(
        Payslip.objects.visible_to(user)
        .filter(pk__in=[run.corrects_id for run in runs.values() if run.corrects_id is not None])
        .values_list("pk", flat=True)
    )
    return {
        key: sources.Link(
            label=exceptional.titled(run.nature, run.month),
            url=reverse("payroll:payslip_detail", args=[run.corrects_id]) if run.corrects_id in seen else "",
        )
        for key, run in runs.items()
    }


# --- the document -----------------------------------------------------------------------------------------------------


def document_of(payslip: Payslip) -> Document | None:
    """Return the document that tells somebody that a payment was withdrawn."""
    return Document.objects.filter(kind=KIND, subject=payslip.pk).first()


def build(document: Document) -> bytes:
    """Return the bytes of the document of a withdrawal: the payment, why it was not due, what is to be given back."""
    payslip = Payslip.objects.select_related("person", "cooperative", "contract").get(pk=document.subject)
    with translation.override(document.language):
        context = context_of(payslip, paid=Decimal(document.parameters["paid"]))
    return pdf.render(TEMPLATE, context, language=document.language)


def context_of(payslip: Payslip, *, paid: Decimal) -> dict[str, Any]:
    """Return what the document shows, in the language that is active; ``paid``: EUR, when it was withdrawn."""
    found = withdrawn_by(payslip)
    if found is None:
        raise RuntimeError("the document of a withdrawal is made once it is approved")
    return {
        "payslip": payslip,
        "issuer": documents.issuer(payslip.cooperative),
        "title": exceptional.titled(payslip.nature, payslip.month),
        "number": payslip.contract.worker_number,
        "withdrawal": found,
        "lines": withdrawn_lines(found),
        "paid": paid,
    }


def register() -> None:
    """Make the kind and the source known; who sees the payslip sees them."""
    sources.register(SOURCE, links)
    kinds.register(kinds.Kind(KIND, build=build, visible=documents.visible, opened=documents.opened))
