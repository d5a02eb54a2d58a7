"""The cast of all tests: one group, three cooperatives, and the people of the demo. Plain functions, no factories.

``world()`` builds it in a test's database and returns it; every person has a login and the grants that make the role.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from coop.access.models import Grant, Role, User
from coop.entities.models import (
    Activity,
    BankAccount,
    Cooperative,
    FeePolicy,
    FundPolicy,
    Group,
    Moment,
    Party,
    ReservePolicy,
)
from coop.ledger import services as ledger
from members.models import Membership, Person, Runs, Status

START = date(2025, 1, 1)
PASSWORD = "only for tests, never elsewhere"


def at(text: str) -> datetime:
    """Return a moment in Brussels written ``2026-09-14 10:00`` (or a day, at noon)."""
    moment = datetime.fromisoformat(text if " " in text else f"{text} 12:00")
    return moment.replace(tzinfo=ZoneInfo("Europe/Brussels"))


@dataclass
class World:
    """What the cast is made of, by name."""

    group: Group
    archipel: Cooperative
    boreal: Cooperative
    cabestan: Cooperative
    users: dict[str, User] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    banks: dict[str, BankAccount] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        """Give a user by first name: ``world.aline``."""
        try:
            return self.__dict__["users"][name]
        except KeyError as error:
            raise AttributeError(name) from error

    def coop_of(self, cooperative: Cooperative) -> Activity:
        """Return the activity COOP of a cooperative."""
        return Activity.objects.get(cooperative=cooperative, kind=Activity.Kind.COOPERATIVE)

    def fund_of(self, cooperative: Cooperative) -> Activity:
        """Return the activity FUND of a cooperative."""
        return Activity.objects.get(cooperative=cooperative, kind=Activity.Kind.FUND)


def cooperative(group: Group, code: str, name: str, number: str, iban: str, kind: str = "entrepreneurs") -> Cooperative:
    """Make a cooperative with open books for 2025 to 2026, policies (fee 10 %, fund 1 %, one month of reserve) and a bank."""
    coop = Cooperative.objects.create(
        group=group, code=code, name=name, kind=kind, legal_form="SC agréée", enterprise_number=number,
        court="RPM Bruxelles", street="Rue de l’Exemple 1", postcode="1000", town="Bruxelles",
        email=f"bonjour@{code}.example",
    )  # fmt: skip
    ledger.open_books(cooperative=coop, opened_on=START)
    for year in (2025, 2026):
        ledger.open_year(cooperative=coop, year=year)
    FeePolicy.objects.create(cooperative=coop, valid_from=START, moment=Moment.ISSUED, tiers=[["0", "0.10"]])
    FundPolicy.objects.create(cooperative=coop, valid_from=START, moment=Moment.ISSUED, rate=Decimal("0.01"))
    ReservePolicy.objects.create(cooperative=coop, valid_from=START, months=1)
    ledger.open_bank_account(cooperative=coop, iban=iban, bic="GKCCBEBB", holder=name)
    return coop


def user(name: str) -> User:
    """Make somebody who can log in with PASSWORD."""
    return User.objects.create_user(
        email=f"{name.lower().replace('é', 'e').replace('É', 'e')}@partagee.example",
        password=PASSWORD,
        name=name,
        language="en",
    )


def grant(who: User, role: Role, *, activity: Activity | None = None, cooperative: Cooperative | None = None,
          group: Group | None = None, until: date | None = None) -> Grant:  # fmt: skip
    """Give somebody a role from the start."""
    return Grant.objects.create(
        user=who,
        role=role,
        activity=activity,
        cooperative=cooperative,
        group=group,
        valid_from=START,
        valid_until=until,
    )


def entrepreneur(world: World, name: str, coop: Cooperative, code: str, activity: str, status: Status) -> None:
    """Make a person with a login, a membership and an activity that they run."""
    key = name.split()[0].lower().replace("é", "e")
    login = user(name.split()[0])
    first, last = name.split(" ", 1)
    person = Person.objects.create(
        group=world.group, user=login, first_name=first, last_name=last, sort_name=f"{last} {first}".lower(),
        email=login.email, language="en", street="Rue du Test 2", postcode="1000", town="Bruxelles",
    )  # fmt: skip
    Membership.objects.create(person=person, cooperative=coop, status=status, valid_from=START)
    made = Activity.objects.create(cooperative=coop, code=code, name=activity, opened_on=START)
    Runs.objects.create(person=person, activity=made, valid_from=START)
    Party.objects.create(
        cooperative=coop, name=name, sort_name=person.sort_name, reference=f"members.person:{person.pk}"
    )
    grant(login, Role.ENTREPRENEUR, activity=made)
    world.users[key], world.people[key], world.activities[key] = login, person, made


def world() -> World:
    """Build the cast."""
    group = Group.objects.create(name="Groupe Rive")
    made = World(
        group,
        cooperative(group, "archipel", "Archipel", "0777700171", "BE43097000000101"),
        cooperative(group, "boreal", "Boréal", "0777700270", "BE32097000000202"),
        cooperative(group, "cabestan", "Cabestan", "0777700369", "BE21097000000303", kind="self_employed"),
    )
    for coop in (made.archipel, made.boreal, made.cabestan):
        made.banks[coop.code] = coop.bank_accounts.get()
    entrepreneur(made, "Aline Dubois", made.archipel, "A-017", "Aline traduit", Status.EMPLOYEE)
    entrepreneur(made, "Lina Maes", made.archipel, "A-018", "Atelier Lina", Status.EMPLOYEE)
    entrepreneur(made, "Chloé Martin", made.archipel, "A-019", "Chloé jardine", Status.EMPLOYEE)
    entrepreneur(made, "Dirk Peeters", made.boreal, "B-001", "Dirk Timmert", Status.EMPLOYEE)
    entrepreneur(made, "Ivo Claes", made.cabestan, "C-001", "Ivo Advies", Status.SELF_EMPLOYED)
    entrepreneur(made, "Hugo Lambert", made.archipel, "A-020", "Hugo forme", Status.CANDIDATE)
    staff = {
        "Farid": (Role.COACH, {"activity": made.activities["aline"]}),
        "Élise": (Role.PAYROLL_OFFICER, {"cooperative": made.archipel}),
        "Bruno": (Role.ACCOUNTANT, {"cooperative": made.archipel}),
        "Amina": (Role.COOPERATIVE_ADMIN, {"cooperative": made.archipel}),
        "Greet": (Role.GROUP_ADMIN, {"group": group}),
        "Jeanne": (Role.AUDITOR, {"cooperative": made.archipel, "until": date(2027, 6, 30)}),
    }
    for name, (role, scope) in staff.items():
        made.users[name.lower().replace("é", "e")] = somebody = user(name)
        grant(somebody, role, **scope)
    return made
