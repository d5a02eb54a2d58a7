"""What members tells the registries of coop, once the apps are loaded."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coop import choosing, deadlines, shell, todo
from coop.access import visibility
from coop.access.models import Role
from coop.access.predicates import Subject
from coop.administration import queries as administration
from coop.administration import registering as policies
from coop.entities.models import Cooperative
from members import documents, queries

SOON = 60
"""So many days before a candidate's time ends, it is a task of the cooperative."""


def register() -> None:
    """Register navigation, chooser, document kind, tasks and deadlines."""
    documents.register()
    policies.register()
    shell.register_chooser(choosing.options)
    todo.register(tasks_of)
    todo.register_deadlines(deadlines_of)
    for entry in NAVIGATION:
        shell.register(entry)


def has_somewhere(user: Any) -> bool:
    """Tell whether a user has a role at all."""
    return bool(visibility.access_of(user).roles)


def reads_balances(user: Any) -> bool:
    """Tell whether a user reads the balances of an activity."""
    access = visibility.access_of(user)
    return any(
        access.activities_with(Subject.LEDGER, right) | access.cooperatives_with(Subject.LEDGER, right)
        for right in "rt"
    )


def runs_something(user: Any) -> bool:
    """Tell whether a user runs an activity."""
    return Role.ENTREPRENEUR in visibility.access_of(user).roles


def reads_people(user: Any) -> bool:
    """Tell whether a user supports people."""
    access = visibility.access_of(user)
    return bool(access.cooperatives_with(Subject.PEOPLE, "r")) or Role.COACH in access.roles


NAVIGATION = (
    shell.Entry(
        label=gettext_lazy("Home"), url="members:home", icon="house", allowed=has_somewhere, order=1, phone=True
    ),
    shell.Entry(
        label=gettext_lazy("Money"), url="members:money", icon="piggy-bank", allowed=reads_balances, group="work",
        order=30, phone=True,
    ),
    shell.Entry(
        label=gettext_lazy("Income statement"), url="members:statement", icon="chart-column", allowed=runs_something,
        group="work", order=35,
    ),
    shell.Entry(label=gettext_lazy("My file"), url="members:me", icon="user", allowed=runs_something, group="work", order=90),
    shell.Entry(
        label=gettext_lazy("People"), url="members:person_list", icon="users", allowed=reads_people, group="team", order=20
    ),
)  # fmt: skip


def tasks_of(user: Any, on: date) -> Iterable[todo.Task]:
    """Yield what waits in the administration of people: policies that are not set, candidates whose time ends."""
    access = visibility.access_of(user)
    for cooperative in Cooperative.objects.filter(pk__in=access.cooperatives_with(Subject.POLICIES, "x")).order_by(
        "name"
    ):
        missing = administration.policies_missing(cooperative, on)
        if missing:
            yield todo.Task(
                kind="policies_missing",
                sentence=_("Set the policies of %(cooperative)s: without them no invoice is issued.")
                % {"cooperative": cooperative},
                url=administration.policies_url(cooperative),
                action=_("Set"),
                deadline=on,
                count=len(missing),
            )
    for agreement in queries.ending_agreements(access.cooperatives_with(Subject.PEOPLE, "w"), on, days=SOON):
        yield todo.Task(
            kind="accompaniment_ends",
            sentence=_("The accompaniment of %(person)s ends: prepare the launch or the end.")
            % {"person": agreement.person},
            url=queries.person_url(agreement.person),
            action=_("Open the file"),
            deadline=agreement.valid_until,
        )


def deadlines_of(user: Any, on: date) -> Iterable[todo.Deadline]:
    """Yield the legal deadlines of the next month to those who see to them."""
    access = visibility.access_of(user)
    if access.roles & {Role.PAYROLL_OFFICER, Role.ACCOUNTANT, Role.COOPERATIVE_ADMIN}:
        for deadline in deadlines.coming(on, days=31):
            yield todo.Deadline(deadline.what, deadline.on)
