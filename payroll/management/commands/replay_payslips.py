"""Calculates every stored payslip again and lists what comes out otherwise."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Prefetch

from coop.entities.models import Cooperative
from coop.periods import Month, NotAMonth
from payroll import engine, replay
from payroll.facts import law
from payroll.models import Payslip, PayslipShare

HELP = """Calculates every stored payslip again, from the facts stored with it, with today's code and the law of its month, and
lists every amount that differs: cooperative, worker's number, month, figure, stored and computed amount (EUR). Changes nothing.
Run it before and after an upgrade of the engine or of the parameters of the law.

With --parameters, the law is read from the parameter files of another folder: what would a changed value touch?

Exit codes: 0 all amounts are the same; 1 an amount differs, or a payslip cannot be calculated again; 2 wrong call."""

AT_ONCE = 200


class Command(BaseCommand):
    """``replay_payslips [--cooperative archipel] [--month 2026-09] [--parameters FOLDER]``."""

    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--cooperative", metavar="CODE", help="only the payslips of this cooperative")
        parser.add_argument("--month", metavar="YYYY-MM", help="only the payslips of this month")
        parser.add_argument(
            "--parameters", type=Path, metavar="FOLDER", help="parameter files (default: delivered ones)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Calculate again, compare, list."""
        today = _law(options["parameters"])
        count = figures = differing = lacking = older = 0
        for payslip in _payslips(options["cooperative"], options["month"]):
            count += 1
            older += (payslip.engine_version, payslip.law_digest) != (engine.ENGINE_VERSION, today.digest)
            where = f"{payslip.cooperative.code}  {payslip.contract.worker_number}  {payslip.month:%Y-%m}"
            try:
                found = _replayed(payslip, today)
            except (replay.NotWhole, engine.FactError, engine.NoLaw) as reason:
                lacking += 1
                self.stdout.write(f"{where}  cannot be calculated again: {reason}")
                continue
            differing, figures = differing + bool(found), figures + len(found)
            for one in found:
                self.stdout.write(f"{where}  {one}")
        self.stdout.write(
            f"{count} payslips: {count - differing - lacking} the same to the cent, {differing} differ in {figures} amounts, "
            f"{lacking} cannot be calculated again. {older} were calculated with another engine or other parameters than "
            f"today's (engine {engine.ENGINE_VERSION}, parameters {today.digest[:12]})."
        )
        if differing or lacking:
            raise CommandError(f"{differing + lacking} of {count} payslips are not what they were; see above.")


def _law(folder: Path | None) -> engine.Law:
    if folder is None:
        return law()
    try:
        return engine.Law.load(folder.resolve())
    except engine.BadParameters as fault:
        raise CommandError(f"The parameter files of {folder} cannot be used: {fault}.", returncode=2) from fault


def _payslips(cooperative: str | None, month: str | None) -> Iterator[Payslip]:
    """Stream the payslips, cooperative by cooperative and month by month, a few hundred in memory at a time."""
    rows = Payslip.objects.all()
    if cooperative is not None:
        if not Cooperative.objects.filter(code=cooperative).exists():
            known = ", ".join(Cooperative.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"There is no cooperative “{cooperative}”. Known: {known}.", returncode=2)
        rows = rows.filter(cooperative__code=cooperative)
    if month is not None:
        try:
            rows = rows.filter(month=Month.parse(month).first)
        except NotAMonth as error:
            raise CommandError(str(error), returncode=2) from error
    shares = PayslipShare.objects.select_related("activity").order_by("pk")
    return (
        rows.select_related("cooperative", "contract")
        .prefetch_related(Prefetch("shares", queryset=shares))
        .order_by("cooperative__code", "month", "contract__worker_number", "calculated_at", "pk")
        .iterator(chunk_size=AT_ONCE)
    )


def _replayed(payslip: Payslip, today: engine.Law) -> list[replay.Difference]:
    facts = replay.facts_of(payslip.facts, label=payslip.contract.worker_number)
    beside = replay.payment_facts_of(payslip.payment_facts, label=payslip.contract.worker_number)
    computed = engine.payslip(facts, today)
    return replay.differences(
        stored=replay.figures_of(payslip.figures),
        computed=engine.payment(beside, computed, today) if beside is not None else computed,
        columns={name: getattr(payslip, name) for name in replay.COLUMNS},
        borne=[
            replay.Borne(share.activity_id, share.activity.code, share.weight, share.cost)
            for share in payslip.shares.all()
        ],
    )
