"""Calculates every stored payslip and settled quarter again and lists what comes out otherwise."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Prefetch

from coop.entities.models import Cooperative
from coop.periods import Month, NotAMonth
from payroll import engine, replay
from payroll.engine.figures import Explained
from payroll.facts import law
from payroll.models import Payslip, PayslipShare, QuarterSettlement

HELP = """Calculates every stored payslip again, from the facts stored with it, with today's code and the law of its month, and
lists every amount that differs: cooperative, worker's number, month, figure, stored and computed amount (EUR). Settled quarters
likewise: quarter and sequence stand in place of the month. Changes nothing.
Run it before and after an upgrade of the engine or of the parameters of the law.

With --parameters, the law is read from the parameter files of another folder: what would a changed value touch?

Exit codes: 0 all amounts are the same; 1 an amount differs, or a payslip or quarter cannot be calculated again; 2 wrong call."""

AT_ONCE = 200
Row: TypeAlias = Payslip | QuarterSettlement
Replayed: TypeAlias = Callable[[Any, engine.Law], list[replay.Difference]]


@dataclass
class Sums:
    """How many payslips or quarters were calculated again, and what came of it."""

    word: str
    count: int = 0
    figures: int = 0
    differing: int = 0
    lacking: int = 0
    older: int = 0

    @property
    def bad(self) -> int:
        """Those that are not what they were."""
        return self.differing + self.lacking

    def sentence(self, today: engine.Law) -> str:
        """The sums in words."""
        return (
            f"{self.count} {self.word}: {self.count - self.bad} the same to the cent, {self.differing} differ in "
            f"{self.figures} amounts, {self.lacking} cannot be calculated again. {self.older} were calculated with another "
            f"engine or other parameters than today's (engine {engine.ENGINE_VERSION}, parameters {today.digest[:12]})."
        )


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
        payslips = self._again(_payslips(options["cooperative"], options["month"]), _replayed, today, "payslips")
        quarters = self._again(_quarters(options["cooperative"], options["month"]), _settled_again, today, "quarters")
        found = [one for one in (payslips, quarters) if one.bad]
        if found:
            sentence = " and ".join(f"{one.bad} of {one.count} {one.word}" for one in found)
            raise CommandError(f"{sentence} are not what they were; see above.")

    def _again(self, rows: Iterable[Row], replayed: Replayed, today: engine.Law, word: str) -> Sums:
        """Calculate rows again, list what differs and why one cannot be, and end with the sums; no quarter, no sums."""
        sums = Sums(word)
        for row in rows:
            sums.count += 1
            sums.older += (row.engine_version, row.law_digest) != (engine.ENGINE_VERSION, today.digest)
            where = f"{row.cooperative.code}  {row.contract.worker_number}  {_period(row)}"
            try:
                found = replayed(row, today)
            except (replay.NotWhole, engine.FactError, engine.NoLaw) as reason:
                sums.lacking += 1
                self.stdout.write(f"{where}  cannot be calculated again: {reason}")
                continue
            sums.differing, sums.figures = sums.differing + bool(found), sums.figures + len(found)
            for one in found:
                self.stdout.write(f"{where}  {one}")
        if sums.count or word == "payslips":
            self.stdout.write(sums.sentence(today))
        return sums


def _period(row: Row) -> str:
    """The month of a payslip; the quarter and the sequence of a settlement."""
    if isinstance(row, Payslip):
        return f"{row.month:%Y-%m}"
    month = Month.of(row.last_month)
    return f"{month.year}-Q{month.quarter}.{row.sequence}"


def _law(folder: Path | None) -> engine.Law:
    if folder is None:
        return law()
    try:
        return engine.Law.load(folder.resolve())
    except engine.BadParameters as fault:
        raise CommandError(f"The parameter files of {folder} cannot be used: {fault}.", returncode=2) from fault


def _chosen(cooperative: str | None, month: str | None, field: str) -> dict[str, Any]:
    """Return what of the options a query keeps: a cooperative, a month in a field."""
    wanted: dict[str, Any] = {}
    if cooperative is not None:
        if not Cooperative.objects.filter(code=cooperative).exists():
            known = ", ".join(Cooperative.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"There is no cooperative “{cooperative}”. Known: {known}.", returncode=2)
        wanted["cooperative__code"] = cooperative
    if month is not None:
        try:
            wanted[field] = Month.parse(month).first
        except NotAMonth as error:
            raise CommandError(str(error), returncode=2) from error
    return wanted


def _quarters(cooperative: str | None, month: str | None) -> Iterator[QuarterSettlement]:
    """Stream the settled quarters; a month chooses those that end with it."""
    return (
        QuarterSettlement.objects.filter(**_chosen(cooperative, month, "last_month"))
        .select_related("cooperative", "contract")
        .order_by("cooperative__code", "last_month", "contract__worker_number", "sequence")
        .iterator(chunk_size=AT_ONCE)
    )


def _settled_again(settlement: QuarterSettlement, today: engine.Law) -> list[replay.Difference]:
    facts = replay.quarter_facts_of(settlement.facts, label=settlement.contract.worker_number)
    return replay.amounts(
        stored=replay.quarter_figures_of(settlement.figures),
        computed=engine.settle_quarter(facts, today),
        columns={name: getattr(settlement, name) for name in replay.QUARTER_COLUMNS},
        names=replay.QUARTER_COLUMNS,
    )


def _payslips(cooperative: str | None, month: str | None) -> Iterator[Payslip]:
    """Stream the payslips, cooperative by cooperative and month by month, a few hundred in memory at a time."""
    rows = Payslip.objects.filter(**_chosen(cooperative, month, "month"))
    shares = PayslipShare.objects.select_related("activity").order_by("pk")
    return (
        rows.select_related("cooperative", "contract")
        .prefetch_related(Prefetch("shares", queryset=shares))
        .order_by("cooperative__code", "month", "contract__worker_number", "calculated_at", "pk")
        .iterator(chunk_size=AT_ONCE)
    )


def _replayed(payslip: Payslip, today: engine.Law) -> list[replay.Difference]:
    if payslip.simulation is not None:  # columns and shares hold the social secretariat's amounts
        return replay.amounts(
            stored=replay.figures_of(payslip.simulation), computed=_computed(payslip, today), columns={}, names={}
        )
    return replay.differences(
        stored=replay.figures_of(payslip.figures),
        computed=_computed(payslip, today),
        columns={name: getattr(payslip, name) for name in replay.COLUMNS},
        borne=[
            replay.Borne(share.activity_id, share.activity.code, share.weight, share.cost)
            for share in payslip.shares.all()
        ],
    )


def _computed(payslip: Payslip, today: engine.Law) -> Explained:
    number = payslip.contract.worker_number
    payment = replay.payment_facts_of(payslip.payment_facts, label=number)
    if payslip.nature:
        told = replay.exceptional_facts_of(payslip.facts, nature=payslip.nature, label=number)
        beside = engine.exceptional_payslip(told, today)
        return engine.payment(payment, beside, today) if payment is not None else beside
    computed = engine.payslip(replay.facts_of(payslip.facts, label=number), today)
    return engine.payment(payment, computed, today) if payment is not None else computed
