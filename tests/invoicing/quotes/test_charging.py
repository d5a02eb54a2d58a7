"""From an accepted quote to its invoices: whole, deposits, final; to the cent, and never more than agreed without it being said."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from coop.money import ZERO
from invoicing import services as sales
from invoicing import structured
from invoicing.content import DraftContent
from invoicing.einvoice import checks, writing
from invoicing.models import Invoice
from invoicing.quotes import queries, services
from invoicing.quotes.content import Planned
from invoicing.quotes.models import Quote
from invoicing.services import keeping
from tests import books, cast
from tests.invoicing import build as invoices
from tests.invoicing.quotes import build

pytestmark = pytest.mark.django_db
AT = cast.at("2026-09-14 13:00")
GOLDEN = (("25", "23.90", "books"), ("25", "17.00", "service"))


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def golden(world: cast.World, **more) -> Quote:
    """A quote of 1,022.50 at two rates, accepted."""
    lines = [invoices.line(number, price, sale=sale) for number, price, sale in GOLDEN]
    return build.accepted(world.activities["aline"], world.aline, *lines, **more)


def amounts(invoice: Invoice) -> list[str]:
    return [f"{row['base']} + {row['vat']}" for row in invoice.breakdown]


def test_the_whole_is_drafted_with_the_lines_of_the_quote_and_its_number(world):
    quote = golden(world)

    invoice = services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT)

    assert invoice.state == Invoice.State.DRAFT
    assert invoice.net.amount == Decimal("1022.50")
    assert invoice.lines.count() == 2
    assert quote.number in invoice.note
    assert invoice.quoted.part == "whole"


def test_deposit_and_final_invoice_add_up_to_the_quote_each_right_on_its_own_base(world):
    quote = golden(world)

    deposit = build.issued(
        services.charge_percent(quote_id=quote.pk, percent=Decimal(50), by=world.aline, at=AT), world.aline
    )
    final = build.issued(services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT), world.aline)

    assert (deposit.net.amount, deposit.vat.amount, deposit.gross.amount) == (
        Decimal("511.25"), Decimal("62.56"), Decimal("573.81"),
    )  # fmt: skip
    assert amounts(deposit) == ["212.50 + 44.63", "298.75 + 17.93"]
    assert (final.net.amount, final.gross.amount) == (Decimal("511.25"), Decimal("573.81"))
    assert deposit.net.amount + final.net.amount == quote.net
    assert deposit.gross.amount + final.gross.amount - quote.gross == Decimal("0.02"), (
        "the golden row: each document is right"
    )
    assert books.faults(world.archipel, AT) == []


def test_the_final_invoice_names_the_deposit_on_lines_of_a_negative_quantity(world):
    quote = golden(world)
    deposit = build.issued(
        services.charge_percent(quote_id=quote.pk, percent=Decimal(30), by=world.aline, at=AT), world.aline
    )

    final = services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT)

    taken = list(final.lines.order_by("position"))[2:]
    assert [line.quantity for line in taken] == [Decimal(-1), Decimal(-1)]
    assert all(line.unit_price.amount > ZERO for line in taken)
    assert all(deposit.number in line.description for line in taken)
    assert sorted(line.net.amount for line in taken) == [Decimal("-179.25"), Decimal("-127.50")]


def test_the_structured_final_invoice_refers_to_its_deposits_and_both_judges_find_nothing(world):
    quote = golden(world)
    deposit = build.issued(
        services.charge_percent(quote_id=quote.pk, percent=Decimal(30), by=world.aline, at=AT), world.aline
    )
    final = build.issued(services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT), world.aline)

    document = structured.of(final, list(final.lines.order_by("position")))
    written = writing.write(document)

    assert [(one.number, one.issued_on) for one in document.preceding] == [(deposit.number, deposit.issued_on)]
    assert not [finding for finding in checks.check(document) if finding.severity == "fatal"]
    assert deposit.number.encode() in written


def test_a_deposit_of_a_whole_rate_leaves_the_final_invoice_right(world):
    """All of one rate was charged before: its base on the final invoice is zero."""
    lines = (invoices.line("1", "100.00", sale="books"), invoices.line("1", "100.00", sale="service"))
    quote = build.accepted(world.activities["aline"], world.aline, *lines)
    draft = services.charge_amount(quote_id=quote.pk, amount=Decimal("100.00"), by=world.aline, at=AT)
    content = DraftContent(
        customer=draft.customer_id,
        lines=[keeping.line_of("books", text="Acompte", quantity=Decimal(1), price=Decimal(100))],
    )
    sales.save_draft(invoice_id=draft.pk, content=content, version=None, by=world.aline, at=AT)
    build.issued(draft, world.aline)

    final = build.issued(services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT), world.aline)

    assert final.net.amount == Decimal("100.00")
    assert final.gross.amount == Decimal("121.00")


def test_announced_deposits_are_charged_once_each_and_the_last_cent_is_right(world):
    thirds = [
        Planned("first", Decimal("33.33")),
        Planned("second", Decimal("33.33")),
        Planned("third", Decimal("33.34")),
    ]
    quote = build.accepted(world.activities["aline"], world.aline, invoices.line("1", "0.05"), instalments=thirds)
    rows = list(quote.instalments.order_by("position"))

    parts = [services.charge_instalment(instalment_id=row.pk, by=world.aline, at=AT) for row in rows]

    assert [part.net.amount for part in parts] == [Decimal("0.02"), Decimal("0.02"), Decimal("0.01")]
    with pytest.raises(services.NothingLeft):
        services.charge_instalment(instalment_id=rows[0].pk, by=world.aline, at=AT)


def test_an_amount_is_shared_over_what_is_left_of_each_rate(world):
    quote = golden(world)

    deposit = services.charge_amount(quote_id=quote.pk, amount=Decimal("300.00"), by=world.aline, at=AT)

    assert deposit.net.amount == Decimal("300.00")
    assert deposit.lines.count() == 2


@pytest.mark.parametrize("state", ["sent", "refused", "withdrawn"])
def test_only_an_accepted_quote_is_invoiced(world, state):
    quote = build.sent(world.activities["aline"], world.aline)
    if state == "withdrawn":
        services.withdraw_quote(quote_id=quote.pk, by=world.aline, at=AT)
    elif state == "refused":
        services.refuse_quote(quote_id=quote.pk, name="Karel", reason="", address="192.0.2.7", on=build.DAY, at=AT)

    with pytest.raises(services.NotAccepted):
        services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT)


def test_a_deposit_above_what_is_left_is_refused(world):
    quote = golden(world)
    services.charge_percent(quote_id=quote.pk, percent=Decimal(80), by=world.aline, at=AT)

    with pytest.raises(services.AboveQuote):
        services.charge_percent(quote_id=quote.pk, percent=Decimal(30), by=world.aline, at=AT)
    with pytest.raises(services.AboveQuote):
        services.charge_amount(quote_id=quote.pk, amount=Decimal("204.51"), by=world.aline, at=AT)
    exact = services.charge_amount(quote_id=quote.pk, amount=Decimal("204.50"), by=world.aline, at=AT)
    assert exact.net.amount == Decimal("204.50")
    with pytest.raises(services.NothingLeft):
        services.charge_percent(quote_id=quote.pk, percent=Decimal(1), by=world.aline, at=AT)


def test_the_final_invoice_waits_until_the_deposit_has_a_number(world):
    quote = golden(world)
    services.charge_percent(quote_id=quote.pk, percent=Decimal(30), by=world.aline, at=AT)

    with pytest.raises(services.DepositOpen):
        services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT)


def test_a_discarded_draft_gives_its_part_back(world):
    quote = golden(world)
    deposit = services.charge_percent(quote_id=quote.pk, percent=Decimal(80), by=world.aline, at=AT)

    sales.discard_draft(invoice_id=deposit.pk, by=world.aline)

    assert services.charge_percent(quote_id=quote.pk, percent=Decimal(80), by=world.aline, at=AT).net.amount == Decimal(
        "818.00"
    )


def more(invoice: Invoice, price: str, by) -> None:
    """Add a line to a draft, as people do in the editor."""
    kept = [
        invoices.line(str(line.quantity), str(line.unit_price.amount), sale=line.sale, description=line.description)
        for line in invoice.lines.order_by("position")
    ]
    content = DraftContent(customer=invoice.customer_id, lines=[*kept, invoices.line("1", price)], note=invoice.note)
    sales.save_draft(invoice_id=invoice.pk, content=content, version=None, by=by, at=AT)


def test_more_than_the_quote_is_issued_only_once_it_is_said_why_and_the_customer_reads_it(world):
    quote = golden(world)
    invoice = services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT)
    more(invoice, "50.00", world.aline)

    with pytest.raises(services.AboveQuote) as refused:
        build.issued(invoice, world.aline)
    services.say_above(invoice_id=invoice.pk, reason="one more room", by=world.aline, at=AT)
    issued = build.issued(invoice, world.aline)

    assert "1,072.50" in str(refused.value)
    assert "one more room" in issued.note
    assert issued.number == "2026-0001", "the refusal used no number"


def test_a_final_invoice_drafted_before_a_deposit_was_credited_is_refused(world):
    quote = golden(world)
    deposit = build.issued(
        services.charge_percent(quote_id=quote.pk, percent=Decimal(50), by=world.aline, at=AT), world.aline
    )
    final = services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT)
    sales.credit_invoice(invoice_id=deposit.pk, lines=None, reason="wrong", on=build.DAY, by=world.aline, at=AT)

    with pytest.raises(services.FinalOutdated):
        build.issued(final, world.aline)
    sales.discard_draft(invoice_id=final.pk, by=world.aline)
    anew = build.issued(services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT), world.aline)

    assert anew.net.amount == quote.net
    assert anew.quoted.part == "whole"


def test_a_deposit_credited_in_part_is_taken_off_for_what_is_left_of_it(world):
    quote = build.accepted(world.activities["aline"], world.aline, invoices.line("1", "1000.00"))
    deposit = build.issued(
        services.charge_percent(quote_id=quote.pk, percent=Decimal(50), by=world.aline, at=AT), world.aline
    )
    origin = sales.origins(deposit)[0]
    from invoicing.content import CreditLine

    sales.credit_invoice(
        invoice_id=deposit.pk, lines=[CreditLine(line=origin.line, amount=Decimal("100.00"))], reason="less",
        on=build.DAY, by=world.aline, at=AT,
    )  # fmt: skip

    final = build.issued(services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT), world.aline)

    assert final.net.amount == Decimal("600.00")
    assert queries.statement_of(quote).net == Decimal("1000.00")
    assert books.faults(world.archipel, AT) == []


def test_others_charge_nothing(world):
    quote = golden(world)

    for who in (world.chloe, world.elise, world.farid):
        with pytest.raises(PermissionDenied):
            services.charge_rest(quote_id=quote.pk, by=who, at=AT)


def test_a_form_sent_twice_makes_one_deposit(world):
    quote = golden(world)
    from uuid import uuid4

    key = uuid4()
    first = services.charge_percent(quote_id=quote.pk, percent=Decimal(30), by=world.aline, at=AT, key=key)
    second = services.charge_percent(quote_id=quote.pk, percent=Decimal(30), by=world.aline, at=AT, key=key)

    assert first.pk == second.pk
    assert quote.charges.count() == 1


def test_a_vat_set_on_the_deposit_is_taken_off_at_the_same_rate(world):
    """What the accountant set on the deposit goes with it: per rate, no cent is charged twice."""
    quote = build.accepted(world.activities["aline"], world.aline, invoices.line("1", "1000.00"))
    draft = services.charge_percent(quote_id=quote.pk, percent=Decimal(30), by=world.aline, at=AT)
    line = draft.lines.get()
    sales.set_vat(
        invoice_id=draft.pk, line=line.pk, operation="BE06", reason="ruling", on=build.DAY, by=world.bruno, at=AT
    )
    deposit = build.issued(draft, world.aline)

    final = build.issued(services.charge_rest(quote_id=quote.pk, by=world.aline, at=AT), world.aline)

    assert amounts(deposit) == ["300.00 + 18.00"]
    assert amounts(final) == ["1000.00 + 210.00", "-300.00 + -18.00"]
