"""People for the support team: list, file, and the forms that record a new fact. Each form calls one service."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coop import choosing, clock, views
from coop import forms as coop_forms
from coop.access import visibility
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused, Text
from members import consequences, files, forms, queries, services
from members.models import EmploymentContract, Person, Reading, Runs

ROWS = 50


@require_safe
@login_required
@never_cache
def person_list(request: HttpRequest) -> HttpResponse:
    """List the people whom the reader sees, with their status and activities today."""
    on, search = clock.today(), request.GET.get("q", "").strip()
    access = visibility.access_of(request.user)
    if not access.cooperatives_with(Subject.PEOPLE, "r") and not queries.readable_activities(request.user).exists():
        raise PermissionDenied("people r")
    chooser = choosing.chooser(request)
    cooperative = None if chooser.activity else chooser.cooperative
    people = files.list_people(user=request.user, cooperative=cooperative, search=search, on=on)
    page = Paginator(people, ROWS).get_page(request.GET.get("page"))
    facts = files.facts_of(list(page), frozenset([cooperative.pk]) if cooperative else None, on)
    context = {
        "page": page,
        "rows": [(person, *facts[person.pk]) for person in page],
        "search": search,
        "cooperative": cooperative,
        "may_admit": bool(access.cooperatives_with(Subject.PEOPLE, "w")),
    }
    return views.page(request, "members/person_list.html", context)


@require_safe
@login_required
@never_cache
def detail(request: HttpRequest, person: UUID) -> HttpResponse:
    """Show a person's file; reading its restricted part is noted, and the person sees it."""
    found = _person(request, person)
    file = files.get_file(person=found, user=request.user, on=clock.today())
    if file.restricted is not None and found.user_id != request.user.pk:
        what = Reading.What.MASKED if file.restricted.masked else Reading.What.FILE
        services.note_reading(person=found, what=what, by=request.user, at=clock.now())
    context = {
        "file": file,
        "person": found,
        "today": clock.today(),
        "may_write": bool(_cooperatives(request.user, Subject.PEOPLE, found)),
        "may_pay": bool(_cooperatives(request.user, Subject.PAY, found)),
        "consequences": consequences.consequences_of(request.user, found, clock.today()),
    }
    return views.page(request, "members/person_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def admit(request: HttpRequest) -> HttpResponse:
    """Admit somebody to a cooperative."""
    cooperatives = _cooperatives(request.user, Subject.PEOPLE)
    if not cooperatives:
        raise PermissionDenied("people w")
    form = forms.AdmitForm(
        request.POST or None,
        cooperatives=cooperatives,
        with_identity=bool(_cooperatives(request.user, Subject.PAY)),
        initial={"valid_from": clock.today()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            person = services.admit_member(by=request.user, **form.values())
        except Refused as refused:
            coop_forms.refuse(form, refused)
        else:
            messages.success(request, _("%(person)s is admitted.") % {"person": person})
            return redirect("members:person_detail", person=person.pk)
    context = {
        "title": _("Admit a member"),
        "what": _("Somebody who joins a cooperative; everybody is known once in the group."),
        "next": _("Then open an activity, and for an employee record the contract and the family situation."),
        "submit": _("Admit"),
        "back": reverse("members:person_list"),
    }
    return views.page(request, "members/fact_edit.html", context, form=form)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def details(request: HttpRequest, person: UUID) -> HttpResponse:
    """Change the ordinary details of a person."""
    found = _person(request, person)
    _require(request, Subject.PEOPLE, found)
    names = ("first_name", "last_name", "email", "phone", "language", "street", "postcode", "town")
    form = forms.DetailsForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    return _record(
        request, found, form, lambda values: services.change_details(person=found, by=request.user, **values),
        title=_("Details of %(person)s") % {"person": found}, submit=_("Save the details"),
        done=_("The details are saved."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def identity(request: HttpRequest, person: UUID) -> HttpResponse:
    """Record the national number and the account."""
    found = _person(request, person)
    _require(request, Subject.PAY, found)
    form = forms.IdentityForm(request.POST or None)
    return _record(
        request, found, form, lambda values: services.record_identity(person=found, by=request.user, **values),
        title=_("National number and account of %(person)s") % {"person": found},
        what=_("They serve payroll and nothing else, and are encrypted."), submit=_("Save"),
        done=_("The national number and the account are saved."),
    )  # fmt: skip


@require_POST
@login_required
def login(request: HttpRequest, person: UUID) -> HttpResponse:
    """Give a person a login."""
    found = _person(request, person)
    _require(request, Subject.PEOPLE, found)
    try:
        services.give_login(person=found, on=clock.today(), by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request,
            _("%(person)s can log in after choosing a password through “forgotten password”.") % {"person": found},
        )
    return redirect("members:person_detail", person=found.pk)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def membership(request: HttpRequest, person: UUID) -> HttpResponse:
    """Start a membership, or let a member go on under another status."""
    found = _person(request, person)
    cooperatives = _require(request, Subject.PEOPLE, found)
    form = forms.MembershipForm(request.POST or None, cooperatives=cooperatives, initial={"valid_from": clock.today()})

    def act(values: dict[str, Any]) -> object:
        present = queries.status_on(found, values["cooperative"], values["valid_from"])
        start = services.start_membership if present is None else services.change_status
        return start(person=found, by=request.user, **values)

    return _record(
        request, found, form, act, title=_("Membership of %(person)s") % {"person": found},
        what=_("The status from a day on; the former one ends there and stays in the file."),
        submit=_("Record the membership"), done=_("The membership is recorded."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def membership_end(request: HttpRequest, person: UUID, pk: UUID) -> HttpResponse:
    """End a membership."""
    found = _person(request, person)
    one = get_object_or_404(found.memberships.select_related("cooperative"), pk=pk)
    visibility.require(request.user, Subject.PEOPLE, "w", cooperative=one.cooperative_id)
    form = forms.EndForm(request.POST or None)
    return _record(
        request, found, form, lambda values: services.end_membership(membership=one, by=request.user, **values),
        title=_("End the membership of %(person)s in %(cooperative)s")
        % {"person": found, "cooperative": one.cooperative},
        submit=_("End the membership"), done=_("The membership ends."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def activity(request: HttpRequest, person: UUID) -> HttpResponse:
    """Open an activity that the person runs."""
    found = _person(request, person)
    cooperatives = _require(request, Subject.PEOPLE, found)
    form = forms.ActivityForm(
        request.POST or None, cooperatives=cooperatives, initial={"valid_from": clock.today(), "weight": "1"}
    )
    return _record(
        request, found, form, lambda values: services.start_activity(person=found, by=request.user, **values),
        title=_("New activity of %(person)s") % {"person": found},
        what=_("What is sold under one name; its balance pays the wage."), submit=_("Open the activity"),
        done=_("The activity is open."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def join(request: HttpRequest, person: UUID) -> HttpResponse:
    """Let the person run an activity that exists."""
    found = _person(request, person)
    cooperatives = _require(request, Subject.PEOPLE, found)
    form = forms.JoinForm(
        request.POST or None, cooperatives=cooperatives, initial={"valid_from": clock.today(), "weight": "1"}
    )
    return _record(
        request, found, form, lambda values: services.run_activity(person=found, by=request.user, **values),
        title=_("%(person)s joins an activity") % {"person": found},
        what=_("Several people may run one activity; they share its documents and balance, never each other’s pay."),
        submit=_("Join the activity"), done=_("The activity is shared."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def runs_end(request: HttpRequest, person: UUID, pk: UUID) -> HttpResponse:
    """Let a person stop running an activity."""
    found = _person(request, person)
    one = get_object_or_404(Runs.objects.select_related("activity__cooperative"), pk=pk, person=found)
    visibility.require(request.user, Subject.PEOPLE, "w", cooperative=one.activity.cooperative_id)
    form = forms.EndForm(request.POST or None)
    return _record(
        request, found, form, lambda values: services.stop_running(runs=one, by=request.user, **values),
        title=_("%(person)s stops running %(activity)s") % {"person": found, "activity": one.activity},
        submit=_("Stop"), done=_("The end is recorded."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def contract(request: HttpRequest, person: UUID) -> HttpResponse:
    """Record a signed contract."""
    found = _person(request, person)
    cooperatives = _require(request, Subject.PAY, found)
    form = forms.ContractForm(
        request.POST or None, cooperatives=cooperatives, initial={"joint_committee": "200", "full_time_hours": "38"}
    )
    return _record(
        request, found, form, lambda values: services.sign_contract(person=found, by=request.user, **values),
        title=_("Contract of %(person)s") % {"person": found},
        what=_("A contract of employment, signed before its first day."), submit=_("Record the contract"),
        done=_("The contract is recorded."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def amend(request: HttpRequest, person: UUID, pk: UUID) -> HttpResponse:
    """Record a signed amendment."""
    found, one = _contract(request, person, pk)
    last = one.versions.order_by("-valid_from").first()
    names = ("joint_committee", "weekly_hours", "full_time_hours", "scale_class", "gross", "derogation")
    form = forms.AmendForm(request.POST or None, initial={name: getattr(last, name) for name in names} if last else {})
    return _record(
        request, found, form, lambda values: services.amend_contract(contract=one, by=request.user, **values),
        title=_("Amendment to contract %(number)s of %(person)s") % {"number": one.worker_number, "person": found},
        what=_("New terms from a day on; the former ones end there and stay in the file."),
        submit=_("Record the amendment"), done=_("The amendment is recorded."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def contract_end(request: HttpRequest, person: UUID, pk: UUID) -> HttpResponse:
    """End a contract."""
    found, one = _contract(request, person, pk)
    form = forms.ContractEndForm(request.POST or None)
    return _record(
        request, found, form, lambda values: services.end_contract(contract=one, by=request.user, **values),
        title=_("End contract %(number)s of %(person)s") % {"number": one.worker_number, "person": found},
        submit=_("End the contract"), done=_("The contract ends."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def declaration(request: HttpRequest, person: UUID, pk: UUID) -> HttpResponse:
    """Note the declaration of work (Dimona) of a contract."""
    found, one = _contract(request, person, pk)
    known = getattr(one, "declaration", None)
    form = forms.DeclarationForm(
        request.POST or None, initial={"declared_on": known.declared_on, "number": known.number} if known else {}
    )
    return _record(
        request, found, form, lambda values: services.record_declaration(contract=one, by=request.user, **values),
        title=_("Work declaration (Dimona) of %(person)s, contract %(number)s")
        % {"person": found, "number": one.worker_number},
        what=_("Declared to social security before the first day of work, %(day)s.")
        % {"day": date_format(one.valid_from)},
        submit=_("Record the declaration"), done=_("The work declaration is recorded."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def situation(request: HttpRequest, person: UUID) -> HttpResponse:
    """Record the family situation from a day on."""
    found = _person(request, person)
    _require(request, Subject.PAY, found)
    last = found.situations.order_by("-valid_from").first()
    initial = (
        {name: getattr(last, name) for name in forms.SituationForm.base_fields if hasattr(last, name)} if last else {}
    )
    form = forms.SituationForm(request.POST or None, initial={**initial, "valid_from": clock.today()})
    return _record(
        request, found, form, lambda values: services.record_situation(person=found, by=request.user, **values),
        title=_("Family situation of %(person)s") % {"person": found},
        what=_("It decides the withholding tax from a day on."), submit=_("Record the situation"),
        done=_("The family situation is recorded."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def accompaniment(request: HttpRequest, person: UUID) -> HttpResponse:
    """Record the accompaniment agreement of a candidate."""
    found = _person(request, person)
    cooperatives = _require(request, Subject.PEOPLE, found)
    form = forms.AgreementForm(request.POST or None, cooperatives=cooperatives)
    return _record(
        request, found, form, lambda values: services.start_accompaniment(person=found, by=request.user, **values),
        title=_("Accompaniment agreement of %(person)s") % {"person": found},
        what=_("At most 18 months in all; the balance stays blocked until the launch."),
        submit=_("Record the agreement"), done=_("The agreement is recorded."),
    )  # fmt: skip


def _person(request: HttpRequest, pk: UUID) -> Person:
    return get_object_or_404(Person.objects.visible_to(request.user).select_related("user", "group"), pk=pk)


def _contract(request: HttpRequest, person: UUID, pk: UUID) -> tuple[Person, EmploymentContract]:
    """Return a contract; for who sees the person but not the pay it is forbidden, whether it exists or not."""
    found = _person(request, person)
    _require(request, Subject.PAY, found)
    contracts = EmploymentContract.objects.visible_to(request.user).select_related("cooperative")
    return found, get_object_or_404(contracts, pk=pk, person=found)


def _cooperatives(user: Any, subject: Subject, person: Person | None = None) -> list[Cooperative]:
    """Return the cooperatives in which a user writes; about a member, only if one of theirs is among them."""
    reached = visibility.access_of(user).cooperatives_with(subject, "w")
    found = list(Cooperative.objects.filter(pk__in=reached).order_by("name"))
    if person is None:
        return found
    theirs = set(person.memberships.values_list("cooperative", flat=True))
    return found if not theirs or any(one.pk in theirs for one in found) else []


def _require(request: HttpRequest, subject: Subject, person: Person) -> list[Cooperative]:
    found = _cooperatives(request.user, subject, person)
    if not found:
        raise PermissionDenied(f"{subject} w")
    return found


def _record(
    request: HttpRequest,
    person: Person,
    form: coop_forms.Form,
    act: Callable[[dict[str, Any]], object],
    *,
    title: Text,
    submit: Text,
    done: Text,
    what: Text = "",
) -> HttpResponse:
    """Show a form about a person; sent and accepted, it leads back to the file."""
    if request.method == "POST" and form.is_valid():
        values = form.values()
        if isinstance(form, forms.LateForm):
            values["late"] = services.Late(values.pop("late_reason", ""), clock.now())
        try:
            act(values)
        except Refused as refused:
            if isinstance(refused, services.MonthAlreadyPaid) and isinstance(form, forms.LateForm):
                form.ask_reason()
            coop_forms.refuse(form, refused)
        else:
            messages.success(request, str(done))
            return redirect("members:person_detail", person=person.pk)
    context = {
        "title": title,
        "what": what,
        "submit": submit,
        "person": person,
        "back": reverse("members:person_detail", kwargs={"person": person.pk}),
    }
    return views.page(request, "members/fact_edit.html", context, form=form)
