"""A stored payslip calculated again from what the engine was told: which amounts differ. Pure; EUR.

``facts_of`` reads back what ``facts.to_json`` wrote. It is as strict as that is complete: a fact that is missing, or that
the engine of today does not know, is named, for an amount calculated without it would prove nothing.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from coop.money import ZERO, cents
from payroll import engine, journal
from payroll.engine.figures import Explained, shown
from payroll.exceptional import Nature, is_exceptional

Shown = TypeVar("Shown", engine.Payslip, engine.Settlement)

# The columns of a payslip that repeat a figure.
COLUMNS = {
    "gross": "gross",
    "net": "net",
    "to_pay": "to_pay",
    "wage_cost": "wage_cost",
    "employer_cost": "employer_cost",
    "reduction": "structural_reduction",
    "first_hire_reduction": "first_hire_reduction",
    "special_contribution": "special_contribution",
    "end_of_year_base": "end_of_year_base",
    "double_holiday_pay": "double_holiday_pay",
}


# The columns of a settled quarter that repeat a figure.
QUARTER_COLUMNS = {
    "reduction_due": "structural_reduction_quarter",
    "correction": "structural_reduction_correction",
    "first_hire_correction": "first_hire_reduction_correction",
    "special_contribution_correction": "special_contribution_correction",
}
EXCEPTIONAL_COLUMNS = dict.fromkeys(COLUMNS, "") | {
    "gross": "exceptional_payment",
    "net": "exceptional_net",
    "to_pay": "exceptional_net",
    "wage_cost": "exceptional_cost",
    "employer_cost": "exceptional_cost_left",
}
"""The same of a premium or holiday pay; a column that repeats nothing of it is zero."""
PAYMENTS: Mapping[str, Any] = {
    Nature.DOUBLE_HOLIDAY_PAY: engine.DoubleHolidayPay,
    Nature.END_OF_YEAR_PREMIUM: engine.EndOfYearPremium,
    Nature.ANNUAL_PREMIUM: engine.AnnualPremium,
    Nature.EXIT_HOLIDAY_PAY: engine.ExitHolidayPay,
}


class NotWhole(ValueError):
    """The stored facts of a payslip or a quarter are not whole: the sentence names the fact."""


@dataclass(frozen=True)
class Borne:
    """What an activity bears of a payslip, as it is stored: its number, its weight, its part of the employer cost."""

    activity: UUID
    number: str
    weight: Decimal
    cost: Decimal


@dataclass(frozen=True)
class Difference:
    """An amount that comes out otherwise today; empty when it is not stored, or not calculated any more.

    ``figure`` is the code of a figure, ``column NAME`` for a total kept beside the figures, ``activity NUMBER`` for what an
    activity bears.
    """

    figure: str
    stored: Decimal | None
    computed: Decimal | None

    def __str__(self) -> str:
        stored, computed = (one if one is None else shown(one) for one in (self.stored, self.computed))
        return f"{self.figure}: stored {stored or 'nothing'}, computed {computed or 'nothing'}"


# --- facts ------------------------------------------------------------------------------------------------------------


def facts_of(stored: Any, *, label: str) -> engine.Facts:
    """Return the facts that a payslip was calculated from; ``label`` stands for the name, which changes no amount.

    Raises NotWhole when a fact is missing or unknown, and the engine's FactError when one cannot be true.
    """
    if not isinstance(stored, Mapping):
        raise NotWhole("no facts are stored")
    facts: engine.Facts = read(engine.Facts, {**stored, "label": label})
    return facts


def quarter_facts_of(stored: Any, *, label: str) -> engine.QuarterFacts:
    """Return the facts that a quarter was settled from; ``label`` stands for the name. Raises as ``facts_of``."""
    if not isinstance(stored, Mapping):
        raise NotWhole("no facts are stored")
    facts: engine.QuarterFacts = read(engine.QuarterFacts, {**stored, "label": label})
    return facts


def exceptional_facts_of(stored: Any, *, nature: str, label: str) -> engine.ExceptionalFacts:
    """Return the facts that a payment beside pay was calculated from. Raises as ``facts_of``."""
    if not isinstance(stored, Mapping) or "payment" not in stored:
        raise NotWhole("no facts are stored")
    payment = read(PAYMENTS[nature], stored["payment"], "payment")
    rest: engine.ExceptionalFacts = read(engine.ExceptionalFacts, {**stored, "label": label, "payment": payment})
    return rest


def read(kind: Any, stored: Any, where: str = "") -> Any:
    """Return a frozen object of the engine from the JSON that ``facts.to_json`` wrote of it.

    A fact that was added later and has a default need not be stored. Raises NotWhole, naming the fact.
    """
    if not isinstance(stored, Mapping):
        raise NotWhole(f"the fact {where} is not stored whole")
    hints, prefix = _hints(kind), f"{where}." if where else ""
    known = {field.name: field for field in fields(kind)}
    if unknown := sorted(stored.keys() - known.keys()):
        raise NotWhole(f"the engine of today does not know the fact {prefix}{unknown[0]}")
    values = {}
    for name, field in known.items():
        if name in stored:
            values[name] = _value(hints[name], stored[name], f"{prefix}{name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise NotWhole(f"the fact {prefix}{name} is not stored")
    return kind(**values)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(kind: Any, stored: Any, where: str) -> Any:
    if is_dataclass(stored):
        return stored
    if get_origin(kind) in (Union, types.UnionType):
        if stored is None:
            return None
        kind = next(one for one in get_args(kind) if one is not type(None))
    if is_dataclass(kind) and isinstance(kind, type):
        return _month(stored, where) if kind is engine.YearMonth else read(kind, stored, where)
    if get_origin(kind) is tuple:
        if not isinstance(stored, Sequence) or isinstance(stored, str):
            raise NotWhole(f"the fact {where} is no list")
        return tuple(_value(get_args(kind)[0], one, f"{where}[{at}]") for at, one in enumerate(stored))
    if kind is Decimal:
        try:
            return Decimal(_text(stored, where))
        except InvalidOperation:
            raise NotWhole(f"the fact {where} is no number: {stored!r}") from None
    return stored


def _month(stored: Any, where: str) -> engine.YearMonth:
    text = _text(stored, where)
    try:
        return engine.YearMonth.parse(text)
    except ValueError as error:
        raise NotWhole(f"the fact {where} is no month: {error}") from error


def _text(stored: Any, where: str) -> str:
    if not isinstance(stored, str):
        raise NotWhole(f"the fact {where} is not stored as text: {stored!r}")
    return stored


def payment_facts_of(stored: Any, *, label: str) -> engine.PaymentFacts | None:
    """Return what a payslip was told of the way from the net to the payment; None for one that was paid its net.

    Raises NotWhole when a fact is missing or unknown, and the engine's FactError when one cannot be true.
    """
    if stored is None:
        return None
    if not isinstance(stored, Mapping):
        raise NotWhole("the facts of the payment are not stored whole")
    facts: engine.PaymentFacts = read(engine.PaymentFacts, {**stored, "label": label})
    return facts


def figures_of(stored: Any) -> engine.Payslip:
    """Return the figures that a payslip showed. Raises NotWhole when they are not stored whole."""
    return _whole(engine.Payslip, stored)


def quarter_figures_of(stored: Any) -> engine.Settlement:
    """Return the figures that a settled quarter showed. Raises NotWhole when they are not stored whole."""
    return _whole(engine.Settlement, stored)


def _whole(kind: type[Shown], stored: Any) -> Shown:
    try:
        return kind.from_json(stored)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise NotWhole(f"the figures are not stored whole: {error}") from error


# --- amounts ----------------------------------------------------------------------------------------------------------


def differences(
    *, stored: Explained, computed: Explained, columns: Mapping[str, Decimal], borne: Sequence[Borne]
) -> list[Difference]:
    """Return each amount of a payslip that differs from what is calculated now, in the order of the calculation.

    Nothing is rounded before it is compared, so a difference below the cent, in a share of hours for instance, is one too.
    A figure that only one side has counts as zero on the other. ``columns`` are the totals kept beside the figures, by name
    (``COLUMNS``); ``borne`` stands in the order in which the cost was shared.
    """
    repeated = EXCEPTIONAL_COLUMNS if is_exceptional(computed) else COLUMNS
    return amounts(stored=stored, computed=computed, columns=columns, names=repeated) + _shared_otherwise(
        computed, borne
    )


def amounts(
    *, stored: Explained, computed: Explained, columns: Mapping[str, Decimal], names: Mapping[str, str]
) -> list[Difference]:
    """Return each figure and each column that differs; ``names`` gives the code of the figure that a column repeats."""
    codes = [figure.code for figure in computed.figures]
    codes += [figure.code for figure in stored.figures if figure.code not in computed]
    found = [
        Difference(code, _amount(stored, code), _amount(computed, code))
        for code in codes
        if journal.amount(stored, code) != journal.amount(computed, code)
    ]
    for name, amount in columns.items():
        now = journal.to_pay(computed) if name == "to_pay" else _amount(computed, names[name])
        if amount != cents(now or ZERO):
            found.append(Difference(f"column {name}", amount, now))
    return found


def _shared_otherwise(computed: Explained, borne: Sequence[Borne]) -> list[Difference]:
    if not borne:
        return [Difference("activities", None, journal.result(computed).costs.total)]
    costs = journal.shares(journal.result(computed).costs, [(one.activity, one.weight) for one in borne])
    return [
        Difference(f"activity {one.number}", one.cost, costs[one.activity].total)
        for one in borne
        if one.cost != costs[one.activity].total
    ]


def _amount(payslip: Explained, code: str) -> Decimal | None:
    return payslip[code].amount if code in payslip else None
