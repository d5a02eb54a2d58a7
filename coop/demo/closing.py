"""What the accountants of the demonstration do at the end of a month: lock the VAT of what was filed."""

from coop.demo import steps
from coop.demo.world import World
from coop.entities.models import PeriodLock
from coop.ledger import services as ledger
from coop.periods import Month

FILED_AFTER_MONTHS = 2


def play(world: World, month: Month) -> None:
    """Lock the VAT of the month whose return was filed: two months before."""
    filed = month.plus(-FILED_AFTER_MONTHS)
    if filed < world.first_month:
        return
    day = world.day(month, 20)
    for house in world.houses:
        ledger.lock_period(
            cooperative=steps.house(house.code), month=filed, kind=PeriodLock.Kind.VAT,
            by=steps.staff("accountant", house.code), at=world.at(day),
        )  # fmt: skip
