"""Founds the group of the demonstration: cooperatives with open books, policies, bank accounts, and the support team."""

from datetime import date
from decimal import Decimal

from coop.access import services as access
from coop.access.models import Role, User
from coop.administration import services as administration
from coop.demo import cast, numbers
from coop.demo.cast import House, Staff
from coop.demo.world import World
from coop.entities.models import Cooperative, Group
from coop.ledger import services as ledger

FEE = [["0", "0.10"], ["60000", "0.08"]]
FUND = Decimal("0.01")
BIC = "GKCCBEBB"


def found(world: World) -> None:
    """Found what is not there yet: group, cooperatives, support team."""
    group = Group.objects.filter(name=cast.GROUP).first() or administration.create_group(name=cast.GROUP)
    for house in world.houses:
        if not Cooperative.objects.filter(code=house.code).exists():
            _found_house(world, group, house)
    for person in cast.STAFF:
        if not User.objects.filter(email=cast.address(person.name)).exists():
            _appoint(group, person, world.first_day)


def _found_house(world: World, group: Group, house: House) -> None:
    cooperative = administration.create_cooperative(
        group=group, code=house.code, name=house.name, enterprise_number=numbers.enterprise_number(house.serial),
        legal_form="SC agréée" if house.language == "fr" else "erkende CV", street=house.street, postcode=house.postcode,
        town=house.town, email=f"bonjour@{house.code}.example", phone="02 000 00 0" + str(house.serial), kind=house.kind,
        court=house.court, language=house.language, opened_on=date(world.first_day.year - 6, 1, 1), years=world.years, by=None,
    )  # fmt: skip
    ledger.open_bank_account(cooperative=cooperative, iban=numbers.iban(house.serial), bic=BIC, holder=house.name)
    day = world.first_day
    administration.set_fee_policy(cooperative=cooperative, valid_from=day, tiers=FEE, on=day, by=None)
    administration.set_fund_policy(cooperative=cooperative, valid_from=day, rate=FUND, on=day, by=None)
    administration.set_reserve_policy(cooperative=cooperative, valid_from=day, months=Decimal(1), on=day, by=None)


def _appoint(group: Group, person: Staff, since: date) -> None:
    """Give somebody of the support team a login and the roles; coaches get theirs with the activities."""
    login = access.create_login(name=person.name, email=cast.address(person.name), language=person.language, by=None)
    role = Role(person.role)
    if role == Role.GROUP_ADMIN:
        access.grant_role(user=login, role=role, group=group, valid_from=since, by=None)
    elif role != Role.COACH:
        for code in person.houses:
            cooperative = Cooperative.objects.get(code=code)
            until = date(since.year + 3, 1, 1) if role == Role.AUDITOR else None
            access.grant_role(
                user=login, role=role, cooperative=cooperative, valid_from=since, valid_until=until, by=None
            )
