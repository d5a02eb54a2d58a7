"""The pages of what stands beside the pay: recorded by the payroll officer, entered by the member, read on the payslip."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from members.models import EmploymentContract, Reading
from payroll import documents, services
from payroll.beside_models import AllowanceMonth, AllowanceTerms, PayDeduction, WageAttachment
from payroll.models import Payslip
from tests import cast
from tests.journeys.reading import SPACES
from tests.payroll import build
from tests.payroll.test_beside_pay import APRIL, MAY, attached, contract, deducted, entered, granted

pytestmark = pytest.mark.django_db
EUR = Decimal


@pytest.fixture
def world() -> cast.World:
    """Aline works full time for 2900.00, with money on her activity."""
    world = cast.world()
    build.employer(world.archipel)
    build.contract(world.people["aline"], world.archipel, gross="2900.00", hours="38")
    build.money(world, "aline", "60000.00", on=APRIL.first)
    return world


@pytest.fixture(autouse=True)
def today():
    """It is noon on 22 April 2026."""
    with time_machine.travel("2026-04-22 12:00:00+02:00", tick=False):
        yield


def browse(user: Any) -> Client:
    """Log somebody in."""
    client = Client()
    client.force_login(user)
    return client


def text(answer: Any) -> str:
    """The page with plain spaces."""
    return answer.content.decode().translate(SPACES)


def send(world: cast.World, act: str, values: dict[str, str], *, record: str = "") -> Any:
    """Let Élise send a form of Aline's page."""
    name = f"{act}-{record}" if record else act
    data = {"act": act, "record": record, **{f"{name}-{field}": value for field, value in values.items()}}
    return browse(world.elise).post(reverse("payroll:beside_detail", args=[contract(world).pk, APRIL]), data)


TERMS = {
    "since": "2026-04", "car_rate": "0,45", "car_index": "quarterly", "bicycle_rate": "0,30", "bicycle_kilometres": "12",
    "home_working": "100,00", "voucher_employer": "6,91", "voucher_worker": "1,09",
}  # fmt: skip
ATTACHMENT = {
    "kind": "ordinary", "claim": "800,00", "creditor": "Huissier Exemple", "iban": "BE71 0961 2345 6769",
    "reference": "D-2026-17", "children": "1", "valid_from": "03/04/2026",
}  # fmt: skip
DEDUCTION = {
    "kind": "advance", "amount": "300,00", "per_month": "", "since": "2026-04", "given": "to_pay", "limit": "one_fifth",
    "reason": "Asked for in March.",
}  # fmt: skip


def test_the_officer_records_all_that_stands_beside_the_pay(world: cast.World) -> None:
    answers = [
        send(world, "terms", TERMS),
        send(world, "month", {"kilometres": "200", "bicycle_days": "10", "vouchers": "20"}),
        send(world, "attachment", ATTACHMENT),
        send(world, "deduction", DEDUCTION),
    ]

    assert [one.status_code for one in answers] == [302] * 4
    assert AllowanceTerms.objects.get().car_rate == EUR("0.4500")
    assert AllowanceMonth.objects.get().vouchers == 20
    assert (WageAttachment.objects.get().iban, WageAttachment.objects.get().children) == ("BE71096123456769", 1)
    assert PayDeduction.objects.get().reason == "Asked for in March."
    page = text(browse(world.elise).get(reverse("payroll:beside_detail", args=[contract(world).pk, APRIL])))
    for words in ("Huissier Exemple", "BE71 0961 2345 6769", "800.00", "advance on pay", "300.00"):
        assert words in page, words
    overview = browse(world.elise).get(reverse("payroll:beside_list"), {"month": "2026-04"}).content.decode()
    for words in ("Aline", "200", "800.00", "300.00"):
        assert words in overview, words


def test_the_officer_ends_what_is_recorded(world: cast.World) -> None:
    attachment, deduction = attached(world), deducted(world)

    send(world, "end_attachment", {"until": "29/04/2026"}, record=str(attachment.pk))
    send(world, "end_deduction", {"until": "2026-05"}, record=str(deduction.pk))

    attachment.refresh_from_db()
    deduction.refresh_from_db()
    assert str(attachment.valid_until) == "2026-04-29"
    assert deduction.valid_until == MAY.first


@pytest.mark.parametrize(
    ("act", "values", "words"),
    [
        ("month", {"kilometres": "200", "bicycle_days": "31", "vouchers": "0"}, "more than the 30 days of April 2026"),
        ("terms", {**TERMS, "car_rate": "0,46"}, "that the law of April 2026 leaves outside pay"),
        (
            "attachment",
            {**ATTACHMENT, "valid_from": "01/12/2025"},
            "The scale of wage attachments of 2025 is not confirmed",
        ),
        ("attachment", {**ATTACHMENT, "iban": "BE71 0961 2345 6768"}, "This IBAN is not right"),
        ("deduction", {**DEDUCTION, "limit": "left_before_settlement"}, "Only damages are deducted without limit"),
        ("nonsense", {}, "Allowances and deductions of"),
    ],
)
def test_a_refusal_answers_422_and_keeps_what_was_typed(
    world: cast.World, act: str, values: dict[str, str], words: str
) -> None:
    granted(world)

    answer = send(world, act, values)

    page = text(answer)
    assert answer.status_code == 422
    assert words in page
    for typed in values.values():
        assert typed in page


def test_the_member_enters_the_month_and_sees_what_is_deducted(world: cast.World) -> None:
    granted(world)
    attached(world)
    deducted(world)
    client, made = browse(world.aline), contract(world)
    address = reverse("payroll:salary_beside", args=[APRIL])

    sent = client.post(
        address, {"contract": str(made.pk), f"{made.pk}-kilometres": "120,5", f"{made.pk}-bicycle_days": "4"}
    )

    page = client.get(address).content.decode()
    assert sent.status_code == 302
    row = AllowanceMonth.objects.get()
    assert (row.kilometres, row.bicycle_days, row.vouchers) == (EUR("120.50"), 4, 0)
    for words in ("120.5", "Huissier Exemple", "advance on pay", "Asked for in March."):
        assert words in page, words
    wrong = client.post(
        address, {"contract": str(made.pk), f"{made.pk}-kilometres": "abc", f"{made.pk}-bicycle_days": "4"}
    )
    assert (wrong.status_code, "abc" in wrong.content.decode()) == (422, True)


def test_nobody_enters_the_month_of_somebody_else(world: cast.World) -> None:
    granted(world)
    made = contract(world)

    answer = browse(world.lina).post(
        reverse("payroll:salary_beside", args=[APRIL]),
        {"contract": str(made.pk), f"{made.pk}-kilometres": "120", f"{made.pk}-bicycle_days": "4"},
    )

    assert answer.status_code == 422
    assert not AllowanceMonth.objects.exists()


def test_a_record_of_another_contract_is_not_ended_from_this_page(world: cast.World) -> None:
    attachment = attached(world)
    other = build.contract(world.people["lina"], world.archipel)

    answer = browse(world.elise).post(
        reverse("payroll:beside_detail", args=[other.pk, APRIL]),
        {
            "act": "end_attachment", "record": str(attachment.pk),
            f"end_attachment-{attachment.pk}-until": "29/04/2026",
        },
    )  # fmt: skip

    attachment.refresh_from_db()
    assert (answer.status_code, attachment.valid_until) == (422, None)


def test_the_salary_page_shows_what_stands_beside_the_pay_apart_from_its_cost(world: cast.World) -> None:
    client = browse(world.aline)
    address = reverse("payroll:salary_month", args=[APRIL])
    before = client.get(address).context["price"].cost
    granted(world)
    entered(world)
    deducted(world)

    page = client.get(address)

    assert page.context["price"].cost == before
    for words in ("Allowance for one&#x27;s own car", "Employer&#x27;s share of the meal vouchers", "Amount to pay"):
        assert words in page.content.decode(), words


def test_reading_the_page_of_somebody_else_is_noted(world: cast.World) -> None:
    browse(world.elise).get(reverse("payroll:beside_detail", args=[contract(world).pk, APRIL]))

    assert Reading.objects.filter(person=world.people["aline"], by=world.elise).count() == 1


# --- the payslip ------------------------------------------------------------------------------------------------------


@pytest.fixture
def slip(world: cast.World) -> Payslip:
    """Aline's approved payslip of April with everything beside it."""
    granted(world)
    entered(world)
    attached(world)
    deducted(world)
    build.approved(world, APRIL)
    return Payslip.objects.get()


def test_the_payslip_unfolds_each_line_from_the_net_to_the_amount_to_pay(world: cast.World, slip: Payslip) -> None:
    page = browse(world.aline).get(reverse("payroll:payslip_detail", args=[slip.pk])).content.decode()

    for words in (
        "From the net to the amount to pay", "200 kilometres at €0.45 each.", "The claim of €800.00, at most the attachable",
        "20% of the cash pay of", "€6.91 for each of 20.", "Allowances and meal vouchers", "364.20",
    ):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_the_document_shows_and_explains_what_stands_beside_the_net(slip: Payslip, language: str) -> None:
    with translation.override(language):
        html = render_to_string(documents.TEMPLATE, {**documents.context_of(slip), "language": language})
        total = documents.slips.to_payment(documents.queries.figures_of(slip))[-1]

    assert "D-2026-17" not in html
    assert total.amount == slip.to_pay
    assert html.count(total.label) >= 2
    assert "0,45" in html or "0.45" in html


def test_the_lists_of_the_member_and_of_the_run_show_what_is_to_pay(world: cast.World, slip: Payslip) -> None:
    amount = f"{slip.to_pay:,.2f}"

    mine = browse(world.aline).get(reverse("payroll:payslip_list")).content.decode()
    run = browse(world.elise).get(reverse("payroll:run_detail", args=[slip.member.run_id])).content.decode()

    assert slip.to_pay != slip.net
    assert "Net to pay (€)" in mine
    assert amount in mine
    assert f"to pay {amount}" in run


def test_a_payslip_paid_its_net_shows_no_such_part(world: cast.World) -> None:
    build.approved(world, APRIL)

    page = browse(world.aline).get(reverse("payroll:payslip_detail", args=[Payslip.objects.get().pk])).content.decode()

    assert "From the net to the amount to pay" not in page
    assert "Allowances and meal vouchers" not in page


def test_the_queries_of_the_overview_do_not_grow_with_the_contracts(
    world: cast.World, django_assert_max_num_queries: Any
) -> None:
    for name in ("lina", "chloe"):
        made = build.contract(world.people[name], world.archipel)
        services.record_allowance_terms(contract=made, since=APRIL, home_working=EUR("50.00"), by=world.elise)
    assert EmploymentContract.objects.count() == 3
    client = browse(world.elise)

    with django_assert_max_num_queries(30):
        client.get(reverse("payroll:beside_list"), {"month": "2026-04"})
