"""Calculate and store payslips, and approve them, against bare statements of the same rows (B3)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import connection, transaction

from coop.ledger import lines as values
from coop.ledger import posting
from coop.ledger.models import Entry
from coop.periods import Month
from payroll import facts, pricing, services
from payroll.models import PayrollRun, Payslip, RunMember
from tests import cast
from tests.bench.bench_payroll_run import employees
from tests.bench.bench_posting import as_value, statements
from tests.bench.measuring import Row, in_turn
from tests.bench.sizes import Size
from tests.payroll import build

SUBJECT = "payroll_store"
FIRST = Month(2026, 1)


def measure(size: Size, world: cast.World) -> Iterator[Row]:
    """Measure the calculation of a run, over and over, then the approval of run after run."""
    if not RunMember.objects.filter(run__cooperative=world.archipel).exists():
        employees(world, size.members)
    month = next_month(world)
    run = build.calculated(world.archipel, month)
    contracts = list(run.members.values_list("contract", flat=True))
    rows = stored(run)

    def again(_round: int) -> None:
        Payslip.objects.filter(member__run=run).delete()
        services.recalculate(run=run.pk, by=world.elise)

    times = in_turn(
        {
            "store": lambda _round: calculate(run, month),
            "compute": lambda _round: compute(contracts, month),
            "copy": lambda _round: copy(rows),
        },
        rounds=size.rounds,
        before=again,
        baseline="copy",
    )
    parts = len(contracts)
    yield times.row(
        SUBJECT, "facts, computing and storing ÷ COPY of the same rows", "store", "copy", parts=parts, goal=Decimal(12)
    )
    yield times.row(SUBJECT, "facts, computing and storing ÷ facts and computing", "store", "compute", parts=parts)
    yield from _statements(run, month, world)
    yield from _approval(size, world, month)


def _statements(run: PayrollRun, month: Month, world: cast.World) -> Iterator[Row]:
    members = list(run.members.order_by("pk").values_list("pk", flat=True))
    counts = []
    for some in (members[:1], members[:20]):
        services.recalculate(run=run.pk, by=world.elise, members=some)
        counts.append(
            statements(
                lambda some=some: services.calculate_members(run=run.pk, at=cast.at(str(month.day(22))), members=some)
            )
        )
    yield Row(SUBJECT, "statements to calculate a chunk of 20 less those for one member", Decimal(counts[1] - counts[0]),
              unit="", goal=Decimal(0), detail=f"{counts[0]} for one, {counts[1]} for {min(20, len(members))}")  # fmt: skip


def _approval(size: Size, world: cast.World, month: Month) -> Iterator[Row]:
    submit(world, month)
    services.approve_run(run=run_of(world, month).pk, by=world.bruno, on=month.day(28), at=cast.at(str(month.day(28))))
    entries = entries_of(month)

    def ready(number: int) -> None:
        build.calculated(world.archipel, month.plus(number + 1))
        submit(world, month.plus(number + 1))

    def approve(number: int) -> None:
        due = month.plus(number + 1)
        run = run_of(world, due)
        services.approve_run(run=run.pk, by=world.bruno, on=due.day(28), at=cast.at(str(due.day(28))))

    times = in_turn(
        {"approve": approve, "post": lambda _round: post(world, month, entries)},
        rounds=min(size.long_rounds, 3),
        before=ready,
        baseline="post",
    )
    yield times.row(
        SUBJECT, "approval with entries and waiting documents ÷ post() of the same entries", "approve", "post",
        parts=len(entries), goal=Decimal("1.3"),
    )  # fmt: skip


def next_month(world: cast.World) -> Month:
    """Return the first month that has no run yet."""
    last = PayrollRun.objects.filter(cooperative=world.archipel).order_by("-month").first()
    return Month.of(last.month).plus(1) if last else FIRST


def run_of(world: cast.World, month: Month) -> PayrollRun:
    """Return the run of a month."""
    return PayrollRun.objects.get(cooperative=world.archipel, month=month.first)


def submit(world: cast.World, month: Month) -> None:
    """Hand the run of a month to the accountant."""
    services.submit_run(run=run_of(world, month).pk, by=world.elise, at=cast.at(f"{month.day(26)} 10:00"))


def calculate(run: PayrollRun, month: Month) -> None:
    """Calculate the members of a run that are to do, chunk by chunk, as a worker does."""
    while services.calculate_members(run=run.pk, at=cast.at(f"{month.day(22)} 20:01")):
        pass


def compute(contracts: Sequence[UUID], month: Month) -> None:
    """Read the facts and compute the payslips, and store nothing."""
    for basis in facts.bases(contracts, month).values():
        assert isinstance(basis, facts.Basis)
        pricing.payslip(basis, basis.contract_gross).to_json()


def stored(run: PayrollRun) -> str:
    """Return the rows of the payslips of a run, as COPY writes them."""
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY (SELECT p.* FROM payroll_payslip p JOIN payroll_runmember m ON m.id = p.member_id WHERE m.run_id = '"
            f"{run.pk}') TO STDOUT"
        ) as copying,
    ):
        return b"".join(bytes(part) for part in copying).decode()


def copy(rows: str) -> None:
    """Write the same rows into a table without guards, in a transaction of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_payslip (LIKE payroll_payslip INCLUDING INDEXES) ON COMMIT DROP")
        with cursor.copy("COPY bench_payslip FROM STDIN") as copying:
            copying.write(rows)
        cursor.execute("DROP TABLE IF EXISTS bench_payslip")


def entries_of(month: Month) -> list[list[values.Line]]:
    """Return the lines of the entries of a month's payslips, as a scheme would give them."""
    keys = [str(pk) for pk in Payslip.objects.filter(month=month.first).values_list("pk", flat=True)]
    return [
        [as_value(line) for line in entry.lines.select_related("account").order_by("position")]
        for entry in Entry.objects.filter(source="payroll.payslip", source_key__in=keys)
    ]


def post(world: cast.World, month: Month, entries: Sequence[Sequence[values.Line]]) -> None:
    """Post entries of the same lines, each in a transaction of its own."""
    for lines in entries:
        with transaction.atomic():
            posting.post(
                cooperative=world.archipel, journal="SAL", on=month.day(28), text="Bench", source="bench.pay",
                source_key=str(uuid4()), lines=lines,
            )  # fmt: skip
