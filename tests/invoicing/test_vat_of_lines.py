"""The VAT of a draft's lines: decided from the facts, set by hand with a reason, refused when it is no longer so."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation

from coop.ledger.models import Line
from invoicing import explaining, services, vat
from invoicing.content import DraftContent, DraftLine
from invoicing.models import Customer, Invoice, InvoiceLine, SellerFact
from invoicing.services import rows
from invoicing.vat import sales
from invoicing.vat.citing import cited
from tests import cast
from tests.invoicing import build

pytestmark = pytest.mark.django_db
AT = cast.at("2026-09-14 10:00")
FRENCH = {"name": "SARL Bonjour", "vat_number": "FR40303265045", "country": "FR", "language": "fr"}
PRIVATE = {"name": "Mme Exemple", "kind": "private", "vat_number": ""}


@pytest.fixture
def world() -> cast.World:
    """The cast."""
    return cast.world()


def drafted(world, *sold: str, on: date | None = None, **customer) -> Invoice:
    """Make a draft of Aline's with a line of 100 EUR for each thing sold."""
    buyer = build.customer(world.activities["aline"], world.aline, **customer)
    head = {"supplied_on": on} if on else {}
    return build.draft(world.activities["aline"], world.aline, *(build.line(price="100", sale=one) for one in sold),
                       to=buyer, **head)  # fmt: skip


def operations(invoice: Invoice) -> list[str]:
    """Return the operations of the lines of a document."""
    return list(invoice.lines.order_by("position").values_list("operation", flat=True))


def issue(invoice: Invoice, by, on: date = build.DAY) -> Invoice:
    """Issue a draft."""
    return services.issue_invoice(invoice_id=invoice.pk, on=on, by=by, at=cast.at(f"{on} 10:00"))


def save(invoice: Invoice, by, lines: list[DraftLine], at=AT, **head) -> Invoice:
    """Save a draft anew."""
    content = DraftContent(customer=head.pop("customer", invoice.customer_id), lines=lines, **head)
    return services.save_draft(invoice_id=invoice.pk, content=content, version=None, by=by, at=at)


def fact(world, name: str, since: date = date(2026, 1, 1), activity: str = "aline") -> SellerFact:
    """Record what holds for an activity."""
    return services.record_seller_fact(
        activity=world.activities[activity].pk,
        fact=name,
        evidence="Agrément F-12",
        valid_from=since,
        by=world.bruno,
        at=AT,
    )


# --- decided ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sold, customer, expected",
    [
        ("service", {}, "BE21"),
        ("books", {}, "BE06"),
        ("newspapers", {}, "BE00"),
        ("restaurant", {}, "BE12"),
        ("works", {}, "CO_CONTRACTOR"),
        ("works", {"vat_returns": "none"}, "BE21"),
        ("renovation", PRIVATE, "BE06_RENOVATION"),
        ("service", FRENCH, "EU_SERVICE"),
        ("goods", FRENCH, "EU_GOODS"),
        ("service", {**PRIVATE, "country": "FR"}, "BE21"),
        ("advice", {**PRIVATE, "country": "CH"}, "ABROAD"),
        ("service", {"vat_number": "", "country": "CH"}, "OUTSIDE"),
        ("goods", {"vat_number": "", "country": "US"}, "EXPORT"),
        ("service", {"kind": "institution", "vat_number": ""}, "INSTITUTION"),
        ("service", {"kind": "public_body"}, "BE21"),
        ("training", {}, "BE21"),
        ("letting", {}, "EXEMPT_LETTING"),
        ("compensation", {}, "NOT_SUBJECT"),
        ("service", {"vat_number": "EL094259216", "country": "GR"}, "EU_SERVICE"),
    ],
)
def test_a_line_has_the_vat_that_follows_from_what_is_sold_and_to_whom(world, sold, customer, expected):
    draft = drafted(world, sold, **customer)

    assert operations(draft) == [expected]
    assert draft.vat.amount == Decimal(100) * vat.known(expected).rate


def test_an_activity_is_exempt_only_from_the_day_on_which_the_accountant_recorded_it(world):
    fact(world, "EXEMPT_TEACHING", since=date(2026, 9, 10))

    assert operations(drafted(world, "training", on=date(2026, 9, 9))) == ["BE21"]
    assert operations(drafted(world, "training", on=date(2026, 9, 10), vat_number="", name="Deux")) == [
        "EXEMPT_TEACHING"
    ]


def test_what_holds_for_the_cooperative_holds_for_its_activities(world):
    services.record_seller_fact(
        activity=world.coop_of(world.archipel).pk, fact=sales.DISTANCE_SALES_ABOVE, evidence="Comptes 2026",
        valid_from=date(2026, 1, 1), by=world.bruno, at=AT,
    )  # fmt: skip

    draft = drafted(world, "goods", **{**PRIVATE, "country": "FR"})

    assert operations(draft) == [""]
    with pytest.raises(vat.NotDecidable, match="one-stop shop"):
        issue(draft, world.aline)


def test_goods_go_where_the_draft_says(world):
    draft = build.draft(
        world.activities["aline"], world.aline, build.line(sale="goods"), supplied_in="be",
        to=build.customer(world.activities["aline"], world.aline, **FRENCH),
    )  # fmt: skip

    assert operations(draft) == ["BE21"]
    assert draft.supplied_in == "BE"


def test_a_customer_of_the_union_without_number_leaves_the_vat_undecided_and_is_not_invoiced(world):
    draft = drafted(world, "service", **{**FRENCH, "vat_number": ""})

    assert operations(draft) == [""]
    assert (draft.net.amount, draft.vat.amount) == (Decimal("100.00"), Decimal("0.00"))
    with pytest.raises(vat.NotDecidable, match="VAT number on the customer’s page"):
        issue(draft, world.aline)


def test_a_line_sells_what_the_activity_sells_by_default(world):
    services.set_sales_defaults(
        activity=world.activities["aline"].pk, sale="books", payment_days=15, note="", by=world.aline
    )

    assert operations(drafted(world, "")) == ["BE06"]


def test_something_unknown_is_refused_with_what_can_be_sold(world):
    with pytest.raises(vat.SoldUnknown, match="Choose one of: service"):
        drafted(world, "time")


def test_the_choice_of_another_customer_decides_again(world):
    draft = drafted(world, "service")
    french = build.customer(world.activities["aline"], world.aline, **FRENCH)

    saved = save(draft, world.aline, [build.line(price="100")], customer=french.pk)

    assert operations(saved) == ["EU_SERVICE"]


# --- the day that changes the law -------------------------------------------------------------------------------------


def test_the_day_of_supply_decides_the_rate(world):
    draft = drafted(world, "accommodation", on=date(2026, 2, 28), **PRIVATE)
    line = draft.lines.get()

    saved = save(
        draft, world.aline, [build.line(price="100", sale="accommodation", line=line.pk)], supplied_on=date(2026, 3, 1)
    )

    assert line.operation == "BE06"
    assert operations(saved) == ["BE12"]


def test_issue_refuses_a_vat_that_is_no_longer_what_the_facts_say(world):
    draft = drafted(world, "training")
    fact(world, "EXEMPT_TEACHING", since=date(2026, 9, 1))

    with pytest.raises(
        services.VatChanged, match="“21 %” in the draft, and the facts of today say “Exempt: teaching"
    ) as refused:
        issue(draft, world.aline)
    save(draft, world.aline, [build.line(price="100", sale="training")])
    issued = issue(draft, world.aline)

    assert "save it" in str(refused.value.remedy)
    assert operations(issued) == ["EXEMPT_TEACHING"]
    assert issued.number == "2026-0001"


def test_issue_on_the_other_side_of_a_change_of_rate_is_refused(world):
    buyer = build.customer(world.activities["aline"], world.aline, **PRIVATE)
    content = DraftContent(customer=buyer.pk, lines=[build.line(sale="accommodation")])
    draft = services.create_draft(
        activity=world.activities["aline"].pk, content=content, by=world.aline, at=cast.at("2026-02-27")
    )

    with pytest.raises(services.VatChanged, match="“6 %” in the draft, and the facts of today say “12 %”"):
        issue(draft, world.aline, on=date(2026, 3, 2))

    assert issue(draft, world.aline, on=date(2026, 2, 27)).vat.amount == Decimal("60.00")


# --- set by hand ------------------------------------------------------------------------------------------------------


def set_on(invoice: Invoice, by, operation: str, reason: str = "Ruling 2026.0412", place: int = 1) -> Invoice:
    """Set the VAT of a line."""
    line = invoice.lines.get(position=place)
    return services.set_vat(
        invoice_id=invoice.pk, line=line.pk, operation=operation, reason=reason, on=build.DAY, by=by, at=AT
    )


def test_the_accountant_sets_another_vat_and_it_is_kept_with_the_reason_frozen_and_told(world):
    draft = drafted(world, "service")

    set_on(draft, world.bruno, "BE06")
    issued = issue(draft, world.aline)

    line = issued.lines.get()
    assert (line.operation, line.ruled, line.set_reason, line.set_by) == (
        "BE06",
        "BE21",
        "Ruling 2026.0412",
        world.bruno,
    )
    assert (line.category, line.rate, line.legal_basis) == ("S", Decimal("0.06"), "RD no. 20, art. 1, table A")
    assert issued.vat.amount == Decimal("6.00")
    told = issued.events.get(kind="vat_set")
    assert told.by == world.bruno
    assert told.comment == "Ligne 1\u00a0: «\u00a06\u00a0%\u00a0» au lieu de «\u00a021\u00a0%\u00a0». Ruling 2026.0412"
    tags = set(Line.objects.filter(entry__source_key=str(issued.pk)).values_list("vat_code", "vat_grid"))
    assert {("BE06", "01"), ("BE06", "54")} <= tags
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceLine.objects.filter(pk=line.pk).update(set_reason="Otherwise")


def test_the_coach_may_too_and_while_the_draft_waits_for_validation(world):
    services.require_validation(activity=world.activities["aline"].pk, on=date(2026, 1, 1), by=world.amina)
    draft = drafted(world, "service")
    services.submit_invoice(invoice_id=draft.pk, on=build.DAY, by=world.aline, at=AT)

    set_on(draft, world.farid, "EXEMPT_TALK")

    assert operations(issue(draft, world.farid)) == ["EXEMPT_TALK"]


@pytest.mark.parametrize("who", ["aline", "lina", "dirk", "elise", "amina", "greet", "jeanne"])
def test_nobody_else_sets_a_vat(world, who):
    draft = drafted(world, "service")

    with pytest.raises(PermissionDenied):
        set_on(draft, world.users[who], "BE06")

    assert operations(draft) == ["BE21"]


def test_a_vat_is_not_set_without_a_reason(world):
    draft = drafted(world, "service")

    with pytest.raises(vat.OverrideWithoutReason, match="no reason is given"):
        set_on(draft, world.bruno, "BE06", reason="  ")


def test_the_database_refuses_a_vat_set_by_nobody(world):
    line = drafted(world, "service").lines.get()

    with pytest.raises(IntegrityError, match="invoice_line_set_by_somebody"), transaction.atomic():
        InvoiceLine.objects.filter(pk=line.pk).update(set_reason="Because")


def test_the_vat_of_an_issued_invoice_is_not_set(world):
    issued = issue(drafted(world, "service"), world.aline)

    with pytest.raises(services.NotADraft):
        set_on(issued, world.bruno, "BE06")


def test_what_was_set_stays_while_the_entrepreneur_goes_on_with_the_line(world):
    draft = drafted(world, "service")
    set_on(draft, world.bruno, "BE06")
    line = draft.lines.get()

    saved = save(draft, world.aline, [build.line(price="200", sale="service", line=line.pk), build.line(price="10")])

    assert operations(saved) == ["BE06", "BE21"]
    assert saved.lines.get(position=1).set_by == world.bruno
    assert saved.vat.amount == Decimal("14.10")
    assert saved.events.filter(kind="vat_set").count() == 1


def test_a_line_named_twice_keeps_what_was_set_once(world):
    draft = drafted(world, "service")
    set_on(draft, world.bruno, "BE06")
    line = draft.lines.get()

    saved = save(draft, world.aline, [build.line(line=line.pk), build.line(line=line.pk)])

    assert operations(saved) == ["BE06", "BE21"]


def test_what_was_set_lapses_when_something_else_is_sold_and_the_history_says_so(world):
    draft = drafted(world, "service")
    set_on(draft, world.bruno, "BE06")
    line = draft.lines.get()

    saved = save(draft, world.aline, [build.line(sale="restaurant", line=line.pk)])

    assert operations(saved) == ["BE12"]
    assert saved.events.filter(kind="vat_ruled").count() == 1


def test_the_line_of_another_invoice_lends_nothing(world):
    other = drafted(world, "service")
    set_on(other, world.bruno, "BE06")
    draft = build.draft(world.activities["aline"], world.aline)

    saved = save(draft, world.aline, [build.line(line=other.lines.get().pk)])

    assert operations(saved) == ["BE21"]
    assert operations(other) == ["BE06"]


def test_the_rule_is_followed_again(world):
    draft = drafted(world, "service")
    set_on(draft, world.bruno, "BE06")

    services.follow_rule(invoice_id=draft.pk, line=draft.lines.get().pk, on=build.DAY, by=world.farid, at=AT)

    assert operations(draft) == ["BE21"]
    assert rows.get(draft.pk).vat.amount == Decimal("21.00")


def test_an_open_editor_does_not_overwrite_unseen_what_was_set(world):
    draft = drafted(world, "service")
    version = draft.version
    set_on(draft, world.bruno, "BE06")

    with pytest.raises(services.ChangedMeanwhile):
        services.save_draft(
            invoice_id=draft.pk, content=DraftContent(lines=[build.line()]), version=version, by=world.aline, at=AT
        )


def test_who_does_not_validate_sales_names_no_other_vat_in_a_line(world):
    line = build.line(operation="BE06", reason="I think so")

    with pytest.raises(services.VatNotYours, match="only who validates sales"):
        services.create_draft(
            activity=world.activities["aline"].pk, content=DraftContent(lines=[line]), by=world.aline, at=AT
        )
    made = services.create_draft(
        activity=world.activities["aline"].pk, content=DraftContent(lines=[line]), by=world.bruno, at=AT
    )
    same = services.create_draft(
        activity=world.activities["aline"].pk, content=DraftContent(lines=[build.line(operation="BE21")]), by=world.aline,
        at=AT,
    )  # fmt: skip

    assert made.lines.get().set_reason == "I think so"
    assert not same.lines.get().is_set


def test_a_credit_note_keeps_the_vat_of_its_invoice_whatever_holds_now(world):
    draft = drafted(world, "training")
    set_on(draft, world.bruno, "BE12")
    issued = issue(draft, world.aline)
    fact(world, "EXEMPT_TEACHING")

    note = services.credit_invoice(
        invoice_id=issued.pk, lines=None, reason="Error", on=date(2026, 9, 20), by=world.aline, at=AT
    )

    assert operations(note) == ["BE12"]
    assert note.lines.get().legal_basis == issued.lines.get().legal_basis
    assert note.vat.amount == Decimal("12.00")


def test_a_duplicate_is_decided_anew(world):
    draft = drafted(world, "service")
    set_on(draft, world.bruno, "BE06")

    copy = services.duplicate_invoice(invoice_id=draft.pk, by=world.aline, at=AT)

    assert operations(copy) == ["BE21"]


# --- what an activity sells -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["aline", "farid", "elise", "greet", "jeanne", "dirk"])
def test_only_who_sets_policies_records_what_changes_the_vat(world, who):
    with pytest.raises(PermissionDenied):
        services.record_seller_fact(
            activity=world.activities["aline"].pk, fact="EXEMPT_CARE", evidence="INAMI", valid_from=date(2026, 1, 1),
            by=world.users[who], at=AT,
        )  # fmt: skip


def test_a_fact_needs_evidence_holds_once_and_ends(world):
    with pytest.raises(services.FactWrong, match="evidence"):
        services.record_seller_fact(
            activity=world.activities["aline"].pk, fact="EXEMPT_CARE", evidence=" ", valid_from=date(2026, 1, 1), by=world.bruno,
            at=AT,
        )  # fmt: skip
    row = fact(world, "EXEMPT_CARE")
    with pytest.raises(services.FactWrong, match="recorded already"):
        fact(world, "EXEMPT_CARE", since=date(2026, 5, 1))

    services.end_seller_fact(fact=row.pk, on=date(2026, 9, 1), by=world.amina)

    assert operations(drafted(world, "care")) == ["BE21"]
    assert fact(world, "EXEMPT_CARE", since=date(2026, 9, 1)).pk
    with pytest.raises(services.FactWrong):
        services.end_seller_fact(fact=row.pk, on=date(2026, 12, 1), by=world.amina)


def test_the_database_refuses_a_fact_twice_and_one_without_evidence(world):
    row = fact(world, "EXEMPT_CARE")
    values = {"activity": row.activity, "recorded_by": world.bruno, "recorded_at": AT}

    for wrong in (
        {"fact": "EXEMPT_CARE", "evidence": "Encore", "valid_from": date(2026, 6, 1)},
        {"fact": "EXEMPT_SPORT", "evidence": "", "valid_from": date(2026, 6, 1)},
        {"fact": "EXEMPT_SPORT", "evidence": "x", "valid_from": date(2026, 6, 1), "valid_until": date(2026, 6, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SellerFact.objects.create(**values, **wrong)


# --- in words ---------------------------------------------------------------------------------------------------------


def test_everything_that_can_be_sold_is_decided_for_every_customer_or_refused_in_words(world):
    for kind in Customer.Kind.values:
        number = "" if kind in ("private", "institution") else "BE0403170701"
        buyer = Customer(kind=kind, country="BE", vat_number=number)
        facts = services.treating.facts_of(world.activities["aline"], buyer, supplied_in="", on=build.DAY)
        for one in sales.SOLD:
            assert services.treating.ruled(facts, one.code).article


def test_each_exemption_and_margin_scheme_of_the_table_can_be_recorded():
    wanted = {one.exemption or one.margin for one in sales.SOLD if not one.by_nature} - {None}

    assert wanted == set(sales.FACTS) - {sales.DISTANCE_SALES_ABOVE}


def test_alike_lines_are_explained_together_in_the_language_of_the_reader_and_of_the_customer(world):
    fact(world, "EXEMPT_TEACHING")
    issued = issue(drafted(world, "service", "training", "service"), world.aline)

    with translation.override("fr"):
        explained = explaining.of_lines(issued.lines.order_by("position"), "nl")

    assert [(one.places, one.vatex, one.boxes) for one in explained] == [
        ("1, 3", "", "03, 54"), ("2", "VATEX-EU-132-1I", "00"),
    ]  # fmt: skip
    assert explained[0].law == "Code de la TVA, art. 21 § 2; AR n° 20, art. 1"
    assert explained[1].mention.startswith("Handeling vrijgesteld")


def test_citations_are_translated():
    law = "VAT Code art. 21 §2; directive 2006/112/EC art. 44 and 196"

    assert cited(law, "en") == law
    assert cited(law, "nl") == "Btw-Wetboek, art. 21 § 2; Richtlijn 2006/112/EG, art. 44 en 196"
