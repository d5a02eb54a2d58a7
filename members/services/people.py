"""Admit people to the group, and keep their details; every human being is known once."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import iban as stdnum_iban
from stdnum.be import bis, nn
from stdnum.exceptions import ValidationError as NotValid

from coop.access import services as access
from coop.access.crypto import blind_index
from coop.access.models import User
from coop.access.predicates import Subject
from coop.entities.models import Cooperative, Group, Language, Party
from coop.errors import Refused, Text
from coop.names import sort_name
from members.models import Person, Reading, Runs, Status
from members.services import rules
from members.services.activities import let_run
from members.services.memberships import party_reference, start_membership


class NissWrong(Refused):
    """A national or BIS number does not pass its check digits."""


class IbanWrong(Refused):
    """An IBAN does not pass its check digits, or has not the length of its country."""


class AlreadyAdmitted(Refused):
    """Somebody of the group already has that national number or e-mail address."""


@transaction.atomic
def admit_person(
    *,
    group: Group,
    first_name: str,
    last_name: str,
    email: str,
    language: str = Language.FRENCH,
    phone: str = "",
    street: str = "",
    postcode: str = "",
    town: str = "",
    niss: str = "",
    iban: str = "",
    born_on: date | None = None,
    by: Any,
) -> Person:
    """Admit a human being to the group, once. NISS and IBAN are checked, kept compact and encrypted.

    The day of birth is read from the NISS where none is given. Raises NissWrong, IbanWrong, AlreadyAdmitted;
    PermissionDenied.
    """
    rules.require_in_group(by, group, Subject.PEOPLE)
    if niss or iban:
        rules.require_in_group(by, group, Subject.PAY)
    name = f"{first_name} {last_name}".strip()
    number = read_niss(niss, subject=name) if niss else ""
    account = read_iban(iban, subject=name) if iban else ""
    Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    index = _niss_index(number)
    _refuse_known(group, name, email=email, index=index)
    return Person.objects.create(
        group=group, first_name=first_name.strip(), last_name=last_name.strip(),
        sort_name=sort_name(last_name, first_name),
        email=email.lower(), phone=phone, language=language, street=street, postcode=postcode, town=town, niss=number,
        niss_index=index, iban=account, born_on=born_on or _birth_date(number),
    )  # fmt: skip


@transaction.atomic
def admit_member(
    *,
    cooperative: Cooperative,
    status: Status,
    valid_from: date,
    first_name: str,
    last_name: str,
    email: str,
    language: str = Language.FRENCH,
    phone: str = "",
    street: str = "",
    postcode: str = "",
    town: str = "",
    niss: str = "",
    iban: str = "",
    by: Any,
) -> Person:
    """Admit somebody to the group and to a cooperative at once; whole or not at all. Raises what both acts raise."""
    rules.require(by, cooperative, Subject.PEOPLE)
    person = admit_person(
        group=cooperative.group, first_name=first_name, last_name=last_name, email=email, language=language,
        phone=phone, street=street, postcode=postcode, town=town, niss=niss, iban=iban, by=by,
    )  # fmt: skip
    start_membership(person=person, cooperative=cooperative, status=status, valid_from=valid_from, by=by)
    return person


def note_reading(*, person: Person, what: Reading.What, by: Any, at: datetime) -> Reading:
    """Note that somebody reads restricted fields of a person, who will see it. Reading one's own file is not noted."""
    return Reading.objects.create(person=person, what=what, by=by, at=at)


def note_readings(*, people: Iterable[UUID], what: Reading.What, by: Any, at: datetime) -> None:
    """Note that somebody reads restricted fields of several people at once; each of them will see it."""
    Reading.objects.bulk_create([Reading(person_id=person, what=what, by=by, at=at) for person in people])


@transaction.atomic
def change_details(
    *,
    person: Person,
    first_name: str,
    last_name: str,
    email: str,
    language: str,
    phone: str = "",
    street: str = "",
    postcode: str = "",
    town: str = "",
    by: Any,
) -> Person:
    """Change the ordinary details of a person. Raises AlreadyAdmitted; PermissionDenied."""
    rules.require_in_group(by, person.group, Subject.PEOPLE, person=person)
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    _refuse_known(person.group, f"{first_name} {last_name}", email=email, index="", but=person.pk)
    person.first_name, person.last_name = first_name.strip(), last_name.strip()
    person.sort_name = sort_name(last_name, first_name)
    person.email, person.language, person.phone = email.lower(), language, phone
    person.street, person.postcode, person.town = street, postcode, town
    person.save(
        update_fields=[
            "first_name",
            "last_name",
            "sort_name",
            "email",
            "language",
            "phone",
            "street",
            "postcode",
            "town",
        ]
    )
    Party.objects.filter(reference=party_reference(person)).update(name=str(person), sort_name=person.sort_name)
    return person


@transaction.atomic
def record_identity(*, person: Person, niss: str, iban: str, by: Any) -> Person:
    """Record the national number and the account on which a person is paid; an empty one stays as it is.

    Raises NissWrong, IbanWrong, AlreadyAdmitted; PermissionDenied without the right on pay.
    """
    rules.require_in_group(by, person.group, Subject.PAY, person=person)
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    changed = []
    if niss:
        number = read_niss(niss, subject=str(person))
        index = _niss_index(number)
        _refuse_known(person.group, str(person), email="", index=index, but=person.pk)
        person.niss, person.niss_index = number, index
        person.born_on = person.born_on or _birth_date(number)
        changed += ["niss", "niss_index", "born_on"]
    if iban:
        person.iban = read_iban(iban, subject=str(person))
        changed.append("iban")
    if changed:
        person.save(update_fields=changed)
    return person


def read_niss(text: str, *, subject: Text = "") -> str:
    """Return a national (NISS) or BIS number as its eleven digits, however it is written. Raises NissWrong."""
    for kind in (nn, bis):
        try:
            return str(kind.validate(text))
        except NotValid:
            continue
    raise NissWrong(
        subject=subject or _("National number"),
        reason=_("The national number is not right: a digit is wrong or missing."),
        remedy=_("Compare it with the identity card: eleven digits, like 85.07.30-033.28."),
        field="niss",
    )


def read_iban(text: str, *, subject: Text = "") -> str:
    """Return an IBAN in its compact form, however it is written. Raises IbanWrong.

    Check digits, the form of its country and the national check digits count; a bank that no list knows yet passes.
    """
    try:
        compact = str(stdnum_iban.validate(text, check_country=False))
        IBAN(compact, validate_bban=True)
    except (NotValid, SchwiftyException) as error:
        raise IbanWrong(
            subject=subject or _("Bank account"),
            reason=_("The IBAN is not right: a digit is wrong or missing."),
            remedy=_("Compare it with a bank statement."),
            field="iban",
        ) from error
    return compact


@transaction.atomic
def give_login(*, person: Person, on: date, password: str | None = None, by: Any) -> User:
    """Give a person a login, with the role of entrepreneur on each activity that they run on the day or later.

    Without a password, they set one through “forgotten password”. Returns the login they have, if any. Raises
    LoginExists; PermissionDenied.
    """
    rules.require_in_group(by, person.group, Subject.PEOPLE, person=person)
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.user is not None:
        return person.user
    person.user = access.create_login(
        name=str(person), email=person.email, language=person.language, password=password, by=None
    )
    person.save(update_fields=["user"])
    for runs in Runs.objects.filter(person=person).overlapping(on, None).select_related("activity"):
        let_run(person.user, runs)
    return person.user


def _refuse_known(group: Group, name: str, *, email: str, index: str, but: UUID | None = None) -> None:
    people = Person.objects.filter(group=group)
    if but is not None:
        people = people.exclude(pk=but)
    if index and people.filter(niss_index=index).exists():
        raise AlreadyAdmitted(
            subject=name,
            reason=_("Somebody of the group already has this national number."),
            remedy=_("Search for that person and add a membership to them; everybody is known once."),
            field="niss",
        )
    if email and people.filter(email=email.lower()).exists():
        raise AlreadyAdmitted(
            subject=name,
            reason=_("Somebody of the group already has the address %(email)s.") % {"email": email.lower()},
            remedy=_("Search for that person and add a membership to them, or use another address."),
            field="email",
        )


def _niss_index(number: str) -> str:
    return blind_index(number, purpose="niss") if number else ""


def _birth_date(number: str) -> date | None:
    """Return the day of birth that a national or BIS number holds; None where it holds none."""
    kind = nn if nn.is_valid(number) else bis
    try:
        return kind.get_birth_date(number) if number else None
    except NotValid:
        return None
