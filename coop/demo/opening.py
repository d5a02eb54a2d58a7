"""The books' part of the demonstration: the start in mid-life."""

from coop.demo import steps
from coop.demo.world import World
from coop.periods import Month


def play(world: World, month: Month) -> None:
    """In the first month, bring in the old trial balances and the balance of each activity."""
    if month != world.first_month:
        return
    for house in world.houses:
        accountant = steps.staff("accountant", house.code)
        for sheet, rows in (
            ("opening_trial_balance", world.opening_rows(house.code)),
            ("opening_activities", world.balance_rows(house.code)),
        ):
            path = world.write(house.code, f"{sheet}", rows)
            steps.bring(world, sheet, house.code, path, by=accountant, on=world.first_day)
