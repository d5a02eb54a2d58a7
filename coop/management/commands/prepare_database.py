"""Brings the database up to date: roles, schema, rights."""

from typing import Any

import environ
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from coop import roles


class Command(BaseCommand):
    """Create the two database roles where they are missing, migrate as the owner, and set the runtime role's rights.

    Safe to repeat and to start twice at once: one run at a time passes, and a run with nothing to do changes nothing.
    """

    help = "Creates the two database roles where needed, migrates as the owner and sets the rights of the runtime role."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare the database."""
        try:
            with roles.prepared(roles.addresses_of_settings(), var=settings.VAR) as addresses:
                connect_as_owner(addresses)
                executor = MigrationExecutor(connection)
                plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
                if plan:
                    call_command("migrate", interactive=False, verbosity=0)
                roles.apply_grants(connection)
        except roles.CannotPrepare as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            done = f"{len(plan)} migrations applied" if plan else "nothing to migrate"
            self.stdout.write(f"Database ready: {done}.")


def connect_as_owner(addresses: roles.Addresses) -> None:
    """Let Django's connection of this process be the owner's; it may have been created a moment ago."""
    connection.close()
    connection.settings_dict.update(environ.Env.db_url_config(addresses.owner))
