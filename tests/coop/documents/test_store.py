"""Files are whole or not there, and checked when read."""

import errno
import os
import time
from uuid import uuid4

import pytest

from coop.documents import store


@pytest.fixture
def place(settings, tmp_path):
    """A place for a file under a root of its own."""
    settings.DOCUMENTS_ROOT = tmp_path
    return store.place_of(cooperative="archipel", year=2026, document=uuid4())


def test_a_file_stands_under_its_cooperative_and_year(place, tmp_path):
    assert place.parent == tmp_path / "archipel" / "2026"


def test_a_file_is_read_as_it_was_stored(place):
    draft = store.write(b"content", place)
    draft.keep(place)

    assert store.read(place, draft.sha256) == b"content"
    assert draft.size == 7


def test_a_draft_is_not_in_its_place_until_it_is_kept(place):
    draft = store.write(b"content", place)

    assert not place.exists()
    draft.drop()
    assert list(place.parent.iterdir()) == []


def test_a_changed_file_is_refused(place):
    draft = store.write(b"content", place)
    draft.keep(place)
    place.write_bytes(b"c0ntent")

    with pytest.raises(store.Damaged, match="has changed"):
        store.read(place, draft.sha256)


def test_a_missing_file_is_refused(place):
    with pytest.raises(store.Damaged, match="is missing"):
        store.read(place, "0" * 64)


@pytest.mark.parametrize("step", ["write", "fsync"])
def test_a_full_disk_leaves_nothing(place, monkeypatch, step):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    store.write(b"x", place).drop()
    if step == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        limited = os.fdopen
        monkeypatch.setattr(os, "fdopen", lambda descriptor, mode: _Full(limited(descriptor, mode)))

    with pytest.raises(OSError, match="No space left"):
        store.write(b"content", place)

    assert list(place.parent.iterdir()) == []


class _Full:
    """A file on a full disk."""

    def __init__(self, file):
        self.file = file

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.file.close()

    def write(self, _content):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_drafts_of_dead_processes_are_removed_after_an_hour(place):
    old, young = store.write(b"old", place), store.write(b"young", place)
    os.utime(old.path, (time.time() - 4000,) * 2)

    assert store.sweep_drafts() == 1
    assert not old.path.exists()
    assert young.path.exists()
