"""Founds a cooperative with its open books, its bank account and its first administrator."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from coop import clock
from coop.access import services as access
from coop.access.models import Role, User
from coop.administration import services
from coop.entities.models import Cooperative, Group, Language
from coop.errors import Refused
from coop.ledger import services as ledger

HELP = """Founds a cooperative: chart of accounts, journals, books of the year of --opened-on and of this year, bank account,
and a login for its first administrator. The group is founded when it is not there. Whole or not at all.

Then: set the administrator's password (manage.py changepassword EMAIL); the administrator gives the roles and sets the policies,
the payroll officer records the employer's terms, and the files of members, activities, contracts and opening are imported.

Exit codes: 0 founded; 1 refused, the reason is printed and nothing is written."""


class Command(BaseCommand):
    """``found_cooperative --group Rive --code archipel --name Archipel …``."""

    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        for name, words in (
            ("group", "name of the group; founded when it is not there"),
            ("code", "short name in addresses and commands: archipel"),
            ("name", "name of the legal person"),
            ("enterprise-number", "ten digits, checked"),
            ("legal-form", "for example: SC agréée"),
            ("street", "street and number"),
            ("postcode", ""),
            ("town", ""),
            ("email", "address shown on documents"),
            ("opened-on", "first day of the books, YYYY-MM-DD"),
            ("iban", "bank account on which customers pay, checked"),
            ("bic", "of that bank"),
            ("admin-name", "name of the first administrator"),
            ("admin-email", "login of the first administrator"),
        ):
            parser.add_argument(f"--{name}", required=True, help=words)
        parser.add_argument("--kind", choices=Cooperative.Kind.values, default=Cooperative.Kind.ENTREPRENEURS)
        parser.add_argument("--language", choices=Language.values, default=Language.FRENCH)
        parser.add_argument("--court", default="", help="register of legal persons: RPM Bruxelles")
        parser.add_argument("--phone", default="")
        parser.add_argument("--group-admin", action="store_true", help="the administrator also administers the group")

    def handle(self, *args: Any, **options: Any) -> None:
        """Found it, and say what comes next."""
        with translation.override(options.get("language") or "en"):
            try:
                opened_on = date.fromisoformat(options["opened_on"])
            except ValueError as error:
                raise CommandError(f"--opened-on is no day written YYYY-MM-DD: {options['opened_on']}") from error
            try:
                cooperative = _found(options, opened_on)
            except Refused as refused:
                raise CommandError(str(refused)) from refused
        self.stdout.write(f"{cooperative} is founded; its books are open from {opened_on.year} on.")
        self.stdout.write(f"Next: manage.py changepassword {options['admin_email'].lower()}")


@transaction.atomic
def _found(options: dict[str, Any], opened_on: date) -> Cooperative:
    today = clock.today()
    group = Group.objects.filter(name=options["group"]).first() or services.create_group(name=options["group"])
    details = {
        name: options[name]
        for name in (
            "code", "name", "enterprise_number", "legal_form", "street", "postcode", "town", "email", "kind", "language",
            "court", "phone",
        )
    }  # fmt: skip
    cooperative = services.create_cooperative(
        group=group, opened_on=opened_on, years=range(opened_on.year, today.year + 1), by=None, **details
    )
    iban = services.read_iban(options["iban"])
    ledger.open_bank_account(cooperative=cooperative, iban=iban, bic=options["bic"].upper(), holder=cooperative.name)
    email = options["admin_email"].lower()
    login = User.objects.filter(email=email).first() or access.create_login(
        name=options["admin_name"], email=email, language=options["language"], by=None
    )
    access.grant_role(
        user=login, role=Role.COOPERATIVE_ADMIN, cooperative=cooperative, valid_from=min(today, opened_on), by=None
    )
    if options["group_admin"]:
        access.grant_role(user=login, role=Role.GROUP_ADMIN, group=group, valid_from=min(today, opened_on), by=None)
    return cooperative
