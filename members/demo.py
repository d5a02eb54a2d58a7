"""The people's part of the demonstration: who arrives in a month, runs what, under which contract, and who leaves."""

from datetime import timedelta

from coop.demo import steps
from coop.demo.world import World
from coop.periods import Month
from members import services
from members.models import EmploymentContract, Membership, Runs


def play(world: World, month: Month) -> None:
    """Bring in the members, activities and contracts of those who arrive; end what ends in the month."""
    first = month == world.first_month
    name = "ouverture" if first else str(month)
    for house in world.houses:
        code, day = house.code, world.day(month, 1)
        payroll = steps.staff("payroll_officer", code) if steps.has("payroll_officer", code) else None
        admin = steps.staff("cooperative_admin", code)
        for sheet, rows, by in (
            ("members", world.member_rows(code, month), payroll or admin),
            ("activities", world.activity_rows(code, month), admin),
            ("contracts", world.contract_rows(code, month), payroll),
        ):
            path = world.write(code, f"{sheet}-{name}", rows)
            steps.bring(world, sheet, code, path, by=by, on=day)


def finish(world: World, month: Month) -> None:
    """Let those go who leave in the month, after its pay: activity, contract, membership end with its last day.

    Roles end with them, and rights are those of today: what they do themselves must come before.
    """
    for member in world.members:
        last = world.last_of(member)
        if last is None or Month.of(last) != month:
            continue
        until = last + timedelta(days=1)
        officer = steps.staff("payroll_officer", member.house)
        admin = steps.staff("cooperative_admin", member.house)
        contract = EmploymentContract.objects.get(
            cooperative__code=member.house, worker_number=world.worker_number(member)
        )
        if contract.valid_until is not None:
            continue
        services.end_contract(contract=contract, valid_until=until, by=officer)
        for runs in Runs.objects.filter(person=contract.person, valid_until__isnull=True):
            services.stop_running(runs=runs, valid_until=until, by=admin)
        membership = Membership.objects.get(person=contract.person, cooperative=contract.cooperative)
        services.end_membership(membership=membership, valid_until=until, by=officer)
