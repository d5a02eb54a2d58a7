"""September 2026 of Atelier Lina, as people live it: every step is a form that somebody fills in, in the order of the guide.

Only the cooperative, its people and the opening balance are made beforehand. The journeys and the screenshots share it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from coop.access.models import Role, User
from coop.celery import app
from coop.demo import numbers
from invoicing.models import Customer, Invoice
from invoicing.purchases.models import ExpenseNote, SupplierInvoice
from payroll import tasks
from payroll.models import PayrollRun, Payslip, SalaryOrder
from tests import cast
from tests.invoicing import build as sales
from tests.invoicing.purchases import build as costs
from tests.payroll import build

CUSTOMER = {
    "kind": "business", "name": "Librairie Papyrus SRL", "vat_number": "BE 0403.170.701", "street": "Rue Neuve 12",
    "postcode": "4000", "town": "Liège", "country": "BE", "email": "compta@papyrus.example", "language": "fr",
    "payment_days": "30",
}  # fmt: skip
DRAFT = {
    "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-description": "Identité visuelle, septembre",
    "lines-0-quantity": "6", "lines-0-unit": "DAY", "lines-0-unit_price": "500,00", "lines-0-sale": "service",
}  # fmt: skip


@contextmanager
def work_done_at_once() -> Iterator[None]:
    """Let this process do at once what workers are told to do after a commit."""
    app.conf.task_always_eager = True
    try:
        yield
    finally:
        app.conf.task_always_eager = False


@contextmanager
def day(text: str) -> Iterator[None]:
    """Live a day of the month: ``2026-09-14``, from ten in the morning."""
    with time_machine.travel(cast.at(f"{text} 10:00")):
        yield


def world() -> cast.World:
    """Atelier Lina on 1 September 2026: the contract, two months of pay known, 4,100.00 collected; everybody reads French.

    Farid coaches Lina too, and the cooperative pays 0.40 a kilometre.
    """
    made = cast.world()
    User.objects.update(language="fr")
    made.users = {name: User.objects.get(pk=user.pk) for name, user in made.users.items()}
    build.employer(made.archipel)
    contract = build.contract(made.people["lina"], made.archipel)
    for month in (build.JULY, build.AUGUST):
        build.opening(contract, month)
    with transaction.atomic():
        build.money(made, "lina", "4100.00")
    costs.kilometre_rate(made, "0.40")
    cast.grant(made.farid, Role.COACH, activity=made.activities["lina"])
    return made


def neighbours(lived: cast.World) -> None:
    """Give Lina two colleagues with a contract at the same hours, customers and money, as in any cooperative."""
    for name, gross, reduction, money in (
        ("aline", "1600.00", "61.83", "6200.00"),
        ("chloe", "1500.00", "97.23", "6400.00"),
    ):
        contract = build.contract(lived.people[name], lived.archipel, gross=gross)
        for month in (build.JULY, build.AUGUST):
            build.opening(contract, month, gross=gross, reduction=reduction)
        build.money(lived, name, money)
    for name, customer, serial, text, quantity, price, on in (
        ("aline", "Maison des Langues ASBL", 401, "Traduction du rapport annuel", "11800", "0.10", date(2026, 7, 7)),
        ("aline", "Uitgeverij Noord BV", 402, "Vertaling website, 2 talen", "3", "800.00", date(2026, 9, 1)),
        ("chloe", "Résidence du Parc ASBL", 403, "Entretien du jardin, août", "24", "45.00", date(2026, 9, 1)),
    ):
        activity, by = lived.activities[name], lived.users[name]
        buyer = sales.customer(activity, by, name=customer, vat_number=f"BE{numbers.enterprise_number(serial)}")
        sales.invoice(activity, by, sales.line(quantity, price, description=text), on=on, to=buyer)


def orders_of_the_neighbours(lived: cast.World) -> None:
    """22 September: the colleagues order a little more than their contracts give."""
    build.order(lived, "aline", "1450.00", "net")
    build.order(lived, "chloe", "1550.00")


def browse(user: User) -> Client:
    """Log somebody in with their password, on the page of the site."""
    client = Client()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": cast.PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def send(client: Client, name: str, /, *arguments: object, **fields: Any) -> Any:
    """Send a form as the page shows it, its key included, and read where it leads."""
    address = reverse(name, args=arguments)
    found = re.search(r'name="idempotency_key" value="([^"]+)"', client.get(address).content.decode())
    key = {"idempotency_key": found[1]} if found else {}
    answer = client.post(address, {**key, **fields}, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return answer


# --- the steps, in their order ----------------------------------------------------------------------------------------


def buy_the_licence(lived: cast.World) -> SupplierInvoice:
    """10 September: Lina enters the licence with its receipt and submits it; Bruno approves it."""
    lina, bruno = browse(lived.lina), browse(lived.bruno)
    send(
        lina, "purchases:cost_new", "suppliers",
        **{
            "supplier_name": "Logiciels SA", "supplier_number": "F-77", "dated_on": "10/09/2026",
            "lines-TOTAL_FORMS": "4", "lines-INITIAL_FORMS": "0", "lines-0-cost_type": "software",
            "lines-0-description": "Licence annuelle", "lines-0-amount": "200,00",
            **{f"lines-{number}-rate": "0.21" for number in range(4)},
        },
    )  # fmt: skip
    bought = SupplierInvoice.objects.get()
    act = ("purchases:cost_act", "suppliers", bought.pk)
    press(lina, *act, "receipt", file=SimpleUploadedFile("f77.pdf", costs.receipt().content))
    press(lina, *act, "submit")
    press(bruno, *act, "approve", booked_on="10/09/2026")
    return bought


def press(client: Client, name: str, /, *arguments: object, **fields: Any) -> Any:
    """Press a button of a page."""
    answer = client.post(reverse(name, args=arguments), fields, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return answer


def add_the_customer(lived: cast.World) -> Customer:
    """14 September: Lina adds her customer."""
    send(browse(lived.lina), "invoicing:customer_new", **CUSTOMER)
    return Customer.objects.get(activity=lived.activities["lina"])


def draft_the_invoice(lived: cast.World) -> Invoice:
    """14 September: Lina drafts six days of work."""
    send(
        browse(lived.lina),
        "invoicing:invoice_new",
        act="save",
        customer=str(Customer.objects.get(activity=lived.activities["lina"]).pk),
        **DRAFT,
    )
    return Invoice.objects.get(activity=lived.activities["lina"])


def issue_the_invoice(lived: cast.World) -> Invoice:
    """14 September: Lina issues it."""
    send(
        browse(lived.lina),
        "invoicing:invoice_issue",
        Invoice.objects.get(activity=lived.activities["lina"]).pk,
        on="14/09/2026",
    )
    return Invoice.objects.get(activity=lived.activities["lina"])


def claim_the_kilometres(lived: cast.World) -> ExpenseNote:
    """18 September: Lina claims 300 km and submits the note."""
    lina = browse(lived.lina)
    send(
        lina, "purchases:cost_new", "notes",
        **{
            "claimant": str(lived.people["lina"].pk), "lines-TOTAL_FORMS": "4", "lines-INITIAL_FORMS": "0",
            "lines-0-cost_type": "kilometres", "lines-0-description": "Bruxelles–Liège, trois fois",
            "lines-0-spent_on": "18/09/2026", "lines-0-kilometres": "300", "lines-0-rate": "0",
            **{f"lines-{number}-rate": "0.21" for number in range(1, 4)},
        },
    )  # fmt: skip
    note = ExpenseNote.objects.get()
    press(lina, "purchases:cost_act", "notes", note.pk, "submit")
    return note


def approve_the_kilometres(lived: cast.World) -> ExpenseNote:
    """18 September: Farid, her coach, approves them."""
    note = ExpenseNote.objects.get()
    press(browse(lived.farid), "purchases:cost_act", "notes", note.pk, "approve", booked_on="18/09/2026")
    return note


def order_the_salary(lived: cast.World) -> SalaryOrder:
    """22 September: Lina orders the wage of her contract."""
    press(browse(lived.lina), "payroll:salary_month", build.SEPTEMBER, target="gross", amount="1450,00")
    return SalaryOrder.objects.get(person=lived.people["lina"])


def approve_the_order(lived: cast.World) -> SalaryOrder:
    """22 September: Élise approves it."""
    order = SalaryOrder.objects.get(person=lived.people["lina"])
    press(browse(lived.elise), "payroll:order_detail", order.pk, act="approve")
    return SalaryOrder.objects.get(pk=order.pk)


def open_the_run(lived: cast.World) -> PayrollRun:
    """22 September: Élise opens the run; a worker calculates it."""
    send(browse(lived.elise), "payroll:run_open", cooperative=str(lived.archipel.pk), month=str(build.SEPTEMBER))
    return PayrollRun.objects.get()


def submit_the_run(lived: cast.World) -> PayrollRun:
    """26 September: Élise has checked the run and hands it over."""
    press(browse(lived.elise), "payroll:run_submit", PayrollRun.objects.get().pk)
    return PayrollRun.objects.get()


def approve_the_run(lived: cast.World) -> Payslip:
    """28 September: Bruno approves the run; a worker posts it and makes the payslip."""
    press(browse(lived.bruno), "payroll:run_approve", PayrollRun.objects.get().pk, typed="2026-09")
    return Payslip.objects.get(person=lived.people["lina"])


def settle_the_quarter() -> None:
    """30 September: beat wakes the worker that settles the quarter."""
    tasks.open_runs()


def record_the_payment(lived: cast.World, invoice: UUID) -> None:
    """14 October: Bruno records what the customer paid."""
    send(
        browse(lived.bruno), "invoicing:invoice_payment", invoice, amount="3630,00", booked_on="14/10/2026",
        bank_account=str(lived.banks["archipel"].pk),
    )  # fmt: skip
