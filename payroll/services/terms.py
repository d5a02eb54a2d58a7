"""The terms of a cooperative as employer, dated."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coop import formatting
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.periods import Month
from payroll.models import EmployerTerms, PayrollRun


class TermsInThePast(Refused):
    """Terms were to change from a day whose pay is already approved, or before terms that follow."""


@transaction.atomic
def record_terms(
    *,
    cooperative: Cooperative,
    valid_from: date,
    joint_committee: str,
    headcount_class: str,
    commercial_purpose: bool,
    onss_number: str,
    accident_insurance_rate: Decimal,
    fixed_costs: Decimal,
    holiday_provision: str,
    reduction_policy: str,
    by: Any,
    cut_off_day: int = 20,
    pay_day: int = 28,
    end_of_year_premium: bool = True,
    annual_premium: bool = True,
    eco_vouchers: bool = True,
) -> EmployerTerms:
    """Record what a cooperative is as an employer from a day on; the terms before end there. Pay approved stays as it is.

    ``by`` may be empty for imports that have asked for the right themselves. Raises TermsInThePast.
    """
    if by is not None:
        visibility.require(by, Subject.RUNS, "w", cooperative=cooperative.pk)
    Cooperative.objects.select_for_update(no_key=True).get(pk=cooperative.pk)
    _refuse_past(cooperative, valid_from)
    EmployerTerms.objects.filter(cooperative=cooperative).on(valid_from).update(valid_until=valid_from)
    return EmployerTerms.objects.create(
        cooperative=cooperative, valid_from=valid_from, joint_committee=joint_committee, headcount_class=headcount_class,
        commercial_purpose=commercial_purpose, onss_number=onss_number, accident_insurance_rate=accident_insurance_rate,
        fixed_costs=fixed_costs, holiday_provision=holiday_provision, reduction_policy=reduction_policy,
        cut_off_day=cut_off_day, pay_day=pay_day, end_of_year_premium=end_of_year_premium, annual_premium=annual_premium,
        eco_vouchers=eco_vouchers,
    )  # fmt: skip


def _refuse_past(cooperative: Cooperative, valid_from: date) -> None:
    paid = PayrollRun.objects.filter(
        cooperative=cooperative,
        month__gte=Month.of(valid_from).first,
        state__in=[PayrollRun.State.SUBMITTED, PayrollRun.State.APPROVED, PayrollRun.State.CLOSED],
    )
    later = EmployerTerms.objects.filter(cooperative=cooperative, valid_from__gte=valid_from)
    if paid.exists() or later.exists():
        raise TermsInThePast(
            subject=str(cooperative),
            reason=_("Pay from %(day)s on is already submitted, or later terms are already recorded.")
            % {"day": formatting.day(valid_from)},
            remedy=_("Record the new terms from the first day of a later month."),
            field="valid_from",
        )
