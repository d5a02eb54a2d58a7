"""What the demonstration amounts to, and whether it is there: kept as one finished operation of the group's administrator."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from coop import formatting
from coop.access.models import User
from coop.demo import cast, steps
from coop.demo.world import World
from coop.documents.models import Document
from coop.entities.models import Activity, Cooperative, Group
from coop.errors import Refused
from coop.history.models import Operation
from coop.ledger import queries
from coop.ledger.models import Entry, OpenItem
from coop.money import ZERO
from coop.periods import Month

KEY = uuid5(NAMESPACE_URL, "partagee:demo")


class OtherData(Refused):
    """The database holds something else than this demonstration."""


def refuse_other_data(world: World) -> None:
    """Refuse to mix the demonstration with other data, or with that of another day."""
    if Cooperative.objects.exists() and not Group.objects.filter(name=cast.GROUP).exists():
        raise OtherData(
            subject=_("Demonstration"),
            reason=_("The database holds other cooperatives than those of the demonstration."),
            remedy=_("Use an empty database: the demonstration is invented and stands alone."),
        )
    known = Operation.objects.filter(pk=KEY).first()
    if known is not None and known.result["reference_day"] != str(world.reference_day):
        raise OtherData(
            subject=_("Demonstration"),
            reason=_("The database holds the demonstration of %(day)s.") % {"day": known.result["reference_day"]},
            remedy=_("Remove its data first (make clean), or ask for that day."),
        )


def finished(world: World) -> bool:
    """Tell whether the demonstration of the world's day is wholly there."""
    return Operation.objects.filter(pk=KEY, result__reference_day=str(world.reference_day)).exists()


def finish(world: World) -> None:
    """Write down that it is there."""
    Operation.objects.get_or_create(
        key=KEY,
        defaults={
            "user": steps.user("Greet Vandamme"), "name": "demo.seed", "parameters": "",
            "result": {"reference_day": str(world.reference_day)}, "made_at": world.at(world.reference_day),
        },
    )  # fmt: skip


def of_month(world: World, month: Month) -> str:
    """Say what a month has brought."""
    entries = Entry.objects.filter(date__gte=month.first, date__lte=month.last).count()
    sold = sum(Month.of(sale.day) == month for sales in world.sold.values() for sale in sales)
    return f"{sold} invoices, {entries} entries"


def lines(world: World) -> Iterator[str]:
    """Yield what is there: totals per cooperative, then one line per person of the cast who can be played."""
    day = world.reference_day
    for house in world.houses:
        cooperative = steps.house(house.code)
        documents = OpenItem.objects.filter(cooperative=cooperative, role="customers")
        sums = documents.aggregate(count=Count("pk"), net=Sum("net"))
        members = Activity.objects.filter(cooperative=cooperative, kind=Activity.Kind.MEMBERS)
        balances = queries.balances_of(members.values_list("pk", flat=True), day)
        free = sum((one.free for one in balances.values()), ZERO)
        pdfs = Document.objects.filter(cooperative=cooperative).count()
        yield (
            f"{cooperative}: {len(members)} activities, {sums['count']} sales documents, "
            f"{_eur(sums['net'])} excl. VAT, free balance {_eur(free)}, {pdfs} documents"
        )
    for role, name in roles():
        yield f"  {role:<28} {name:<18} {cast.address(name)}"


def _eur(amount: Decimal | None) -> str:
    return formatting.money(amount or ZERO, language="en")


def roles() -> list[tuple[str, str]]:
    """Return the people of the cast who show a role, and what they are; only those who can log in."""
    shown = [
        (_("entrepreneur"), "Aline Dubois"),
        (_("entrepreneur (the example)"), "Lina Maes"),
        (_("entrepreneur"), "Chloé Martin"),
        (_("entrepreneur, second cooperative"), "Dirk Peeters"),
        (_("candidate-entrepreneur"), "Hugo Lambert"),
        (_("self-employed associate"), "Ivo Claes"),
        (_("coach"), "Farid Benali"),
        (_("payroll officer"), "Élise Fontaine"),
        (_("accountant"), "Bruno Henrard"),
        (_("cooperative administrator"), "Amina Ouali"),
        (_("group administrator"), "Greet Vandamme"),
        (_("auditor"), "Jeanne Collard"),
    ]
    known = set(User.objects.filter(is_active=True).values_list("email", flat=True))
    return [(role, name) for role, name in shown if cast.address(name) in known]
