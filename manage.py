#!/usr/bin/env python
"""Command line of Partagée. Owner-only commands connect as the owner of the schema, all others as the runtime role."""

import os
import sys

OWNER_COMMANDS = {
    "migrate",
    "makemigrations",
    "prepare_database",
    "sqlmigrate",
    "showmigrations",
    "create_max_migration_files",
}


def main() -> None:
    """Run the management command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coop.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("PARTAGEE_DATABASE_ROLE", "owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
