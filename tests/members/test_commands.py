"""The commands of operators: what they print, what they write, how they end."""

import hashlib
import json
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from coop.documents import kinds, queries
from coop.documents import services as documents
from coop.documents.models import Document
from coop.ledger import posting
from coop.ledger.lines import credit, debit
from coop.ledger.models import OpenItem
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> cast.World:
    """The cast, with one sale of Aline."""
    world = cast.world()
    aline = world.activities["aline"].pk
    with transaction.atomic():
        posting.post(
            cooperative=world.archipel, journal="VEN", on=date(2026, 3, 4), text="Sale", source="test", source_key="1",
            lines=[debit("customers", Decimal(500), activity=aline), credit("sales", Decimal(500), activity=aline)],
        )  # fmt: skip
    return world


def test_a_statement_is_written_as_json(world, tmp_path):
    file = tmp_path / "statement.json"

    call_command("income_statement", activity="A-017", year=2026, format="json", out=file)

    data = json.loads(file.read_text())
    assert data["result"]["total"] == "500.00"
    assert data["sections"][0]["section"] == "revenue"
    assert data["balances"]["accounting"] == "500.00"
    assert data["balances"]["collected"] == "0.00"
    assert data["months"][2] == "2026-03"


def test_a_statement_is_written_as_a_workbook_and_as_pdf(world, tmp_path):
    for form in ("xlsx", "pdf"):
        call_command("income_statement", activity="A-017", year=2026, format=form, out=tmp_path / f"s.{form}")

    assert openpyxl.load_workbook(tmp_path / "s.xlsx").active["A1"].value in ("Income statement", "Compte de résultat")
    assert (tmp_path / "s.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(("code", "year"), [("X-999", 2026), ("A-017", 1999), ("COOP", 2026)])
def test_a_wrong_call_ends_with_two(world, code, year):
    with pytest.raises(CommandError) as wrong:
        call_command("income_statement", activity=code, year=year)

    assert wrong.value.returncode == 2


def ask(world: cast.World, reference: str, day: date, kind: str = "payslip") -> Document:
    """Write an open item and ask for its document."""
    kinds.register(
        kinds.Kind(kind, build=lambda document: b"%PDF-1.7 " + document.filename.encode(), visible=lambda *_: False)
    )
    item = OpenItem.objects.create(
        id=hashlib.md5(reference.encode()).hexdigest(), cooperative=world.archipel, role="customers",
        party=world.archipel.parties.first(), activity=world.activities["aline"], source="test", reference=reference,
        issued_on=day, net=1, gross=1,
    )  # fmt: skip
    return documents.request_document(
        cooperative=world.archipel, kind=kind, subject=item.pk, language="fr", filename=f"{reference}.pdf",
        at=cast.at("2026-03-05"),
    )  # fmt: skip


@pytest.fixture
def no_kinds():
    """Leave the registry of kinds as it was."""
    before = dict(kinds._kinds)
    yield
    kinds._kinds.clear()
    kinds._kinds.update(before)


def test_documents_of_a_month_are_copied_as_stored_with_their_index(world, tmp_path, no_kinds):
    for reference, day in (("2026-0001", date(2026, 3, 4)), ("2026-0002", date(2026, 4, 1))):
        documents.make_document(document=ask(world, reference, day).pk, at=cast.at("2026-04-02"))

    call_command("export_documents", kind="payslip", cooperative="archipel", month="2026-03", out=tmp_path / "out")

    content = (tmp_path / "out" / "2026-0001.pdf").read_bytes()
    index = (tmp_path / "out" / "index.csv").read_text(encoding="utf-8-sig").splitlines()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["2026-0001.pdf", "index.csv"]
    assert len(index) == 2
    assert index[1].endswith(hashlib.sha256(content).hexdigest())


def test_a_document_that_is_damaged_or_not_yet_made_is_named_and_ends_with_one(world, tmp_path, no_kinds):
    ask(world, "2026-0003", date(2026, 3, 9))
    stored = ask(world, "2026-0001", date(2026, 3, 4))
    documents.make_document(document=stored.pk, at=cast.at("2026-04-02"))
    place = queries.place(Document.objects.select_related("cooperative").get(pk=stored.pk))
    place.chmod(0o600)
    place.write_bytes(b"changed")

    with pytest.raises(CommandError) as failed:
        call_command("export_documents", kind="payslip", cooperative="archipel", month="2026-03", out=tmp_path)

    assert failed.value.returncode == 1
    assert "2026-0003.pdf: still being made" in str(failed.value)
    assert "2026-0001.pdf" in str(failed.value)
    assert not (tmp_path / "2026-0001.pdf").exists()


@pytest.mark.parametrize(("cooperative", "month"), [("none", "2026-03"), ("archipel", "03-2026")])
def test_a_wrong_export_ends_with_two(world, tmp_path, cooperative, month):
    with pytest.raises(CommandError) as wrong:
        call_command("export_documents", kind="payslip", cooperative=cooperative, month=month, out=tmp_path)

    assert wrong.value.returncode == 2
