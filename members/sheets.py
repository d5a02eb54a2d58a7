"""Sheets of people: members, activities and who runs them, contracts. Each row goes through the pages’ services."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop.access.crypto import blind_index
from coop.access.models import Grant, Role, User
from coop.access.predicates import Subject
from coop.entities.models import Activity, Language
from coop.imports import sheets
from coop.imports.sheets import Column, Context, Kind, Outcome, Row, RowRefused, Sheet
from members import services
from members.models import (
    AccompanimentAgreement,
    ContractVersion,
    EmploymentContract,
    Membership,
    Person,
    Runs,
    Situation,
    Status,
)

DETAILS = ("first_name", "last_name", "language", "phone", "street", "postcode", "town", "born_on")
FAMILY = (
    "children",
    "disabled_children",
    "single_parent",
    "disabled",
    "disabled_spouse",
    "other_dependants",
    "dependants_65",
)
TERMS = ("joint_committee", "weekly_hours", "full_time_hours", "scale_class", "gross", "derogation")


def day_after(last_day: date | None) -> date | None:
    """Return the first day without, from the last day with."""
    return None if last_day is None else last_day + timedelta(days=1)


def last_day(until: date | None) -> date | None:
    """Return the last day with, from the first day without."""
    return None if until is None else until - timedelta(days=1)


def given(row: Row, names: Sequence[str]) -> dict[str, Any]:
    """Return the cells of a row that are not empty."""
    return {name: row[name] for name in names if row[name] not in (None, "")}


def find_person(row: Row, column: str, context: Context) -> Person:
    """Return the person of the group with the e-mail address in a cell, or refuse the row."""
    email = row[column].lower()
    person: Person | None = context.once(
        ("person", email), lambda: Person.objects.filter(group=context.cooperative.group_id, email=email).first()
    )
    if person is None:
        raise row.refuse(
            column,
            reason=_("Nobody of the group is known by this e-mail address."),
            remedy=_("Import the sheet of members first, or correct the address."),
        )
    return person


# --- members ----------------------------------------------------------------------------------------------------------


def _members(rows: Sequence[Row], context: Context) -> Outcome:
    row = rows[0]
    person = _known_person(row, context)
    new = person is None
    if person is None:
        values = given(row, ("phone", "street", "postcode", "town", "niss", "iban", "born_on"))
        person = services.admit_person(
            group=context.cooperative.group,
            first_name=row["first_name"],
            last_name=row["last_name"],
            email=row["email"],
            language=row["language"] or Language.FRENCH,
            by=context.by,
            **values,
        )
    changes = [_membership(row, person, context), _situation(row, person, context), _agreement(row, person, context)]
    if row["login"] and person.user_id is None:
        services.give_login(person=person, on=row["member_from"], by=context.by)
        new = True
    return Outcome.CREATED if new or any(changes) else Outcome.UNCHANGED


def _known_person(row: Row, context: Context) -> Person | None:
    people = Person.objects.filter(group=context.cooperative.group_id)
    person = people.filter(email=row["email"].lower()).first()
    if row["niss"]:
        number = services.read_niss(row["niss"])
        same = people.filter(niss_index=blind_index(number, purpose="niss")).first()
        if same is not None and person is not None and same.pk != person.pk:
            raise row.refuse(
                "email",
                reason=_("The e-mail address and the national number belong to two different people."),
                remedy=_("Compare both with what is recorded."),
            )
        person = person or same
    if person is None:
        return None
    sheets.refuse_differences(row, {"email": person.email, **{name: getattr(person, name) for name in DETAILS}})
    _complete_identity(row, person, context)
    return person


def _complete_identity(row: Row, person: Person, context: Context) -> None:
    """Refuse another NISS or IBAN than the recorded one, without showing it; record what was missing."""
    missing = {}
    for name in ("niss", "iban"):
        recorded = getattr(person, name)
        if row[name] and recorded and row[name] != recorded:
            raise RowRefused(
                [
                    sheets.Problem(
                        row.line,
                        name,
                        "•••",
                        _("Another one is recorded for %(person)s.") % {"person": person},
                        _("Leave the cell empty, or change what is recorded on the person’s page."),
                    )
                ]
            )
        missing[name] = row[name] if row[name] and not recorded else ""
    if any(missing.values()):
        services.record_identity(person=person, by=context.by, **missing)


def _membership(row: Row, person: Person, context: Context) -> bool:
    known = Membership.objects.filter(
        person=person, cooperative=context.cooperative, valid_from=row["member_from"]
    ).first()
    if known is not None:
        sheets.refuse_differences(row, {"status": known.status, "member_until": last_day(known.valid_until)})
        return False
    services.start_membership(
        person=person,
        cooperative=context.cooperative,
        status=Status(row["status"]),
        valid_from=row["member_from"],
        valid_until=day_after(row["member_until"]),
        by=context.by,
    )
    return True


def _situation(row: Row, person: Person, context: Context) -> bool:
    facts = given(row, FAMILY)
    if not row["household"]:
        if facts:
            raise row.refuse(
                "household",
                reason=_("The family situation lacks its household."),
                remedy=_("Fill in the household, or leave out the other cells of the family."),
            )
        return False
    first = row["situation_from"] or row["member_from"]
    known = Situation.objects.filter(person=person, valid_from=first).first()
    if known is not None:
        sheets.refuse_differences(
            row, {"household": known.household, **{name: getattr(known, name) for name in FAMILY}}
        )
        return False
    services.record_situation(person=person, valid_from=first, household=row["household"], by=context.by, **facts)
    return True


def _agreement(row: Row, person: Person, context: Context) -> bool:
    if row["status"] != Status.CANDIDATE:
        return False
    if row["agreement_signed_on"] is None:
        raise row.refuse(
            "agreement_signed_on",
            reason=_("A candidate needs an accompaniment agreement."),
            remedy=_("Fill in the day on which it was signed."),
        )
    known = AccompanimentAgreement.objects.filter(person=person, valid_from=row["member_from"]).first()
    if known is not None:
        sheets.refuse_differences(
            row, {"agreement_signed_on": known.signed_on, "benefit_end_date": known.benefit_end_date}
        )
        return False
    services.start_accompaniment(
        person=person,
        cooperative=context.cooperative,
        signed_on=row["agreement_signed_on"],
        valid_from=row["member_from"],
        valid_until=day_after(row["member_until"]),
        benefit_end_date=row["benefit_end_date"],
        by=context.by,
    )
    return True


MEMBERS = Sheet(
    name="members",
    title=gettext_lazy("Members"),
    description=gettext_lazy(
        "People and their membership, with the family situation that the withholding tax rests on."
    ),
    order=10,
    apply=_members,
    rights=[(Subject.PEOPLE, "w")],
    fields={"valid_from": "member_from", "valid_until": "member_until", "signed_on": "agreement_signed_on"},
    columns=[
        Column(name="first_name", title=gettext_lazy("First name"), required=True, max_length=60, example="Noémie"),
        Column(name="last_name", title=gettext_lazy("Last name"), required=True, max_length=60, example="Exemple"),
        Column(
            name="email",
            title=gettext_lazy("E-mail"),
            kind=Kind.EMAIL,
            required=True,
            example="noemie@exemple.example",
            help=gettext_lazy("By this address the other sheets name the person."),
        ),
        Column(
            name="status",
            title=gettext_lazy("Status"),
            kind=Kind.CHOICE,
            required=True,
            choices=dict(Status.choices),
            example="employee",
        ),
        Column(
            name="member_from", title=gettext_lazy("Member from"), kind=Kind.DAY, required=True, example="2026-01-01"
        ),
        Column(
            name="member_until", title=gettext_lazy("Member until"), kind=Kind.DAY, help=gettext_lazy("The last day.")
        ),
        Column(
            name="language",
            title=gettext_lazy("Language"),
            kind=Kind.CHOICE,
            choices=dict(Language.choices),
            example="fr",
        ),
        Column(name="phone", title=gettext_lazy("Telephone"), max_length=30, example="0470 12 34 56"),
        Column(name="street", title=gettext_lazy("Street and number"), max_length=120, example="Rue du Modèle 3"),
        Column(name="postcode", title=gettext_lazy("Postcode"), max_length=10, example="1000"),
        Column(name="town", title=gettext_lazy("Town"), max_length=60, example="Bruxelles"),
        Column(name="born_on", title=gettext_lazy("Born on"), kind=Kind.DAY, example="1985-07-30"),
        Column(
            name="niss", title=gettext_lazy("National number"), kind=Kind.NISS, restricted=True, example="85073003328"
        ),
        Column(
            name="iban",
            title=gettext_lazy("Account for wages"),
            kind=Kind.IBAN,
            restricted=True,
            example="BE71096123456769",
        ),
        Column(
            name="household",
            title=gettext_lazy("Household"),
            kind=Kind.CHOICE,
            choices=dict(Situation.Household.choices),
            example="single",
            help=gettext_lazy("Without it no payslip can be calculated."),
        ),
        Column(
            name="situation_from",
            title=gettext_lazy("Family situation from"),
            kind=Kind.DAY,
            help=gettext_lazy("Empty: from the first day of the membership."),
        ),
        Column(name="children", title=gettext_lazy("Dependent children"), kind=Kind.WHOLE, example="0"),
        Column(name="disabled_children", title=gettext_lazy("Of whom disabled"), kind=Kind.WHOLE),
        Column(name="single_parent", title=gettext_lazy("Single parent"), kind=Kind.YES_NO, example="no"),
        Column(name="disabled", title=gettext_lazy("Disabled"), kind=Kind.YES_NO, restricted=True),
        Column(name="disabled_spouse", title=gettext_lazy("Disabled spouse"), kind=Kind.YES_NO, restricted=True),
        Column(name="other_dependants", title=gettext_lazy("Other dependants"), kind=Kind.WHOLE),
        Column(name="dependants_65", title=gettext_lazy("Dependants of 65 or more"), kind=Kind.WHOLE),
        Column(
            name="agreement_signed_on",
            title=gettext_lazy("Agreement signed on"),
            kind=Kind.DAY,
            help=gettext_lazy("Of a candidate: the accompaniment agreement."),
        ),
        Column(name="benefit_end_date", title=gettext_lazy("Benefits end on"), kind=Kind.DAY),
        Column(
            name="login",
            title=gettext_lazy("Login"),
            kind=Kind.YES_NO,
            example="yes",
            help=gettext_lazy("Yes gives a login by the e-mail address; the person sets the password."),
        ),
    ],
)


# --- activities -------------------------------------------------------------------------------------------------------


def _activities(rows: Sequence[Row], context: Context) -> Outcome:
    first = rows[0]
    activity = Activity.objects.filter(cooperative=context.cooperative, code=first["code"]).first()
    new = activity is None
    for row in rows if activity else rows[1:]:
        there = activity or first
        name = there.name if isinstance(there, Activity) else there["name"]
        opened = there.opened_on if isinstance(there, Activity) else there["opened_on"]
        sheets.refuse_differences(row, {"name": name, "opened_on": opened})
    if activity is None:
        activity = services.open_activity(
            cooperative=context.cooperative,
            code=first["code"],
            name=first["name"],
            opened_on=first["opened_on"],
            by=context.by,
        )
    changes = [_runs(row, activity, context) for row in rows] + [_coach(row, activity, context) for row in rows]
    return Outcome.CREATED if new or any(changes) else Outcome.UNCHANGED


def _runs(row: Row, activity: Activity, context: Context) -> bool:
    if not row["member"]:
        return False
    person = find_person(row, "member", context)
    start = row["member_from"] or activity.opened_on
    known = Runs.objects.filter(person=person, activity=activity, valid_from=start).first()
    if known is not None:
        sheets.refuse_differences(row, {"weight": known.weight, "member_until": last_day(known.valid_until)})
        return False
    services.run_activity(
        person=person,
        activity=activity,
        valid_from=start,
        valid_until=day_after(row["member_until"]),
        weight=row["weight"] if row["weight"] is not None else Decimal(1),
        by=context.by,
    )
    return True


def _coach(row: Row, activity: Activity, context: Context) -> bool:
    if not row["coach"]:
        return False
    coach = User.objects.filter(email=row["coach"].lower(), is_active=True).first()
    if coach is None:
        raise row.refuse(
            "coach",
            reason=_("Nobody logs in with this e-mail address."),
            remedy=_("Make a login for the coach first, or leave the cell empty."),
        )
    start = row["member_from"] or activity.opened_on
    if Grant.objects.filter(user=coach, role=Role.COACH, activity=activity).on(start).exists():
        return False
    services.assign_coach(user=coach, activity=activity, valid_from=start, by=context.by)
    return True


ACTIVITIES = Sheet(
    name="activities",
    title=gettext_lazy("Activities"),
    description=gettext_lazy("Activities and the members who run them: one row per activity and member."),
    order=20,
    apply=_activities,
    group=lambda row: row["code"],
    rights=[(Subject.PEOPLE, "w")],
    fields={"valid_from": "member_from", "valid_until": "member_until", "user": "coach"},
    columns=[
        Column(name="code", title=gettext_lazy("Code"), required=True, max_length=20, example="A-101"),
        Column(name="name", title=gettext_lazy("Name"), required=True, max_length=120, example="Noémie dessine"),
        Column(name="opened_on", title=gettext_lazy("Opened on"), kind=Kind.DAY, required=True, example="2026-01-01"),
        Column(
            name="member",
            title=gettext_lazy("Member"),
            kind=Kind.EMAIL,
            example="noemie@exemple.example",
            help=gettext_lazy("E-mail address, as in the sheet of members."),
        ),
        Column(
            name="member_from",
            title=gettext_lazy("Member from"),
            kind=Kind.DAY,
            help=gettext_lazy("Empty: from the day on which the activity opened."),
        ),
        Column(
            name="member_until", title=gettext_lazy("Member until"), kind=Kind.DAY, help=gettext_lazy("The last day.")
        ),
        Column(
            name="weight",
            title=gettext_lazy("Weight in the salary cost"),
            kind=Kind.QUANTITY,
            example="1",
            help=gettext_lazy("Shares the salary cost of a person among several activities; empty: 1."),
        ),
        Column(
            name="coach",
            title=gettext_lazy("Coach"),
            kind=Kind.EMAIL,
            help=gettext_lazy("E-mail address of the coach’s login."),
        ),
    ],
)


# --- contracts --------------------------------------------------------------------------------------------------------


def _contracts(rows: Sequence[Row], context: Context) -> Outcome:
    versions = sorted(rows, key=lambda row: row["valid_from"])
    first = versions[0]
    contract = EmploymentContract.objects.filter(
        cooperative=context.cooperative, worker_number=first["worker_number"]
    ).first()
    person = find_person(first, "member", context)
    new = contract is None
    if contract is None:
        contract = _sign(first, person, context)
    elif contract.person_id != person.pk:
        raise first.refuse(
            "member",
            reason=_("Worker number %(number)s belongs to somebody else.") % {"number": contract.worker_number},
            remedy=_("Correct the worker number or the member."),
        )
    changes = [_version(row, contract, context) for row in (versions[1:] if new else versions)]
    ends = next((row for row in versions if row["last_day"] is not None), None)
    if ends is not None and last_day(contract.valid_until) != ends["last_day"]:
        if contract.valid_until is not None:
            sheets.refuse_differences(ends, {"last_day": last_day(contract.valid_until)})
        services.end_contract(contract=contract, valid_until=ends["last_day"] + timedelta(days=1), by=context.by)
        changes.append(True)
    return Outcome.CREATED if new or any(changes) else Outcome.UNCHANGED


def _sign(row: Row, person: Person, context: Context) -> EmploymentContract:
    missing = [name for name in ("experience_from", *TERMS[:5]) if row[name] in (None, "")]
    if missing:
        raise RowRefused(
            row.problem(
                name,
                reason=_("The first row of a contract needs this cell."),
                remedy=_("Fill in this cell; only later amendments may leave out what does not change."),
            )
            for name in missing
        )
    return services.sign_contract(
        person=person,
        cooperative=context.cooperative,
        valid_from=row["valid_from"],
        valid_until=day_after(row["last_day"]),
        signed_on=row["signed_on"],
        experience_from=row["experience_from"],
        kind=row["kind"] or EmploymentContract.Kind.PERMANENT,
        worker_number=row["worker_number"],
        by=context.by,
        **{name: row[name] for name in TERMS},
    )


def _version(row: Row, contract: EmploymentContract, context: Context) -> bool:
    known = ContractVersion.objects.filter(contract=contract, valid_from=row["valid_from"]).first()
    if known is not None:
        facts = {"kind": contract.kind, "experience_from": contract.experience_from, "signed_on": known.signed_on}
        sheets.refuse_differences(row, {**facts, **{name: getattr(known, name) for name in TERMS}})
        return False
    services.amend_contract(
        contract=contract, valid_from=row["valid_from"], signed_on=row["signed_on"], by=context.by, **given(row, TERMS)
    )
    return True


CONTRACTS = Sheet(
    name="contracts",
    title=gettext_lazy("Contracts"),
    description=gettext_lazy("Contracts of employment: one row for the first terms, and one for each amendment."),
    order=30,
    apply=_contracts,
    group=lambda row: row["worker_number"],
    rights=[(Subject.PAY, "w")],
    fields={"valid_until": "last_day"},
    columns=[
        Column(name="worker_number", title=gettext_lazy("Worker number"), required=True, max_length=20, example="0101"),
        Column(
            name="member",
            title=gettext_lazy("Member"),
            kind=Kind.EMAIL,
            required=True,
            example="noemie@exemple.example",
        ),
        Column(
            name="kind",
            title=gettext_lazy("Kind"),
            kind=Kind.CHOICE,
            choices=dict(EmploymentContract.Kind.choices),
            example="permanent",
        ),
        Column(name="signed_on", title=gettext_lazy("Signed on"), kind=Kind.DAY, required=True, example="2025-12-15"),
        Column(
            name="valid_from",
            title=gettext_lazy("Holds from"),
            kind=Kind.DAY,
            required=True,
            example="2026-01-01",
            help=gettext_lazy("Of an amendment: the first day of the new terms."),
        ),
        Column(
            name="last_day",
            title=gettext_lazy("Last day"),
            kind=Kind.DAY,
            help=gettext_lazy("The last day of the contract, if it has one."),
        ),
        Column(
            name="experience_from", title=gettext_lazy("Experience counts from"), kind=Kind.DAY, example="2020-01-01"
        ),
        Column(name="joint_committee", title=gettext_lazy("Joint committee"), max_length=10, example="200"),
        Column(name="weekly_hours", title=gettext_lazy("Hours a week"), kind=Kind.AMOUNT, example="19"),
        Column(name="full_time_hours", title=gettext_lazy("Full-time hours a week"), kind=Kind.AMOUNT, example="38"),
        Column(
            name="scale_class",
            title=gettext_lazy("Class of function"),
            kind=Kind.CHOICE,
            choices=dict(ContractVersion.ScaleClass.choices),
            example="C",
        ),
        Column(
            name="gross",
            title=gettext_lazy("Contractual gross wage a month"),
            kind=Kind.AMOUNT,
            restricted=True,
            example="1450,00",
        ),
        Column(
            name="derogation",
            title=gettext_lazy("Derogation"),
            help=gettext_lazy("What allows fewer hours than one third of full time."),
        ),
    ],
)


def register() -> None:
    """Make the sheets known."""
    for sheet in (MEMBERS, ACTIVITIES, CONTRACTS):
        sheets.register(sheet)
