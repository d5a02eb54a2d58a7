"""The command of structured invoices."""

import pytest
from django.core.management import CommandError, call_command

from coop.documents import services as documents
from coop.documents.models import Document
from invoicing.einvoice.writing import write
from tests import cast
from tests.invoicing import build
from tests.invoicing.einvoice.documents import invoice

AT = cast.at("2026-09-14 10:01")


def test_a_right_file_is_said_to_be_right(tmp_path, capsys):
    file = tmp_path / "right.xml"
    file.write_bytes(write(invoice()))

    call_command("einvoice", "validate", str(file))

    said = capsys.readouterr().out
    assert "Peppol BIS Billing 3.0.21" in said
    assert "not checked by the official XSD and Schematron" in said
    assert "right.xml: right" in said


def test_a_wrong_file_is_told_with_its_rules_and_a_file_that_is_no_invoice_too(tmp_path, capsys):
    wrong, other = tmp_path / "wrong.xml", tmp_path / "other.xml"
    wrong.write_bytes(write(invoice()).replace(b'currencyID="EUR">21.00', b'currencyID="EUR">21.01'))
    other.write_bytes(b"<Order/>")

    with pytest.raises(CommandError, match="2 of 2 files are wrong") as refused:
        call_command("einvoice", "validate", str(wrong), str(other))

    assert refused.value.returncode == 1
    said = capsys.readouterr().out
    assert "fatal BR-CO-17: VAT of a rate: 21.01 instead of 21.00." in said
    assert "other.xml: fatal: Its content is “Order”" in said


def test_a_file_that_is_not_there_is_a_wrong_call(tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("einvoice", "validate", str(tmp_path / "absent.xml"))

    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_issued_documents_are_copied_as_they_were_stored(tmp_path, capsys):
    world = cast.world()
    issued = build.invoice(world.activities["aline"], world.aline)
    out = ("--out", str(tmp_path))

    with pytest.raises(CommandError, match="still being made"):
        call_command("einvoice", "export", "--cooperative", "all", "--month", "2026-09", *out)
    for _turn in range(2):
        assert documents.make_newest(AT)
    call_command("einvoice", "export", "--cooperative", world.archipel.code, "--invoice", issued.number, *out)

    folder = tmp_path / world.archipel.code / "invoice"
    assert sorted(path.name for path in folder.iterdir()) == ["2026-0001.pdf", "2026-0001.xml"]
    assert "2 files of 1 documents copied" in capsys.readouterr().out
    call_command("einvoice", "validate", str(folder / "2026-0001.xml"))
    assert Document.objects.filter(subject=issued.pk, state="stored").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        ["--cooperative", "nobody", "--month", "2026-09"],
        ["--cooperative", "all", "--month", "September"],
        ["--cooperative", "all", "--invoice", "2099-0001"],
    ],
)
def test_a_wrong_call_is_told(tmp_path, arguments):
    with pytest.raises(CommandError) as refused:
        call_command("einvoice", "export", *arguments, "--out", str(tmp_path))

    assert refused.value.returncode == 2
