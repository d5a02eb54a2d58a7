"""``python -m tests.bench``: measure, print each figure beside its goal, and end with how many goals are met.

Exit code 0: measured; with ``--strict``, 1 when a goal is missed and 3 when the machine was too noisy for a verdict.
"""

import argparse
import os
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run the bench on a database of its own, and return the exit code."""
    options = _parse(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    import django

    django.setup()
    from django.conf import settings

    from tests.bench import database, reporting, running, sizes

    size = sizes.QUICK if options.quick else sizes.FULL
    with database.of_its_own():
        machine = reporting.machine()
        print(f"{size.name}: " + ", ".join(f"{name} {value}" for name, value in machine.items()), flush=True)
        rows = running.run(running.chosen(options.only), size=size, say=lambda text: print(text, flush=True))
    print()
    print(reporting.table(rows))
    kept = Path(options.json) if options.json else Path(settings.VAR) / f"{size.name}.json"
    reporting.keep(kept, rows, machine)
    print(f"\nFigures kept in {kept}")
    print(reporting.final_line(rows))
    return running.exit_code(rows, strict=options.strict)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure the product as ratios.")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, a few minutes")
    parser.add_argument("--only", default="", metavar="NAME,NAME", help="these subjects only")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a goal is missed, 3 when too noisy to tell")
    parser.add_argument("--json", default="", metavar="FILE", help="where to keep the figures")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
