"""Pages of what stands beside the pay: the payroll officer's, by contract and month, and the member's own month."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from coop import clock, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.errors import Refused
from coop.money import ZERO
from coop.periods import Month
from members import services as member_services
from members.models import EmploymentContract, Reading
from payroll import beside_forms as forms
from payroll import beside_queries as queries
from payroll import debts, pages, services
from payroll.beside_models import PayDeduction, WageAttachment

MONTHS_AHEAD, MONTHS_BACK = 2, 11
Act = Callable[[Any], object]


def _month(request: HttpRequest) -> Month:
    try:
        return Month.parse(request.GET.get("month", ""))
    except ValueError:
        return Month.of(clock.today())


@login_required
@require_GET
@never_cache
def beside_list(request: HttpRequest) -> HttpResponse:
    """Show the payroll officer what stands beside the pay of a month, contract by contract."""
    mine = pages.officer_cooperatives(request.user)
    if not mine:
        raise PermissionDenied("pay w")
    wanted = request.GET.get("cooperative", "")
    cooperative = next((one for one in mine if wanted in {str(one.pk), one.code}), mine[0])
    month = _month(request)
    context = {
        "cooperative": cooperative, "cooperatives": mine, "month": month, "previous": month.plus(-1),
        "next": month.plus(1), "rows": (rows := queries.overviews(request.user, cooperative, month)),
        "owed": _with_contracts(debts.of_cooperatives([cooperative.pk]), rows),
    }  # fmt: skip
    return views.page(request, "payroll/beside_list.html", context)


def _with_contracts(
    owed: list[debts.Debt], rows: list[queries.Overview]
) -> list[tuple[debts.Debt, EmploymentContract | None]]:
    """Return what members owe with the contract of the month from whose pay it can be deducted."""
    contracts = {row.contract.person_id: row.contract for row in rows}
    return [(one, contracts.get(one.person.pk)) for one in owed]


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def beside_detail(request: HttpRequest, pk: UUID, month: Month) -> HttpResponse:
    """Show and record what stands beside the pay of a contract: the month, what is granted, attachments, deductions."""
    contract = get_object_or_404(
        EmploymentContract.objects.visible_to(request.user).select_related("person", "cooperative"), pk=pk
    )
    visibility.require(request.user, Subject.PAY, "w", cooperative=contract.cooperative_id)
    found = queries.detail(request.user, contract, month)
    act, record = request.POST.get("act", ""), request.POST.get("record", "")
    owed = debts.of_person(contract.person, cooperative=contract.cooperative_id)
    shown = _forms(request, act, record, found, month) | _recovery_forms(request, act, record, owed, month)
    form = None
    if request.method == "POST":
        form = shown.get(f"{act}-{record}" if record else act)
        if (
            form is not None
            and form.is_valid()
            and _attempt(request, form, _acts(request, contract, month, record)[act])
        ):
            return redirect("payroll:beside_detail", pk, month)
    else:
        member_services.note_reading(person=contract.person, what=Reading.What.PAYSLIP, by=request.user, at=clock.now())
    context = {
        "contract": contract, "month": month, "previous": month.plus(-1), "next": month.plus(1), "found": found,
        "forms": shown,
        "attachments": [(one, shown[f"end_attachment-{one.record.pk}"]) for one in found.attachments],
        "owed": [(one, shown.get(f"recover-{one.item}")) for one in owed],
        "deductions": [(one, shown[f"end_deduction-{one.record.pk}"]) for one in found.deductions],
    }  # fmt: skip
    return _shown(views.page(request, "payroll/beside_detail.html", context), request)


def _shown(page: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Answer 422 with what was typed when a form was sent and not accepted."""
    if request.method == "POST":
        page.status_code = 422
    return page


def _forms(request: HttpRequest, act: str, record: str, found: queries.Detail, month: Month) -> dict[str, Any]:
    """Return every form of the page by its name; only the one that was sent is bound."""
    today = Month.of(clock.today())
    around = list(min(month, today.plus(-MONTHS_BACK)).until(max(month, today.plus(MONTHS_AHEAD))))[::-1]

    def made(kind: type[Any], name: str, **options: Any) -> Any:
        sent = request.POST if request.method == "POST" and name == (f"{act}-{record}" if record else act) else None
        return kind(sent, prefix=name, **options)

    terms, entered = found.terms, found.month
    granted = {
        name: getattr(terms, name, None)
        for name in (
            "car_rate", "car_index", "bicycle_rate", "bicycle_kilometres", "home_working", "voucher_employer",
            "voucher_worker",
        )
    }  # fmt: skip
    shown = {
        "month": made(forms.AllowanceMonthForm, "month", initial=_entered(entered)),
        "terms": made(forms.AllowanceTermsForm, "terms", months=around, initial={"since": month, **granted}),
        "attachment": made(forms.AttachmentForm, "attachment"),
        "deduction": made(forms.DeductionForm, "deduction", months=around, initial={"since": month}),
    }
    for claim in found.attachments:
        name = f"end_attachment-{claim.record.pk}"
        shown[name] = made(forms.EndAttachmentForm, name)
    for claim in found.deductions:
        name = f"end_deduction-{claim.record.pk}"
        shown[name] = made(forms.EndDeductionForm, name, months=around, initial={"until": month.plus(1)})
    return shown


def _recovery_forms(
    request: HttpRequest, act: str, record: str, owed: list[debts.Debt], month: Month
) -> dict[str, Any]:
    """Return a form for each debt of which nobody has decided how it is recovered; the next pay is proposed."""
    today = Month.of(clock.today())
    first = max(month, today)
    shown = {}
    for one in debts.undecided(owed):
        name = f"recover-{one.item}"
        sent = request.POST if request.method == "POST" and name == f"{act}-{record}" else None
        shown[name] = forms.RecoveryForm(
            sent, prefix=name, months=list(min(month, today).until(first.plus(MONTHS_AHEAD))), initial={"since": first}
        )
    return shown


def _entered(row: Any) -> dict[str, Any]:
    return {
        "kilometres": row.kilometres if row else ZERO,
        "bicycle_days": row.bicycle_days if row else 0,
        "vouchers": row.vouchers if row else 0,
    }


def _acts(request: HttpRequest, contract: EmploymentContract, month: Month, record: str) -> dict[str, Act]:
    """Return what each form of the page does."""
    by, on, at = request.user, clock.today(), clock.now()

    def end_attachment(form: Any) -> object:
        attachment = WageAttachment.objects.get(pk=record, contract=contract)
        return services.end_attachment(attachment=attachment, by=by, **form.values())

    def end_deduction(form: Any) -> object:
        deduction = PayDeduction.objects.get(pk=record, contract=contract)
        return services.end_deduction(deduction=deduction, by=by, **form.values())

    def recover(form: Any) -> object:
        return services.decide_recovery(
            contract=contract, item=UUID(record), by=by, at=at, key=form.key, **form.values()
        )

    return {
        "recover": recover,
        "month": lambda form: services.record_allowance_month(
            contract=contract, month=month, by=by, on=on, at=at, **form.values()
        ),
        "terms": lambda form: services.record_allowance_terms(contract=contract, by=by, **form.values()),
        "attachment": lambda form: services.record_attachment(contract=contract, by=by, **form.values()),
        "deduction": lambda form: services.record_deduction(
            contract=contract, by=by, on=on, at=at, key=form.key, **form.values()
        ),
        "end_attachment": end_attachment,
        "end_deduction": end_deduction,
    }


def _attempt(request: HttpRequest, form: django_forms.Form, act: Act) -> bool:
    """Do what a form asks: say that it is done, or put the refusal into the form; return whether it was done."""
    try:
        act(form)
    except Refused as refused:
        form_errors.refuse(form, refused)
        return False
    messages.success(request, _("It is recorded. Payslips that are being prepared are calculated again."))
    return True


# --- the member -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def salary_beside(request: HttpRequest, month: Month) -> HttpResponse:
    """Let a member enter the kilometres and bicycle days of a month, and see what else stands beside the pay."""
    person = pages.me(request)
    rows = []
    sent = None
    for contract, found in queries.for_member(request.user, person.pk, month):
        name = str(contract.pk)
        bound = request.POST if request.POST.get("contract") == name else None
        initial = {key: value for key, value in _entered(found.month).items() if key != "vouchers"}
        form = forms.DaysOfMonthForm(bound, prefix=name, initial=initial)
        rows.append((contract, found, form))
        if bound is not None:
            sent = (contract, form)
    if sent is not None:
        contract, form = sent
        if form.is_valid() and _attempt(
            request,
            form,
            lambda typed: services.record_allowance_month(
                contract=contract, month=month, by=request.user, on=clock.today(), at=clock.now(), **typed.values()
            ),
        ):
            return redirect("payroll:salary_beside", month)
    context = {"rows": rows, "month": month, "previous": month.plus(-1), "next": month.plus(1)}
    return _shown(views.page(request, "payroll/salary_beside.html", context), request)
