"""Pages: server time against the same view with an empty template, and queries that do not grow with the rows (B7).

In one process, through all middleware, with a logged-in session. The database and the page share the cores.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.template import Template, engines
from django.template.loaders.base import Loader
from django.test import Client
from django.urls import reverse

from coop.banking import services as banking
from coop.ledger.models import Entry
from invoicing.models import Customer, Invoice
from payroll.models import PayrollRun, Payslip
from tests import cast
from tests.bench.bench_payroll_run import employees, run_month
from tests.bench.bench_payroll_store import next_month
from tests.bench.bench_posting import statements
from tests.bench.measuring import WALL, Row, Times, in_turn, median
from tests.bench.sizes import Size
from tests.invoicing import build

SUBJECT = "pages"
FEW = 2
HOST = "localhost"
Arguments = Callable[[cast.World], Mapping[str, object]]


def nothing(_world: cast.World) -> Mapping[str, object]:
    """No arguments in the address."""
    return {}


def activity(world: cast.World) -> Mapping[str, object]:
    """The activity of Aline."""
    return {"activity": world.activities["aline"].pk}


@dataclass(frozen=True)
class Page:
    """A page, who opens it, and whether it lists rows of which there may be more."""

    name: str
    who: str
    arguments: Arguments = nothing
    lists: bool = False
    query: str = ""

    @property
    def label(self) -> str:
        """What the page is called."""
        return f"{self.name} by {self.who}"

    def address(self, world: cast.World) -> str:
        """Return its address."""
        return reverse(self.name, kwargs=dict(self.arguments(world))) + self.query


def issued(world: cast.World) -> Mapping[str, object]:
    """The last invoice of Aline."""
    return {"pk": Invoice.objects.filter(activity=world.activities["aline"], state="issued").latest("issued_at").pk}


def draft(world: cast.World) -> Mapping[str, object]:
    """A draft of Aline."""
    found = Invoice.objects.filter(activity=world.activities["aline"], state="draft").first()
    return {"pk": (found or build.draft(world.activities["aline"], world.aline)).pk}


PAGES = (
    Page("members:home", "aline"),
    Page("members:home", "elise"),
    Page("members:home", "bruno"),
    Page("members:money", "aline"),
    Page("members:money_detail", "aline", activity, lists=True),
    Page("members:statement_year", "aline", activity),
    Page("members:statement_detail", "aline", lambda world: {**activity(world), "period": "2026-09"}),
    Page("members:me", "aline"),
    Page("members:person_list", "elise", lists=True),
    Page("members:person_detail", "elise", lambda world: {"person": world.people["aline"].pk}),
    Page("invoicing:invoice_list", "aline", lists=True),
    Page("invoicing:invoice_list", "bruno", lists=True),
    Page("invoicing:invoice_detail", "aline", issued),
    Page("invoicing:invoice_edit", "aline", draft),
    Page("invoicing:customer_list", "aline", lists=True),
    Page("invoicing:customer_detail", "aline", lambda _world: {"pk": Customer.objects.latest("pk").pk}, lists=True),
    Page("purchases:cost_home", "aline", lists=True),
    Page("ledger:lines", "aline", activity, lists=True),
    Page(
        "ledger:entry_detail",
        "aline",
        lambda _world: {"entry": Entry.objects.filter(journal__code="VEN").latest("pk").uuid},
    ),
    Page("ledger:trial_balance", "bruno"),
    Page("ledger:period_list", "bruno"),
    Page("payroll:run_list", "elise", lists=True),
    Page("payroll:run_detail", "elise", lambda _world: {"pk": PayrollRun.objects.latest("month").pk}, lists=True),
    Page("payroll:order_list", "elise", lists=True),
    Page("payroll:payslip_detail", "elise", lambda _world: {"pk": Payslip.objects.latest("month").pk}),
    Page("imports:import_list", "bruno", lists=True),
    Page("administration:policies", "amina", lambda world: {"cooperative": world.archipel.pk}),
)
QUERIES, ANYWHERE = Decimal(10), Decimal(15)


def measure(size: Size, world: cast.World) -> Iterator[Row]:
    """Measure every page, with few rows and with many."""
    add_rows(world, FEW)
    add_pay(world, size)
    few = {page.label: asked(page, world) for page in PAGES}
    add_rows(world, size.rows)
    many = {page.label: asked(page, world) for page in PAGES}
    grown = [page.label for page in PAGES if page.lists and many[page.label] > few[page.label]]
    yield Row(
        SUBJECT, "lists whose queries grow with their rows", Decimal(len(grown)), unit="", goal=Decimal(0),
        detail=", ".join(f"{label}: {few[label]} → {many[label]}" for label in grown),
    )  # fmt: skip
    most = max(many, key=lambda label: many[label])
    yield Row(SUBJECT, "most queries of a page", Decimal(many[most]), unit="", goal=ANYWHERE, detail=most)
    lists = {page.label: many[page.label] for page in PAGES if page.lists or "detail" in page.name}
    over = [f"{label} {count}" for label, count in lists.items() if count > QUERIES]
    yield Row(
        SUBJECT, f"lists and details with more than {QUERIES} queries", Decimal(len(over)), unit="", goal=Decimal(0),
        detail=", ".join(over),
    )  # fmt: skip
    yield from _times(size, world)


def _times(size: Size, world: cast.World) -> Iterator[Row]:
    measured = {page.label: timed(page, size, world) for page in PAGES}
    ratios = {label: median(times.ratios("page", "empty")) for label, times in measured.items()}
    pings = {label: median(times.ratios("page", "ping")) for label, times in measured.items()}
    controls = [times.control for times in measured.values() if times.control is not None]
    slow = sorted(ratios, key=lambda label: ratios[label], reverse=True)
    yield Row(
        SUBJECT, "page ÷ the same view with an empty template, median page", median(list(ratios.values())),
        goal=Decimal("2.0"), values=tuple(ratios.values()), control=median(controls),
    )  # fmt: skip
    yield Row(
        SUBJECT, "the same, slowest page", ratios[slow[0]], goal=Decimal("2.0"), control=median(controls),
        detail=", ".join(f"{label} {ratios[label]:.1f}" for label in slow[:3]),
    )  # fmt: skip
    far = max(pings, key=lambda label: pings[label])
    yield Row(
        SUBJECT, "page ÷ a view without session, template or query, median page", median(list(pings.values())),
        values=tuple(pings.values()), detail=f"most: {far}, {measured[far].milliseconds('page'):.0f} ms",
    )  # fmt: skip


def timed(page: Page, size: Size, world: cast.World) -> Times:
    """Measure one page against its empty template and against the health check."""
    client, address = logged_in(world, page.who), page.address(world)

    def empty(_round: int) -> None:
        with empty_templates():
            get(client, address)

    return in_turn(
        {
            "page": lambda _round: get(client, address),
            "empty": empty,
            "ping": lambda _round: get(client, reverse("health")),
        },
        rounds=size.long_rounds,
        clock=WALL,
        baseline="empty",
    )


def logged_in(world: cast.World, who: str) -> Client:
    """Return a client with the session of somebody."""
    client = Client()
    client.force_login(world.users[who])
    return client


def get(client: Client, address: str) -> Any:
    """Open an address, which must answer 200."""
    answer = client.get(address, headers={"host": HOST})
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return answer


def asked(page: Page, world: cast.World) -> int:
    """Return how many queries a page makes once its process is warm."""
    client, address = logged_in(world, page.who), page.address(world)
    get(client, address)
    return statements(lambda: get(client, address))


class Empty(Loader):
    """Gives an empty template for every name."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """Return the empty template."""
        return Template("", name=template_name, engine=self.engine)


@contextmanager
def empty_templates() -> Iterator[None]:
    """Let every template be empty for a while."""
    engine = engines["django"].engine  # type: ignore[attr-defined]
    loaders = engine.template_loaders
    engine.template_loaders = [Empty(engine)]
    try:
        yield
    finally:
        engine.template_loaders = loaders


def add_rows(world: cast.World, number: int) -> None:
    """Add customers, invoices, payments of every second one, and a draft, all of Aline."""
    made = Customer.objects.count()
    owner, by = world.activities["aline"], world.aline
    for place in range(made, made + number):
        buyer = build.customer(owner, by, name=f"Client {place:04d}", vat_number="", kind="private")
        invoice = build.invoice(owner, by, build.line(), to=buyer)
        if place % 2:
            banking.record_receipt(
                item=invoice.pk, amount=invoice.gross.amount, on=date(2026, 9, 20), bank_account=world.banks["archipel"],
                by=world.bruno, at=cast.at("2026-09-20"), reference=f"payment {place}",
            )  # fmt: skip


def add_pay(world: cast.World, size: Size) -> None:
    """See that Archipel has employees and an approved run."""
    if not PayrollRun.objects.filter(cooperative=world.archipel).exists():
        employees(world, size.members)
        run_month(world, next_month(world))
