"""Collects the sentences to translate, with Babel and Django's reader of templates; needs no program of gettext."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

APPS = ("coop", "members", "invoicing", "payroll")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """# Sentences of Partagée in the language {language}. AGPL-3.0-or-later, as the whole.
# `make messages` brings this file up to date; write translations into it, by hand or with any editor of .po files."""
STRING = re.compile(r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
CALL = re.compile(rf"\b(?P<name>n?p?gettext|_)\((?P<words>{STRING.pattern}(?:\s*,\s*{STRING.pattern})*)")


@dataclass(frozen=True)
class Message:
    """A sentence to translate: alone, or with its plural; perhaps with a context that tells it from its homonyms."""

    singular: str
    plural: str = ""
    context: str | None = None
    comments: tuple[str, ...] = ()


class Command(BaseCommand):
    """Bring ``locale/*/LC_MESSAGES/django.po`` up to date; translations stay, sentences that are gone leave."""

    help = "Collects the sentences of code and templates into locale/*/LC_MESSAGES/django.po."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect."""
        template = collect()
        for language, _ in settings.LANGUAGES:
            if language != "en":  # the sentences in the code are English
                missing = update(
                    Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po", language, template
                )
                self.stdout.write(f"{language}: {len(template)} sentences, {missing} without translation.")


def collect() -> Catalog:
    """Return all sentences of code and templates with the files in which they stand."""
    catalog = Catalog(project="Partagée", charset="utf-8")
    for path, messages in everything():
        for message in messages:
            catalog.add(
                (message.singular, message.plural) if message.plural else message.singular,
                locations=[(str(path.relative_to(settings.BASE_DIR)), 0)],
                auto_comments=list(message.comments),
                context=message.context,
            )
    return catalog


def everything() -> Iterator[tuple[Path, Iterable[Message]]]:
    """Yield each file with its sentences."""
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, in_code(path)
    folders = [settings.BASE_DIR / "templates", *(settings.BASE_DIR / app for app in APPS)]
    for folder in folders:
        for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
            yield path, in_template(path.read_text(encoding="utf-8"))


def in_code(path: Path) -> Iterator[Message]:
    """Yield the sentences of a module."""
    with path.open("rb") as stream:
        for _, words, comments, context in extract("python", stream, keywords=KEYWORDS, comment_tags=["Translators:"]):
            singular, plural = (words[0], words[1]) if isinstance(words, tuple) else (words, "")
            if singular:
                yield Message(singular, plural, context, tuple(comments))


def in_template(source: str) -> Iterator[Message]:
    """Yield the sentences of a template, which Django first rewrites as calls of gettext."""
    for call in CALL.finditer(templatize(source)):
        words = [ast.literal_eval(word) for word in STRING.findall(call["words"])]
        context = words.pop(0) if call["name"] in {"pgettext", "npgettext"} else None
        yield Message(words[0], words[1] if len(words) > 1 else "", context)


def update(path: Path, language: str, template: Catalog) -> int:
    """Bring one language up to date; return how many sentences have no translation."""
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog = Catalog(locale=language, project="Partagée", charset="utf-8")
    if path.exists():
        with path.open("rb") as stream:
            catalog = pofile.read_po(stream, locale=language)
    created = catalog.creation_date
    catalog.update(template, no_fuzzy_matching=True)
    catalog.creation_date = created  # a file in which no sentence changed stays as it is
    catalog.obsolete.clear()
    catalog.fuzzy = False
    catalog.header_comment = HEADER.format(language=catalog.locale_identifier)
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = "Partagée"
    with path.open("wb") as stream:
        pofile.write_po(stream, catalog, width=100, sort_by_file=True, include_lineno=False, omit_header=False)
    return sum(1 for message in catalog if message.id and not all(as_tuple(message.string)))


def as_tuple(text: Any) -> tuple[str, ...]:
    """Return singular and plural forms alike as a tuple."""
    return tuple(text) if isinstance(text, list | tuple) else (text,)
