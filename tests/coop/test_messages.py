"""Collecting and compiling translations without the programs of gettext."""

import gettext

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.core.management import call_command
from django.core.management.base import CommandError

from coop.management.commands import collect_messages
from coop.management.commands.collect_messages import Message


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ("{% translate 'Save' %}", [Message("Save")]),
        ('{% translate "May" context "month" as name %}', [Message("May", context="month")]),
        ('<a title="{% translate "50% off" %}">', [Message("50%% off")]),
        (
            "{% blocktranslate trimmed with n=a %}\n  One {{ n }}\n  day\n{% endblocktranslate %}",
            [Message("One %(n)s day")],
        ),
        (
            "{% blocktranslate count n=a %}one{% plural %}{{ n }} more{% endblocktranslate %}",
            [Message("one", plural="%(n)s more")],
        ),
        ('{{ _("Yes")|upper }}{% include "a" with b=_("No") %}', [Message("Yes"), Message("No")]),
        ('_("text outside of tags") gettext("neither")', []),
    ],
)
def test_the_sentences_of_a_template_are_found(source, messages):
    assert list(collect_messages.in_template(source)) == messages


def test_the_sentences_of_a_module_are_found(tmp_path):
    module = tmp_path / "module.py"
    module.write_text(
        "# Translators: on the button\n"
        "a = _('Save')\n"
        "b = ngettext('%(n)s day', '%(n)s days', n)\n"
        "c = pgettext_lazy('month', 'May')\n"
        "d = _(variable)\n"
    )

    assert list(collect_messages.in_code(module)) == [
        Message("Save", comments=("Translators: on the button",)),
        Message("%(n)s day", plural="%(n)s days"),
        Message("May", context="month"),
    ]


def test_collecting_again_keeps_translations_and_drops_what_is_gone(tmp_path):
    path = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    first, second = Catalog(), Catalog()
    first.add("Save"), first.add("Gone"), second.add("Save"), second.add("New")
    collect_messages.update(path, "fr", first)
    path.write_text(path.read_text().replace('msgid "Save"\nmsgstr ""', 'msgid "Save"\nmsgstr "Enregistrer"'))

    missing = collect_messages.update(path, "fr", second)

    catalog = read_po(path.open("rb"))
    assert {message.id: message.string for message in catalog if message.id} == {"Save": "Enregistrer", "New": ""}
    assert missing == 1


def test_compiled_translations_are_read_by_gettext(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Save"\nmsgstr "Enregistrer"\n',
        encoding="utf-8",
    )

    call_command("compile_translations", verbosity=0)

    with source.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Save") == "Enregistrer"


def test_a_broken_translation_file_is_named_and_the_compiled_one_stays(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "Save"\n<<<<<<< HEAD\nmsgstr "Enregistrer"\n')

    with pytest.raises(CommandError, match=r"django\.po"):
        call_command("compile_translations")

    assert not source.with_suffix(".mo").exists()
