"""Pages of payslips: the list, one payslip explained line by line, and its correction."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from coop import clock, views
from coop import forms as form_errors
from coop.access import visibility
from coop.access.predicates import Subject
from coop.errors import Refused
from coop.periods import Month
from members import services as member_services
from members.models import Reading
from payroll import (
    beside_journal,
    concerned,
    exceptional,
    exceptional_queries,
    forms,
    pages,
    payslip_json,
    quarters,
    queries,
    services,
    slips,
    texts,
    withdrawals,
    worktime,
)
from payroll.engine.figures import Payslip as Figures
from payroll.exceptional import Nature
from payroll.models import PayrollRun, Payslip, PayslipShare
from payroll.secretariat.queries import beside as beside_result
from payroll.services.exceptional import FIELDS


@login_required
@require_GET
@never_cache
def payslip_list(request: HttpRequest) -> HttpResponse:
    """Show a member their payslips, by year."""
    person = pages.me(request)
    payslips = list(queries.payslips_of(request.user).filter(person=person))
    years: dict[int, list[Payslip]] = {}
    for one in payslips:
        years.setdefault(one.month.year, []).append(one)
    rows = [
        (year, slips_of_year, sorted({one.cooperative for one in slips_of_year}, key=lambda one: one.name))
        for year, slips_of_year in years.items()
    ]
    return views.page(request, "payroll/payslip_list.html", {"years": rows, "person": person})


def _read(request: HttpRequest, pk: UUID) -> Payslip:
    """Return a payslip that the user may see; whoever reads another's leaves a note that the person sees."""
    payslip = get_object_or_404(
        Payslip.objects.visible_to(request.user).select_related(
            "person", "cooperative", "contract", "document", "order", "member__run__corrects", "performance", "result"
        ),
        pk=pk,
    )
    if payslip.person.user_id != request.user.pk:
        member_services.note_reading(person=payslip.person, what=Reading.What.PAYSLIP, by=request.user, at=clock.now())
    return payslip


@login_required
@require_GET
@never_cache
def payslip_data(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a payslip as JSON with every figure, in the language that is asked for or the reader's own."""
    payslip = _read(request, pk)
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else (translation.get_language() or "fr")[:2]
    response = HttpResponse(
        payslip_json.written(payslip, language=language), content_type="application/json; charset=utf-8"
    )
    name = f"payslip-{Month.of(payslip.month)}-{payslip.contract.worker_number}-{language}.json"
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_GET
@never_cache
def payslip_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one payslip, every line with its explanation, beside last month and the year."""
    payslip = _read(request, pk)
    own = payslip.person.user_id == request.user.pk
    figures = queries.figures_of(payslip)
    previous = queries.previous_payslip(payslip)
    before = queries.figures_of(previous) if previous else None
    context = {
        "payslip": payslip,
        "month": Month.of(payslip.month),
        "title": exceptional.titled(payslip.nature, payslip.month) if payslip.nature else "",
        "to_net": slips.to_net(figures, before),
        "to_payment": slips.to_payment(figures, before),
        "to_cost": slips.to_cost(figures, before),
        "beside": slips.allowances(figures, before),
        "bridge": queries.bridge(figures, before) if before else None,
        "previous": previous,
        "year": queries.year_totals(payslip),
        "chart": slips.chart(slips.where_it_goes(figures)),
        "findings": [
            (texts.SEVERITIES[one.severity], one.severity, texts.finding(one, figures))
            for one in figures.findings
            if one.code != "unconfirmed_parameter" and (one.severity != "information" or not own)
        ],
        "unconfirmed": [] if own else texts.unconfirmed(figures),
        "performance": worktime.performance_of(payslip),
        "shares": _borne(payslip, figures),
        "own": own,
        "settlement": quarters.of_payslip(payslip),
        "other_result": beside_result(payslip),
        "replaces": queries.replaces(payslip),
        "replaced_by": queries.replaced_by(payslip),
        "withdrawn": (withdrawn := withdrawals.withdrawn_by(payslip)),
        "withdrawal_paper": withdrawals.document_of(payslip) if withdrawn else None,
    }
    if visibility.may(request.user, Subject.RUNS, "w", cooperative=payslip.cooperative_id):
        context["under_way"] = queries.correction_under_way(payslip)
        context["correctable"] = payslip.state == Payslip.State.APPROVED and context["under_way"] is None
    response = views.page(request, "payroll/payslip_detail.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _borne(payslip: Payslip, figures: Figures) -> list[tuple[PayslipShare, Decimal]]:
    """Return what each activity bears of the employer cost, with what it bears beside it."""
    shares = list(payslip.shares.select_related("activity").order_by("activity__code"))
    beside = beside_journal.borne(figures, [(share.activity_id, share.weight) for share in shares])
    return [(share, beside[share.activity_id]) for share in shares]


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def payslip_correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the correction of an approved payslip: what was really due, and why."""
    payslip = get_object_or_404(
        Payslip.objects.visible_to(request.user).select_related("person", "cooperative", "contract", "member__run"),
        pk=pk,
    )
    visibility.require(request.user, Subject.RUNS, "w", cooperative=payslip.cooperative_id)
    form = _asked(payslip, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            run = _opened(request, payslip, form)
        except Refused as refused:
            form_errors.refuse(form, refused)
        else:
            if isinstance(form, forms.DaysCorrectionForm):
                messages.success(
                    request,
                    _("The days of this month are open: enter what they really were, then submit the correction."),
                )
                return redirect("payroll:days_contract", payslip.contract_id, Month.of(payslip.month))
            return redirect("payroll:run_detail", run.pk)
    other = OTHER_FORMS[bool(payslip.nature)](prefix=OTHER)
    context = {
        "payslip": payslip,
        "month": Month.of(payslip.month),
        "under_way": queries.correction_under_way(payslip),
        "correction": _correction_form(payslip, None) if isinstance(form, type(other)) else form,
        "other": form if isinstance(form, type(other)) else other,
    }
    return views.page(request, "payroll/payslip_correct.html", context, form=form)


OTHER = "other"
"""What the page of a correction asks beside amounts: that a payment was not due, or that only the days were others."""
OTHER_FORMS: dict[bool, type[forms.WithdrawalForm | forms.DaysCorrectionForm]] = {
    True: forms.WithdrawalForm,
    False: forms.DaysCorrectionForm,
}
"""The form of that, by whether the payslip is a payment beside pay."""


def _asked(payslip: Payslip, data: Any) -> Any:
    """Return the form that was sent, or the one that asks for amounts."""
    if data is not None and data.get("act") == OTHER:
        return OTHER_FORMS[bool(payslip.nature)](data, prefix=OTHER)
    return _correction_form(payslip, data)


def _opened(request: HttpRequest, payslip: Payslip, form: Any) -> PayrollRun:
    """Open the correction that a form asks for."""
    act: Any = services.open_exceptional_correction if payslip.nature else services.open_correction
    if isinstance(form, forms.WithdrawalForm):
        act = services.open_withdrawal
    elif isinstance(form, forms.DaysCorrectionForm):
        act = services.open_days_correction
    run: PayrollRun = act(payslip=payslip.pk, by=request.user, at=clock.now(), **form.values())
    return run


def _correction_form(payslip: Payslip, data: Any) -> forms.GivenForm | forms.PayslipCorrectionForm:
    """Ask what was really due: gross and hours of a month, or what a payment beside pay was counted on."""
    if not payslip.nature:
        gross, hours = concerned.due_now(payslip)
        initial = {"gross": gross, "hours": hours, "reason": concerned.reason_of(payslip)}
        return forms.PayslipCorrectionForm(data, initial=initial)
    fields = FIELDS[Nature(payslip.nature)]
    return forms.GivenForm(data, fields=fields, initial=exceptional_queries.stored(payslip))
