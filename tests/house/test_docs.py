"""What the code names, the documentation names: figures, rights, roles, states; and every refusal is whole."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import pofile
from django.apps import apps
from django.conf import settings
from django.db.models import TextChoices

import coop
import invoicing
import members
import payroll
from coop.access.models import Role
from coop.access.predicates import RIGHTS, Subject
from coop.errors import Refused
from invoicing.models import TRANSITIONS as INVOICE_MOVES
from invoicing.peppol.models import MOVES as RECEIVED_MOVES
from invoicing.peppol.models import SENDING
from invoicing.purchases.models import TRANSITIONS as COST_MOVES
from payroll.engine import codes
from payroll.models import PayrollRun, SalaryOrder

DOCS = settings.BASE_DIR / "docs"
PACKAGES = (coop, members, invoicing, payroll)


def rows(name: str) -> list[list[str]]:
    """Return the cells of every row of every table of a document."""
    lines = (DOCS / name).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("|")]


# --- the engine -------------------------------------------------------------------------------------------------------


def test_every_figure_and_its_rules_are_documented():
    documented = {row[0].strip("`"): row for row in rows("figures.md") if row[0].startswith("`")}
    wrong = [
        code
        for code, label in codes.LABELS.items()
        if code not in documented
        or documented[code][1] != label
        or {rule for name, rule in codes.SENTENCES if name == code} != set(re.findall(r"`(\w+)`", documented[code][2]))
    ]

    assert wrong == []
    assert documented.keys() == codes.LABELS.keys() | codes.FINDINGS.keys()


# --- roles ------------------------------------------------------------------------------------------------------------


def test_the_documented_rights_are_those_of_the_code():
    table = rows("rights.md")
    head = [cell.strip("`") for cell in table[0][1:]]
    documented = {
        re.findall(r"`(\w+)`", row[0])[0]: dict(zip(head, row[1:], strict=True))
        for row in table[2:]
        if row[0].startswith("`") and ":" in row[0]
    }
    of_code = {subject.value: {role.value: RIGHTS[subject].get(role, "–") for role in Role} for subject in Subject}

    assert documented == of_code


def test_every_role_is_documented():
    named = {row[0].strip("`"): row for row in rows("rights.md") if len(row) == 5 and row[0].startswith("`")}

    assert {role.value: str(role.label) for role in Role} == {name: row[3] for name, row in named.items()}


# --- guides -----------------------------------------------------------------------------------------------------------

EMPHASIS = {
    "en": {"It is never a debt of yours", "Not yet correctable on the screen"},
    "fr": {"Ce n’est jamais une dette de votre part", "Pas encore corrigeable à l’écran"},
    "nl": {"Het is nooit een schuld van u", "Nog niet recht te zetten op het scherm"},
}
FILES = {"CSV", "PDF", "XLSX", ".xml"}


def plain(text: str) -> str:
    """Return the words of a sentence alone: neither its last mark nor the kind of its spaces."""
    return " ".join(text.replace("\xa0", " ").split()).rstrip(":.… ")


@pytest.mark.parametrize("guide", ["member", "team"])
@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_the_words_that_a_guide_sends_people_to_stand_on_the_screens(guide: str, language: str):
    path = settings.BASE_DIR / "locale" / ("fr" if language == "en" else language) / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        messages = [one for one in pofile.read_po(file) if one.id]
    sentences = [one.id if language == "en" else one.string for one in messages]
    shown = {plain(words) for one in sentences for words in ([one] if isinstance(one, str) else one)}
    bold = re.findall(r"\*\*(.+?)\*\*", (DOCS / "guides" / f"{guide}.{language}.md").read_text("utf-8"), re.DOTALL)

    named = {plain(words) for one in bold for words in one.split("→")}

    assert sorted(named - shown - EMPHASIS[language] - FILES) == []


# --- states -----------------------------------------------------------------------------------------------------------


def states() -> dict[str, dict[str, set[str]]]:
    """Return the documented states by model, each with the states to which it leads."""
    found: dict[str, dict[str, set[str]]] = {}
    models: list[str] = []
    text = (DOCS / "glossary.md").read_text(encoding="utf-8").split("## States", 1)[1]
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 6 or not cells[1].startswith("`"):
            continue
        models = re.findall(r"`(\w+)`", cells[0]) or models
        for model in models:
            found.setdefault(model, {})[cells[1].strip("`")] = set(re.findall(r"`(\w+)`", cells[5]))
    return found


def test_every_state_of_every_model_is_in_the_glossary():
    documented = states()
    of_code = {
        model.__name__: {value for value, _label in field.choices or ()}
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name == "state" and model.__module__.split(".")[0] in {"coop", "members", "invoicing", "payroll"}
        and not model.__name__.endswith("Event")
    }  # fmt: skip

    assert {name: set(moves) for name, moves in documented.items()} == of_code


@pytest.mark.parametrize(
    ("model", "table"),
    [
        ("Invoice", INVOICE_MOVES),
        ("SupplierInvoice", COST_MOVES),
        ("ExpenseNote", COST_MOVES),
        ("Transmission", SENDING),
        ("Received", RECEIVED_MOVES),
        ("SalaryOrder", SalaryOrder.MOVES),
        ("PayrollRun", PayrollRun.MOVES),
    ],
)
def test_the_documented_moves_are_those_of_the_code(model, table):
    documented = {state: moves for state, moves in states()[model].items() if moves}

    assert documented == {str(state): {str(to) for to in moves} for state, moves in table.items()}
    assert all(isinstance(state, TextChoices) for state in table), "a refusal names states by their labels"


# --- refusals ---------------------------------------------------------------------------------------------------------


def _load_everything() -> None:
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name and not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def _refusals(kind: type[Refused] = Refused) -> Iterator[type[Refused]]:
    for each in kind.__subclasses__():
        yield each
        yield from _refusals(each)


def _sources() -> Iterator[tuple[Path, ast.Module]]:
    for package in PACKAGES:
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_every_refusal_says_object_reason_and_remedy():
    _load_everything()
    kinds = {
        kind.__name__
        for kind in _refusals()
        if kind.__init__ is Refused.__init__ and kind.__module__.split(".")[0] != "tests"
    } | {"Refused"}
    lacking = [
        f"{path.relative_to(settings.BASE_DIR)}:{call.lineno} {_name(call)}"
        for path, tree in _sources()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call) in kinds
        and not {"subject", "reason", "remedy"} <= {word.arg for word in call.keywords}
    ]  # fmt: skip

    assert len(kinds) > 40
    assert lacking == []


def test_no_part_of_a_refusal_is_a_bare_sentence_without_translation():
    bare = [
        f"{path.relative_to(settings.BASE_DIR)}:{word.value.lineno} {word.value.value!r}"
        for path, tree in _sources()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for word in call.keywords
        if word.arg in {"reason", "remedy"} and isinstance(word.value, ast.Constant) and " " in str(word.value.value)
    ]

    assert bare == []


def test_every_refusal_tells_in_its_docstring_what_was_wished():
    _load_everything()

    assert [kind.__qualname__ for kind in _refusals() if not (kind.__doc__ or "").strip().endswith(".")] == []
