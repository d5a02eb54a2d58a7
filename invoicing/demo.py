"""The sales' and costs' part of the demonstration: what is sold and paid in a month, what is bought and claimed."""

from decimal import Decimal
from typing import Any

from coop import formatting
from coop.banking import services as banking
from coop.demo import costs, paper, steps
from coop.demo.costs import Purchase, Trip
from coop.demo.world import Played, World
from coop.entities.models import Activity
from coop.errors import Refused
from coop.ledger import queries as ledger
from coop.ledger.models import OpenItem
from coop.money import ZERO, cents
from coop.periods import Month
from invoicing import services
from invoicing.models import Invoice, SellerFact
from invoicing.peppol import switching
from invoicing.peppol.models import Network, PeppolPolicy
from invoicing.purchases import services as purchases
from invoicing.purchases.content import (
    ExpenseLine,
    ExpenseNoteContent,
    Receipt,
    SupplierInvoiceContent,
    SupplierLine,
)
from invoicing.purchases.deductibility import KILOMETRES, RATES
from invoicing.purchases.models import ExpenseNote, KilometreRate, SupplierInvoice
from invoicing.reminders import queries as late_invoices
from invoicing.reminders import services as reminders
from invoicing.reminders.deciding import Level, PrivateInterest, Promise, Terms
from invoicing.reminders.models import Reminder, ReminderPause, ReminderPolicy
from invoicing.vat.deciding import Exemption
from members.models import Person, Runs

DECIDED, PAID = 24, 27
DISPUTED, AGREED = "Le client attend le détail des heures", "Convenu par téléphone"
RULES = Terms(
    friendly_days=7, formal_days=15, notice_days=15, business_charges=True, private_rate=Decimal("0.08"),
    private_penalty=True, private_from=PrivateInterest.AFTER_WAITING, reminder_cost=ZERO,
)  # fmt: skip


def play(world: World, month: Month) -> None:
    """Bring in the customers of new activities, the month's documents and receipts; then enter and decide the costs."""
    for house in world.houses:
        code = house.code
        accountant = steps.staff("accountant", code)
        _say_what_is_exempt(world, code, accountant)
        for sheet, rows, day in (
            ("customers", world.customer_rows(code, month), world.day(month, 1)),
            ("invoices", world.invoice_rows(code, month), world.day(month, 31)),
            ("receipts", world.receipt_rows(code, month), world.day(month, 31)),
        ):
            path = world.write(code, f"{sheet}-{month}", rows)
            steps.bring(world, sheet, code, path, by=accountant, on=day)
        _spend(world, code, month, accountant)
        _pay(world, code, month, accountant)
        _remind(world, code, month, accountant)
        if month == Month.of(world.reference_day):
            switch_on(world, code)


def _say_what_is_exempt(world: World, code: str, accountant: Any) -> None:
    """Let the accountant record once which activities train people under article 44."""
    activities = {row.code: row for row in Activity.objects.filter(cooperative__code=code)}
    for played in world.of(code):
        trains = any(product.sale == "training" for product in played.trade.products)
        activity = activities.get(played.code)
        if trains and activity is not None and not SellerFact.objects.filter(activity=activity).exists():
            services.record_seller_fact(
                activity=activity.pk, fact=Exemption.TEACHING, evidence="Agrément de formation F-1042",
                valid_from=world.first_day, by=accountant, at=world.at(world.first_day),
            )  # fmt: skip


def switch_on(world: World, code: str) -> None:
    """Let a cooperative send and receive inside the demonstration from its day on; what was issued before stays unsent."""
    cooperative = steps.house(code)
    if not PeppolPolicy.objects.filter(cooperative=cooperative).exists():
        switching.switch_on(
            cooperative=cooperative.pk, network=Network.LOOPBACK, valid_from=world.reference_day,
            today=world.reference_day, by=steps.staff("cooperative_admin", code),
        )  # fmt: skip


# --- costs ------------------------------------------------------------------------------------------------------------


def _spend(world: World, code: str, month: Month, accountant: Any) -> None:
    """Let the members enter what they bought and drove in the month; the accountant decides what has a day behind it."""
    cooperative = steps.house(code)
    if not KilometreRate.objects.filter(cooperative=cooperative).exists():
        purchases.set_kilometre_rate(
            cooperative=cooperative.pk, amount=costs.KILOMETRE_RATE, valid_from=world.first_day,
            by=steps.staff("cooperative_admin", code),
        )  # fmt: skip
    for played in world.of(code):
        if not played.first <= month <= played.last:
            continue
        activity = Activity.objects.get(cooperative=cooperative, code=played.code)
        runs = Runs.objects.filter(activity=activity).on(month.last).select_related("person__user")
        person = next((one.person for one in runs.order_by("valid_from", "person__sort_name")), None)
        if person is not None:
            _buy(world, played, activity, person, month, accountant)
            _drive(world, played, activity, person, month, accountant)


def _buy(world: World, played: Played, activity: Activity, person: Person, month: Month, accountant: Any) -> None:
    months = list(world.first_month.until(played.last))
    for bought in costs.purchases_of(played.place, played.code, played.trade.purchases, months):
        if Month.of(bought.day) != month or bought.day > world.reference_day:
            continue
        if SupplierInvoice.objects.filter(activity=activity, supplier_number=bought.number).exists():
            continue
        at = world.at(bought.day)
        invoice = purchases.create_supplier_invoice(
            activity=activity.pk, content=_supplier_invoice(bought), by=person.user, at=at
        )
        receipt = Receipt(f"{bought.number.replace('/', '-')}.pdf", paper.sheet(_invoice_lines(bought, activity)))
        purchases.attach_receipt(model=SupplierInvoice, cost=invoice.pk, receipt=receipt, by=person.user, at=at)
        purchases.submit_cost(model=SupplierInvoice, cost=invoice.pk, by=person.user, at=at)
        _decide(world, SupplierInvoice, invoice.pk, month, accountant)


def _supplier_invoice(bought: Purchase) -> SupplierInvoiceContent:
    return SupplierInvoiceContent(
        supplier_name=bought.supplier, supplier_vat_number=bought.vat_number, supplier_number=bought.number,
        dated_on=bought.day,
        lines=[SupplierLine(cost_type=bought.kind, description=bought.text, net=bought.net, rate=RATES[0])],
    )  # fmt: skip


def _invoice_lines(bought: Purchase, activity: Activity) -> list[str]:
    return [
        bought.supplier, bought.vat_number, "", f"Facture {bought.number}", formatting.short_day(bought.day),
        f"{activity.cooperative} – {activity}", "", bought.text, f"{formatting.amount(bought.net)} EUR HTVA, TVA 21 %",
    ]  # fmt: skip


def _drive(world: World, played: Played, activity: Activity, person: Person, month: Month, accountant: Any) -> None:
    for trip in costs.trips_of(played.place, played.code, list(world.first_month.until(played.last))):
        if Month.of(trip.day) != month or trip.day > world.reference_day:
            continue
        if ExpenseNote.objects.filter(activity=activity, note=trip.text).exists():
            continue
        at = world.at(trip.day)
        note = purchases.create_expense_note(
            activity=activity.pk, content=_expense_note(trip, person), by=person.user, at=at
        )
        purchases.submit_cost(model=ExpenseNote, cost=note.pk, by=person.user, at=at)
        _decide(world, ExpenseNote, note.pk, month, accountant)


def _expense_note(trip: Trip, person: Person) -> ExpenseNoteContent:
    line = ExpenseLine(
        cost_type=KILOMETRES, description="Déplacement chez un client", spent_on=trip.day, kilometres=trip.kilometres
    )
    return ExpenseNoteContent(claimant=person.pk, lines=[line], note=trip.text)


def _decide(world: World, model: Any, cost: Any, month: Month, accountant: Any) -> None:
    """Approve a cost on the accountant's day; refuse it with the reason when there is not enough free. Later ones wait."""
    day = month.day(DECIDED)
    if day > world.reference_day:
        return
    try:
        purchases.approve_cost(model=model, cost=cost, on=day, by=accountant, at=world.at(day))
    except Refused as refused:
        purchases.refuse_cost(model=model, cost=cost, reason=str(refused), by=accountant, at=world.at(day))


def _pay(world: World, code: str, month: Month, accountant: Any) -> None:
    """Pay what was approved in the month before, from the bank."""
    day = month.day(PAID)
    if day > world.reference_day:
        return
    account = steps.bank(code)
    before = month.plus(-1)
    items = OpenItem.objects.filter(
        cooperative__code=code, role__in=["suppliers", "member_claims"], issued_on__gte=before.first,
        issued_on__lte=before.last,
    )  # fmt: skip
    open_amounts = ledger.residuals(items.values_list("pk", flat=True))
    for item in items.order_by("issued_on", "reference"):
        due = -open_amounts.get(item.pk, -item.gross)
        if due > 0:
            banking.record_payment(
                item=item.pk, amount=due, on=day, bank_account=account, by=accountant, at=world.at(day),
                reference=f"{month} {item.reference}"[:80],
            )  # fmt: skip


# --- reminders --------------------------------------------------------------------------------------------------------


def _remind(world: World, code: str, month: Month, accountant: Any) -> None:
    """Set the rules in the first month; in the last, remind of one late invoice, note a dispute and agree a plan."""
    cooperative = steps.house(code)
    if not ReminderPolicy.objects.filter(cooperative=cooperative).exists():
        reminders.set_policy(
            cooperative=cooperative.pk, valid_from=world.first_day, terms=RULES, texts={},
            by=steps.staff("cooperative_admin", code),
        )  # fmt: skip
    if month != world.month or Reminder.objects.filter(invoice__cooperative=cooperative).exists():
        return
    day = world.reference_day
    late = [one for one in late_invoices.standings(Invoice.objects.filter(cooperative=cooperative), day) if one.ready]
    acts = {"by": accountant, "on": day, "at": world.at(day)}
    for place, one in enumerate(late[:3]):
        if place == 0:
            reminders.remind(invoice_id=one.invoice.pk, level=Level.FRIENDLY, **acts)
        elif place == 1:
            reminders.stop_reminders(
                invoice_id=one.invoice.pk, kind=ReminderPause.Kind.DISPUTE, reason=DISPUTED,
                **acts,
            )  # fmt: skip
        else:
            half = cents(one.facts.principal / 2)
            promises = [
                Promise(month.plus(1).day(15), half),
                Promise(month.plus(2).day(15), one.facts.principal - half),
            ]
            reminders.agree_plan(invoice_id=one.invoice.pk, promises=promises, reason=AGREED, **acts)
