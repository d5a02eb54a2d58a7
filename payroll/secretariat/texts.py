"""The social secretariat in words, in the language that is active: components, reasons. Nothing is decided here."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from coop import formatting
from members.models import Situation
from payroll import engine, texts
from payroll.models import EmployerTerms
from payroll.secretariat.reasons import Reason
from payroll.secretariat.reconciliation import MEMBER

REASONS = {
    "only_ours": gettext_noop("The file has no result for this member."),
    "only_theirs": gettext_noop("This member is in the file and not in the run."),
    "follows": gettext_noop("Follows from the differences above."),
    "cent": gettext_noop("A cent: rounded otherwise."),
    "other_gross": gettext_noop("Follows from the other gross."),
    "hours": gettext_noop("Other hours: {theirs} in the file, {ours} in our month."),
    "bonus_of_other_set": gettext_noop("Employment bonus by the values in force since {since}."),
    "other_taxable": gettext_noop("Our formula on the file’s taxable pay and employment bonus gives this amount."),
    "cut_off_twelfth": gettext_noop("The year’s tax divided by 12 was cut off, not rounded: a cent less."),
    "other_household": gettext_noop("Other family situation: {home}."),
    "tax_of_other_year": gettext_noop("Scale of the tax of {year}."),
    "special_of_other_column": gettext_noop("Other column of the special contribution: {column}."),
    "special_by_month": gettext_noop("Of the month alone; ours is what the quarter leaves."),
    "reduction_in_contributions": gettext_noop("The structural reduction is already taken off the contributions."),
    "employer_class": gettext_noop("Other kind of employer: {employer}."),
    "reduction_by_month": gettext_noop("Structural reduction of the month alone, not of the quarter to date."),
    "reduction_advance": gettext_noop(
        "Structural reduction given month by month; ours is held until the quarter ends."
    ),
    "reduction_hold": gettext_noop("Structural reduction held until the quarter ends; ours is given month by month."),
}
COLUMNS = {
    "single": gettext_noop("single"),
    "own_income": gettext_noop("two incomes"),
    "no_income": gettext_noop("one income in the household"),
}


def component(code: str) -> str:
    """Return the short name of a component."""
    return _("Whole member") if code == MEMBER else texts.label(code)


def reason(found: Reason | None) -> str:
    """Return a likely reason in words; the empty text when none is known."""
    if found is None:
        return ""
    return _(REASONS[found.code]).format(**_values(found))


def _values(found: Reason) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in found.values.items():
        values[name] = _value(name, value)
    if found.code == "special_of_other_column":
        values["column"] = _(COLUMNS[found.values["kind"]])
    if found.code == "employer_class":
        values["employer"] = _employer(found.values["size"], found.values["commercial"])
    return values


def _value(name: str, value: Any) -> str:
    if isinstance(value, engine.Household):
        return _household(value)
    if isinstance(value, date):
        return formatting.day(value)
    if isinstance(value, Decimal):
        return formatting.quantity(value) if name in ("theirs", "ours") else formatting.money(value)
    return str(value)


def _household(home: engine.Household) -> str:
    parts = [str(Situation.Household(home.kind).label)]
    parts.append(ngettext("%(count)d child", "%(count)d children", home.children) % {"count": home.children})
    if home.single_parent:
        parts.append(_("single parent"))
    if home.disabled:
        parts.append(_("with a disability"))
    return ", ".join(parts)


def _employer(size: str, commercial: bool) -> str:
    purpose = _("with a commercial purpose") if commercial else _("without a commercial purpose")
    return f"{EmployerTerms.Headcount(size).label}, {purpose}"
