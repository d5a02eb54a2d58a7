"""Files that people send: by content, not by name; once; as they came."""

import pytest
from django.db import transaction

from coop.documents import queries, services
from coop.documents.models import Document
from coop.ledger.models import ChainRecord
from tests import cast
from tests.coop.documents import kinds_for_tests

AT = cast.at("2026-09-14 10:00")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20 + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"\xff\xd9"


@pytest.fixture
def world(db) -> cast.World:
    """The cast, and the kinds that tests use."""
    kinds_for_tests.register()
    return cast.world()


def keep(world: cast.World, content: bytes, filename: str = "receipt.pdf", owner: str = "lina") -> Document:
    """Keep a file."""
    with transaction.atomic():
        return services.keep_file(
            cooperative=world.archipel, kind="test_receipt", subject=world.activities[owner].pk, content=content,
            filename=filename, at=AT,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "media_type", "suffix"),
    [(PDF, "application/pdf", "pdf"), (PNG, "image/png", "png"), (JPEG, "image/jpeg", "jpg")],
)
def test_a_file_is_known_by_its_content(world, content, media_type, suffix):
    document = keep(world, content, "scan.exe")

    assert (document.media_type, document.filename) == (media_type, f"scan.{suffix}")
    assert queries.content(document) == content
    assert ChainRecord.objects.get(document=document.pk).content == document.sha256


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg onload=alert(1)>",
        b"<html>%PDF-",
        b"PK\x03\x04" + b"\0" * 50,
        PDF[:20],
        PNG[:20],
        JPEG[:10],
        b"GIF89a",
    ],
)
def test_other_files_are_refused_and_leave_nothing(world, content):
    with pytest.raises(services.NotAReceipt, match="PDF, PNG or JPEG"):
        keep(world, content)

    assert not Document.objects.exists()


def test_a_file_above_ten_megabytes_is_refused(world):
    with pytest.raises(services.NotAReceipt, match="10 MB"):
        keep(world, PDF + b"\0" * services.LARGEST)


def test_the_same_file_is_kept_once(world):
    first = keep(world, PDF)

    assert keep(world, PDF) == first
    with pytest.raises(services.FileAlreadyKept, match="very same file"):
        keep(world, PDF, owner="aline")
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\ticket.PDF", "ticket.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        ("é" * 300, "é" * 100 + ".pdf"),
    ],
)
def test_a_name_is_only_shown(world, name, shown):
    assert keep(world, PDF, name).filename == shown
