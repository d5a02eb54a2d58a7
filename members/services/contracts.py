"""Contracts of employment and their amendments: signed before they hold, never overwritten."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused, Text
from members import working_time
from members.models import ContractVersion, EmploymentContract, LateFact, Membership, Person, Status
from members.services import rules


class ContractRefused(Refused):
    """A contract's terms break a rule: hours, signature, end, wage."""


class AmendmentRefused(Refused):
    """An amendment changes nothing, starts outside its contract, or lowers hours or wage for days gone by."""


@transaction.atomic
def sign_contract(
    *,
    person: Person,
    cooperative: Cooperative,
    valid_from: date,
    valid_until: date | None = None,
    signed_on: date,
    joint_committee: str,
    weekly_hours: Decimal,
    full_time_hours: Decimal,
    scale_class: str,
    gross: Decimal,
    experience_from: date,
    kind: str = EmploymentContract.Kind.PERMANENT,
    worker_number: str = "",
    derogation: str = "",
    late: rules.Late | None = None,
    by: Any,
) -> EmploymentContract:
    """Record a signed contract of employment with its first terms.

    Signed no later than its first day; an employee on all its days; at least the shortest week of the law unless
    ``derogation`` names the ground. ``gross`` is EUR a month for the hours of the contract. Without a worker number the
    next one of the cooperative is taken. ``late`` says why a month that is paid is touched. Raises ContractRefused,
    NotAMember, PeriodsOverlap, EndsTooEarly, MonthAlreadyPaid; PermissionDenied without the right on pay.
    """
    rules.require(by, cooperative, Subject.PAY)
    Cooperative.objects.select_for_update(no_key=True).get(pk=cooperative.pk)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    subject = _contract_name(person, cooperative)
    rules.refuse_disorder(subject, valid_from, valid_until)
    rules.refuse_late_signature(subject, signed_on, valid_from)
    if kind == EmploymentContract.Kind.FIXED_TERM and valid_until is None:
        raise ContractRefused(
            subject=subject,
            reason=_("A contract of fixed term needs an end."),
            remedy=_("Fill in its end, or choose a permanent contract."),
            field="valid_until",
        )
    _refuse_hours(subject, weekly_hours, full_time_hours, derogation, valid_from)
    _refuse_wage(subject, gross)
    rules.note_late(
        cooperative=cooperative, person=person, day=valid_from, what=LateFact.What.CONTRACT, late=late,
        subject=subject, by=by,
    )  # fmt: skip
    contracts = EmploymentContract.objects.filter(person=person, cooperative=cooperative)
    rules.refuse_overlap(
        contracts, valid_from, valid_until, subject=subject, describe=lambda other: other.worker_number
    )
    _refuse_beyond_membership(subject, person, cooperative, valid_from, valid_until)
    number = worker_number or _next_worker_number(cooperative)
    if EmploymentContract.objects.filter(cooperative=cooperative, worker_number=number).exists():
        raise ContractRefused(
            subject=subject,
            reason=_("Worker number %(number)s is taken in this cooperative.") % {"number": number},
            remedy=_("Leave the number empty to get the next one."),
            field="worker_number",
        )
    contract = EmploymentContract.objects.create(
        person=person, cooperative=cooperative, kind=kind, worker_number=number, signed_on=signed_on,
        experience_from=experience_from, valid_from=valid_from, valid_until=valid_until,
    )  # fmt: skip
    ContractVersion.objects.create(
        contract=contract, joint_committee=joint_committee, weekly_hours=weekly_hours, full_time_hours=full_time_hours,
        scale_class=scale_class, gross=gross, signed_on=signed_on, derogation=derogation, valid_from=valid_from,
        valid_until=valid_until,
    )  # fmt: skip
    return contract


@transaction.atomic
def amend_contract(
    *,
    contract: EmploymentContract,
    valid_from: date,
    signed_on: date,
    weekly_hours: Decimal | None = None,
    full_time_hours: Decimal | None = None,
    joint_committee: str | None = None,
    scale_class: str | None = None,
    gross: Decimal | None = None,
    derogation: str | None = None,
    late: rules.Late | None = None,
    by: Any,
) -> ContractVersion:
    """Record a signed amendment: new terms from a day on, the former terms end there. What is not given stays.

    ``late`` says why a month that is paid is touched.

    Hours and wage are lowered only for days after the signature (a wage once fixed is due). Raises AmendmentRefused,
    ContractRefused, PeriodsOverlap, MonthAlreadyPaid; PermissionDenied without the right on pay.
    """
    rules.require(by, contract.cooperative, Subject.PAY)
    contract = (
        EmploymentContract.objects.select_for_update(of=("self",))
        .select_related("person", "cooperative")
        .get(pk=contract.pk)
    )
    subject = _contract_name(contract.person, contract.cooperative)
    former = contract.versions.on(valid_from).first()
    if former is None:
        raise AmendmentRefused(
            subject=subject,
            reason=_("The contract does not run on %(day)s.") % {"day": date_format(valid_from)},
            remedy=_("Choose a day within the contract."),
            field="valid_from",
        )
    later = contract.versions.filter(valid_from__gte=valid_from).order_by("valid_from").first()
    if later is not None:
        raise rules.PeriodsOverlap(
            subject=subject,
            reason=_("Other terms are already recorded from %(day)s.") % {"day": date_format(later.valid_from)},
            remedy=_("Choose a day after %(day)s.") % {"day": date_format(later.valid_from)},
            field="valid_from",
        )
    new = ContractVersion(
        contract=contract, valid_from=valid_from, valid_until=former.valid_until, signed_on=signed_on,
        joint_committee=joint_committee or former.joint_committee,
        weekly_hours=former.weekly_hours if weekly_hours is None else weekly_hours,
        full_time_hours=former.full_time_hours if full_time_hours is None else full_time_hours,
        scale_class=scale_class or former.scale_class,
        gross=former.gross if gross is None else gross,
        derogation=former.derogation if derogation is None else derogation,
    )  # fmt: skip
    _refuse_amendment(subject, former, new, signed_on)
    _refuse_hours(subject, new.weekly_hours, new.full_time_hours, new.derogation, valid_from)
    _refuse_wage(subject, new.gross)
    rules.note_late(
        cooperative=contract.cooperative, person=contract.person, day=valid_from, what=LateFact.What.AMENDMENT,
        late=late, subject=subject, by=by,
    )  # fmt: skip
    former.valid_until = valid_from
    former.save(update_fields=["valid_until"])
    new.save(force_insert=True)
    return new


@transaction.atomic
def end_contract(
    *, contract: EmploymentContract, valid_until: date, late: rules.Late | None = None, by: Any
) -> EmploymentContract:
    """End a contract: ``valid_until`` is the first day without it. ``late``: why a month that is paid is touched.

    Raises EndsTooEarly, PeriodsOverlap when another contract holds before that day, MonthAlreadyPaid; PermissionDenied.
    """
    rules.require(by, contract.cooperative, Subject.PAY)
    contract = (
        EmploymentContract.objects.select_for_update(of=("self",))
        .select_related("person", "cooperative")
        .get(pk=contract.pk)
    )
    subject = _contract_name(contract.person, contract.cooperative)
    last = contract.versions.order_by("-valid_from").first()
    rules.refuse_disorder(subject, last.valid_from if last else contract.valid_from, valid_until)
    others = EmploymentContract.objects.filter(person=contract.person, cooperative=contract.cooperative)
    rules.refuse_overlap(
        others.exclude(pk=contract.pk),
        contract.valid_from,
        valid_until,
        subject=subject,
        describe=lambda other: other.worker_number,
        field="valid_until",
    )
    if contract.valid_until is not None and valid_until > contract.valid_until:
        _refuse_beyond_membership(subject, contract.person, contract.cooperative, contract.valid_until, valid_until)
    rules.note_late(
        cooperative=contract.cooperative, person=contract.person, day=valid_until, what=LateFact.What.END,
        late=late, subject=subject, by=by,
    )  # fmt: skip
    contract.valid_until = valid_until
    contract.save(update_fields=["valid_until"])
    if last is not None:
        last.valid_until = valid_until
        last.save(update_fields=["valid_until"])
    return contract


def _contract_name(person: Person, cooperative: Cooperative) -> str:
    return _("Contract of %(person)s with %(cooperative)s") % {"person": person, "cooperative": cooperative}


def _refuse_beyond_membership(
    subject: Text, person: Person, cooperative: Cooperative, first: date, until: date | None
) -> None:
    """Refuse a contract of which a day lies outside the membership as employee; memberships may follow one another."""
    covered: date | None = first
    employee = Membership.objects.filter(person=person, cooperative=cooperative, status=Status.EMPLOYEE)
    for one in employee.overlapping(first, until).order_by("valid_from"):
        if covered is None or one.valid_from > covered:
            break
        covered = one.valid_until
    if covered is None or (until is not None and covered >= until):
        return
    if covered == first:
        raise rules.NotAMember(
            subject=subject,
            reason=_("On %(day)s this person is not an employee-entrepreneur of the cooperative.")
            % {"day": date_format(first)},
            remedy=_("Record the membership as employee-entrepreneur first, or choose a later day."),
            field="valid_from",
        )
    raise rules.NotAMember(
        subject=subject,
        reason=_(
            "From %(day)s on this person is no employee-entrepreneur of the cooperative, but the contract would run on."
        )
        % {"day": date_format(covered)},
        remedy=_("Let the contract end on %(day)s at the latest, or record the membership for the days after it first.")
        % {"day": date_format(covered)},
        field="valid_until",
    )


def _refuse_hours(subject: Text, weekly: Decimal, full: Decimal, derogation: str, on: date) -> None:
    if not 0 < weekly <= full:
        raise ContractRefused(
            subject=subject,
            reason=_("%(weekly)s hours a week are not between 0 and the full time of %(full)s.")
            % {"weekly": weekly, "full": full},
            remedy=_("Correct the hours."),
            field="weekly_hours",
        )
    share = working_time.shortest_share(on)
    if weekly * share.denominator < full * share.numerator and not derogation:
        raise ContractRefused(
            subject=subject,
            reason=_("%(weekly)s hours a week are less than %(share)s of the full time of %(full)s.")
            % {"weekly": weekly, "full": full, "share": _share_in_words(share)},
            remedy=_("Raise the hours, or name the derogation that allows fewer."),
            field="weekly_hours",
        )


def _share_in_words(share: Fraction) -> str:
    words = {Fraction(1, 3): _("one third"), Fraction(1, 10): _("one tenth")}
    return words.get(share, str(share))


def _refuse_wage(subject: Text, gross: Decimal) -> None:
    if gross <= 0:
        raise ContractRefused(
            subject=subject,
            reason=_("The gross wage must be above zero."),
            remedy=_("Fill in the gross wage of a month for the hours of the contract."),
            field="gross",
        )


def _refuse_amendment(subject: Text, former: ContractVersion, new: ContractVersion, signed_on: date) -> None:
    terms = ("joint_committee", "weekly_hours", "full_time_hours", "scale_class", "gross", "derogation")
    if all(getattr(former, term) == getattr(new, term) for term in terms):
        raise AmendmentRefused(
            subject=subject,
            reason=_("The amendment changes nothing."),
            remedy=_("Change at least one of the terms."),
        )
    lowered = new.gross < former.gross or new.weekly_hours < former.weekly_hours
    if signed_on > new.valid_from or (lowered and signed_on == new.valid_from):
        raise AmendmentRefused(
            subject=subject,
            reason=_(
                "It was signed on %(signed)s and would hold from %(first)s: terms change only after they are signed."
            )
            % {"signed": date_format(signed_on), "first": date_format(new.valid_from)},
            remedy=_("Choose a first day after the signature."),
            field="valid_from",
        )


def _next_worker_number(cooperative: Cooperative) -> str:
    """Return the number after the highest of the cooperative, whose row is locked."""
    numbers = EmploymentContract.objects.filter(cooperative=cooperative).values_list("worker_number", flat=True)
    return f"{max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=0) + 1:04d}"
