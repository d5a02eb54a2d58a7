"""Check the books by adding them up again. Silent and exit code 0 when all holds; else one sentence per fault and exit code 1."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coop import clock
from coop.entities.models import Cooperative
from coop.ledger import checking


class Command(BaseCommand):
    """Run every check of ``coop.ledger.checking`` on one cooperative, or on all."""

    help = (
        "Adds the books up again by other ways than those that wrote them. Prints nothing and exits with 0 when all holds;"
        " otherwise prints one sentence per fault (cooperative, check, object, what is wrong) and exits with 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the code of a cooperative, or the wish to see the names of the checks."""
        parser.add_argument("--cooperative", help="code of a cooperative; all when left out")
        parser.add_argument("--fast", action="store_true", help="leave out the chain and the files of documents")
        parser.add_argument("--list", action="store_true", help="print the names of the checks and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one sentence per fault."""
        if options["list"]:
            self.stdout.write("\n".join(checking.names()))
            return
        cooperatives = Cooperative.objects.order_by("code")
        if options["cooperative"]:
            cooperatives = cooperatives.filter(code=options["cooperative"])
            if not cooperatives:
                raise CommandError(f"There is no cooperative with the code {options['cooperative']}.", returncode=2)
        found = [
            fault
            for cooperative in cooperatives
            for fault in checking.faults(cooperative, clock.now(), fast=options["fast"])
        ]
        for fault in found:
            self.stdout.write(fault)
        if found:
            sys.exit(1)
