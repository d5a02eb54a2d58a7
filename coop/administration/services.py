"""Found groups and cooperatives, and set their dated policies. This stands above the rights and the books it uses."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from stdnum import iban
from stdnum.be import vat as enterprise
from stdnum.exceptions import ValidationError as NotValid

from coop.access import visibility
from coop.access.models import Role
from coop.access.predicates import Subject
from coop.entities import fees
from coop.entities.models import (
    Activity,
    Cooperative,
    FeePolicy,
    FundPolicy,
    Group,
    Language,
    Moment,
    ReservePolicy,
)
from coop.errors import Refused
from coop.ledger import services as ledger

AnyPolicy = TypeVar("AnyPolicy", FeePolicy, FundPolicy, ReservePolicy)


class EnterpriseNumberWrong(Refused):
    """An enterprise number does not pass its check digits."""


class AlreadyThere(Refused):
    """A group or cooperative with that name, code or number exists."""


class PolicyInPast(Refused):
    """A policy was to change days that have passed."""


class PolicyWrong(Refused):
    """A policy cannot be read: tiers out of order, a rate outside 0 to 100 %, two kinds of reserve at once."""


@transaction.atomic
def create_group(*, name: str) -> Group:
    """Create a group of cooperatives; done by who installs the product. Raises AlreadyThere."""
    if Group.objects.filter(name=name).exists():
        raise AlreadyThere(
            subject=_("Group %(name)s") % {"name": name},
            reason=_("A group with this name exists."),
            remedy=_("Use the existing group, or choose another name."),
            field="name",
        )
    return Group.objects.create(name=name)


@transaction.atomic
def create_cooperative(
    *,
    group: Group,
    code: str,
    name: str,
    enterprise_number: str,
    legal_form: str,
    street: str,
    postcode: str,
    town: str,
    email: str,
    kind: str = Cooperative.Kind.ENTREPRENEURS,
    court: str = "",
    country: str = "BE",
    phone: str = "",
    language: str = Language.FRENCH,
    opened_on: date,
    years: Iterable[int] = (),
    by: Any,
) -> Cooperative:
    """Create a cooperative with its chart, journals, activities COOP and FUND, and the books of some calendar years.

    The year of ``opened_on`` is always opened. The enterprise number is checked by its check digits and kept as ten
    digits. ``by`` None is the system itself. Raises EnterpriseNumberWrong, AlreadyThere; PermissionDenied.
    """
    if by is not None and not _is_group_admin(by, group):
        raise PermissionDenied("group administrator")
    number = read_enterprise_number(enterprise_number)
    taken = (
        Cooperative.objects.filter(enterprise_number=number).first() or Cooperative.objects.filter(code=code).first()
    )
    if taken is not None:
        raise AlreadyThere(
            subject=_("Cooperative %(name)s") % {"name": name},
            reason=_("Its code or enterprise number is that of %(other)s.") % {"other": taken},
            remedy=_("Compare the number with the register of legal persons, and choose another code."),
            field="enterprise_number" if taken.enterprise_number == number else "code",
        )
    cooperative = Cooperative.objects.create(
        group=group, code=code, name=name, kind=kind, legal_form=legal_form, enterprise_number=number, court=court,
        street=street, postcode=postcode, town=town, country=country, email=email, phone=phone, language=language,
    )  # fmt: skip
    ledger.open_books(cooperative=cooperative, opened_on=opened_on)
    for year in sorted({opened_on.year, *years}):
        ledger.open_year(cooperative=cooperative, year=year)
    return cooperative


def read_enterprise_number(text: str) -> str:
    """Return a Belgian enterprise number as its ten digits, however it is written. Raises EnterpriseNumberWrong."""
    try:
        return str(enterprise.validate(text))
    except NotValid as error:
        raise EnterpriseNumberWrong(
            subject=_("Enterprise number %(number)s") % {"number": text},
            reason=_("Its check digits are wrong, or a digit is missing."),
            remedy=_("Compare it with the register of legal persons: ten digits, like 0403.170.701."),
            field="enterprise_number",
        ) from error


class IbanWrong(Refused):
    """The bank account of a cooperative does not pass its check digits."""


def read_iban(text: str) -> str:
    """Return the IBAN of a cooperative in its compact form, however it is written. Raises IbanWrong."""
    try:
        return str(iban.validate(text))
    except NotValid as error:
        raise IbanWrong(
            subject=_("Bank account %(iban)s") % {"iban": text},
            reason=_("The IBAN is not right: a digit is wrong or missing."),
            remedy=_("Compare it with a bank statement."),
            field="iban",
        ) from error


@transaction.atomic
def set_fee_policy(
    *,
    cooperative: Cooperative,
    activity: Activity | None = None,
    valid_from: date,
    tiers: Sequence[Sequence[str]],
    moment: str = Moment.ISSUED,
    on: date,
    by: Any,
) -> FeePolicy:
    """Set the cooperative's fee from a day on: marginal ``tiers`` of [from amount in EUR, rate], the first from "0".

    The former policy ends there. Documents already issued keep their frozen fee. Raises PolicyWrong, PolicyInPast.
    """
    try:
        read = fees.read_tiers(tiers)
    except (fees.BadTiers, ArithmeticError, ValueError) as error:
        raise PolicyWrong(
            subject=_("Fee of %(cooperative)s") % {"cooperative": cooperative},
            reason=_("The tiers must begin at 0, ascend, and each have a rate from 0 to below 100 percent."),
            remedy=_("Correct the tiers."),
            field="tiers",
        ) from error
    return _set(
        FeePolicy(
            cooperative=cooperative, activity=activity, valid_from=valid_from, moment=moment,
            tiers=[[str(tier.start), str(tier.rate)] for tier in read],
        ),
        on=on, by=by,
    )  # fmt: skip


@transaction.atomic
def set_fund_policy(
    *,
    cooperative: Cooperative,
    activity: Activity | None = None,
    valid_from: date,
    rate: Decimal,
    moment: str = Moment.ISSUED,
    on: date,
    by: Any,
) -> FundPolicy:
    """Set the contribution to the mutual fund from a day on: a rate (0.01 is 1 %) of turnover excluding VAT."""
    if not 0 <= rate < 1:
        raise PolicyWrong(
            subject=_("Mutual fund of %(cooperative)s") % {"cooperative": cooperative},
            reason=_("The rate must lie from 0 to below 100 percent."),
            remedy=_("Correct the rate."),
            field="rate",
        )
    return _set(
        FundPolicy(cooperative=cooperative, activity=activity, valid_from=valid_from, rate=rate, moment=moment),
        on=on, by=by,
    )  # fmt: skip


@transaction.atomic
def set_reserve_policy(
    *,
    cooperative: Cooperative,
    activity: Activity | None = None,
    valid_from: date,
    months: Decimal | None = None,
    amount: Decimal | None = None,
    contract_may_draw: bool = True,
    on: date,
    by: Any,
) -> ReservePolicy:
    """Set what activities keep back from a day on: a number of months of employer cost, or a fixed amount in EUR."""
    if (months is None) == (amount is None) or min(value for value in (months, amount) if value is not None) < 0:
        raise PolicyWrong(
            subject=_("Reserve of %(cooperative)s") % {"cooperative": cooperative},
            reason=_("It is either a number of months or a fixed amount, and not below zero."),
            remedy=_("Fill in one of the two."),
            field="months",
        )
    return _set(
        ReservePolicy(
            cooperative=cooperative, activity=activity, valid_from=valid_from, months=months, amount=amount,
            contract_may_draw=contract_may_draw,
        ),
        on=on, by=by,
    )  # fmt: skip


def _set(policy: AnyPolicy, *, on: date, by: Any) -> AnyPolicy:
    """Check the right, lock the cooperative, end the former policy where the new one starts, and write it.

    A person changes only days to come, unless nothing was set for them yet; one planned for the same day is replaced.
    """
    model = type(policy)
    if by is not None:
        visibility.require(by, Subject.POLICIES, "x", cooperative=policy.cooperative_id)
    Cooperative.objects.select_for_update(no_key=True).get(pk=policy.cooperative_id)
    if policy.activity is not None and policy.activity.cooperative_id != policy.cooperative_id:
        raise PermissionDenied("activity of another cooperative")
    same: Any = model.objects.filter(cooperative=policy.cooperative_id, activity=policy.activity)
    former = same.on(policy.valid_from).first()
    if by is not None and former is not None and policy.valid_from <= on:
        raise PolicyInPast(
            subject=_("Policies of %(cooperative)s") % {"cooperative": policy.cooperative},
            reason=_("Another policy has held on %(day)s, and documents may have been issued under it.")
            % {"day": date_format(policy.valid_from)},
            remedy=_("Choose a day after %(today)s.") % {"today": date_format(on)},
            field="valid_from",
        )
    later = same.filter(valid_from__gt=policy.valid_from).order_by("valid_from").first()
    policy.valid_until = later.valid_from if later else None
    if former is not None and former.valid_from == policy.valid_from:
        former.delete()
    elif former is not None:
        former.valid_until = policy.valid_from
        former.save(update_fields=["valid_until"])
    policy.save(force_insert=True)
    return policy


def _is_group_admin(by: Any, group: Group) -> bool:
    reached = visibility.access_of(by).cooperatives.get(Role.GROUP_ADMIN, frozenset())
    return Cooperative.objects.filter(group=group, pk__in=reached).exists()
