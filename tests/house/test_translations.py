"""Every sentence of code and templates has its French and its Dutch, with the same placeholders."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings

from coop.management.commands import collect_messages

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{[\w.]*\}")
LANGUAGES = [language for language, _ in settings.LANGUAGES if language != "en"]


def translations(language: str) -> Catalog:
    with (Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po").open("rb") as stream:
        return read_po(stream, locale=language)


def sentences(catalog: Catalog) -> dict[tuple[str | None, tuple[str, ...]], tuple[str, ...]]:
    """Return each sentence (context, singular and plural) with its translation."""
    return {
        (message.context, collect_messages.as_tuple(message.id)): collect_messages.as_tuple(message.string)
        for message in catalog
        if message.id
    }


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_of_a_language_holds_every_sentence_and_no_other(language):
    wanted = set(sentences(collect_messages.collect()))

    assert set(sentences(translations(language))) == wanted, "run `make messages`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language):
    missing = [ids for (_, ids), texts in sentences(translations(language)).items() if not all(texts)]

    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_sentence(language):
    wrong = [
        (ids, texts)
        for (_, ids), texts in sentences(translations(language)).items()
        for place, text in enumerate(texts)
        if placeholders(text) not in (placeholders(ids[place]), placeholders(ids[-1]))  # one: "1 day" or "a day"
    ]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_begins_and_ends_its_lines_as_its_sentence(language):
    wrong = [
        ids
        for (_, ids), texts in sentences(translations(language)).items()
        for text in texts
        if text and (ids[-1].startswith("\n"), ids[-1].endswith("\n")) != (text.startswith("\n"), text.endswith("\n"))
    ]

    assert wrong == []


def test_french_has_its_no_break_spaces_and_apostrophes():
    wrong = [
        text
        for texts in sentences(translations("fr")).values()
        for text in texts
        if re.search(r"\w [;:?!»]|« |\w'\w", text)
    ]

    assert wrong == []
