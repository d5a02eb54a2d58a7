"""Why a social secretariat's amount is not ours: what is likely, found by calculating again under another assumption. Pure.

An assumption counts as the reason only when it gives the secretariat's amount to the cent; nothing is concluded from amounts
that are merely near. Where none does, no reason is given.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal, localcontext
from typing import Any, get_args

from coop.money import ZERO, cents
from payroll import engine, journal
from payroll.engine.computing import new_sheet
from payroll.engine.facts import HeadcountClass, HouseholdKind
from payroll.engine.figures import Explained
from payroll.engine.rounding import CONTEXT
from payroll.engine.rules import fiscal_bonus, withholding_tax
from payroll.engine.sheet import MonthSheet
from payroll.secretariat.amounts import Amounts
from payroll.secretariat.reconciliation import MEMBER, Difference

MONTHS_AROUND = 12
CHILDREN_MORE = 4
WEEKS_OF_A_MONTH = Decimal(13), Decimal(3)
TWELVE = Decimal(12)
RULED_OUT = (engine.FactError, engine.NoLaw, LookupError, ArithmeticError)
"""What an engine raises for an assumption that cannot be: an impossible fact, a month without law."""


@dataclass(frozen=True)
class Reason:
    """Why two amounts are likely to differ: a code, worded by ``payroll.secretariat.texts``, and its values."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


def likely(difference: Difference, *, ours: Explained, theirs: Amounts, facts: engine.Facts, law: engine.Law) -> Reason | None:  # fmt: skip
    """Return why an amount of a member is likely to differ, or None when no assumption gives it to the cent.

    ``facts`` are those of our payslip. An engine that refuses an assumption (no law, an impossible fact) rules it out.
    """
    if difference.code == MEMBER:
        return of_member(difference)
    if difference.follows:
        return Reason("follows")
    case = _Case(ours, theirs, facts, law)
    for reason in _reasons(difference, case):
        return reason
    return Reason("cent") if difference.is_a_cent else None


def of_member(difference: Difference) -> Reason:
    """Return why only one of the two pays somebody."""
    return Reason("only_ours" if difference.theirs is None else "only_theirs")


@dataclass(frozen=True)
class _Case:
    """One member: our payslip, the secretariat's result, and what both rest on."""

    ours: Explained
    theirs: Amounts
    facts: engine.Facts
    law: engine.Law

    def amount(self, code: str) -> Decimal:
        """Return our amount of a component; zero when it is not due."""
        return journal.amount(self.ours, code)

    def under(self, facts: engine.Facts | None) -> Explained | None:
        """Return our payslip under other facts; None when there can be none."""
        try:
            return engine.payslip(facts, self.law) if facts else None
        except RULED_OUT:
            return None

    def tax(self, facts: engine.Facts | None) -> "_Tax | None":
        """Return the withholding tax on the secretariat's taxable pay and employment bonus, by our formula."""
        try:
            return _tax(self, facts) if facts else None
        except RULED_OUT:
            return None


def _other(facts: engine.Facts, **changes: Any) -> engine.Facts | None:
    """Return facts with some changed; None when they cannot be true."""
    try:
        return replace(facts, **changes)
    except engine.FactError:
        return None


@dataclass(frozen=True)
class _Tax:
    """A withholding tax: rounded as the law says, and with the last division cut off."""

    due: Decimal
    cut_off: Decimal


def _tax(case: _Case, facts: engine.Facts) -> _Tax:
    """Calculate the tax from the secretariat's taxable pay and bonus; without a bonus of its own, from our bonus."""
    with localcontext(CONTEXT):
        sheet: MonthSheet = new_sheet(facts, case.law)
        theirs = case.theirs
        told = {
            "taxable": theirs.gross - theirs.contribution_due if theirs.taxable is None else theirs.taxable,
            "employment_bonus_a": case.amount("employment_bonus_a")
            if theirs.employment_bonus_a is None
            else theirs.employment_bonus_a,
            "employment_bonus_b": case.amount("employment_bonus_b")
            if theirs.employment_bonus_b is None
            else theirs.employment_bonus_b,
        }
        for code, amount in told.items():
            sheet.euros(code, amount)
        withholding_tax.tax_base(sheet)
        withholding_tax.before_bonus(sheet)
        withholding_tax.left_after_other_reductions(sheet)
        fiscal_bonus.fiscal_bonus(sheet)
        withholding_tax.withholding_tax(sheet)
        due, before = sheet["withholding_tax"].amount, sheet["withholding_before_bonus"].amount
        cut = (sheet["yearly_tax"].amount / TWELVE).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return _Tax(due, max(ZERO, due - (before - cut)))


def _reasons(difference: Difference, case: _Case) -> Iterator[Reason]:
    """Yield the reasons that give the secretariat's amount to the cent, the most likely first."""
    code, said = difference.code, difference.theirs
    if case.theirs.gross != case.amount("gross") and code != "gross":
        other = case.under(case.facts.with_gross(case.theirs.gross))
        if other is not None and journal.amount(other, code) == said:
            yield Reason("other_gross", {"gross": case.theirs.gross})
    hours = _other_hours(case)
    if hours is not None:
        reason, shorter = hours
        if code == "gross" and cents(case.amount("gross") * shorter.work.hours / case.facts.work.hours) == said:
            yield reason
        found = case.under(shorter)
        if code != "gross" and found is not None and journal.amount(found, code) == said:
            yield reason
    for finder in FINDERS.get(code, ()):
        for reason, amount in finder(case):
            if amount == said:
                yield reason


def _other_hours(case: _Case) -> tuple[Reason, engine.Facts] | None:
    """Return our facts with the secretariat's hours of the month, brought to a week, and its gross."""
    theirs, work = case.theirs.hours, case.facts.work
    if theirs is None or not work.hours:
        return None
    weeks, months = WEEKS_OF_A_MONTH
    weekly = cents(theirs * months / weeks)
    if weekly in (ZERO, work.hours) or weekly > work.full_time_hours:
        return None
    values = {"theirs": theirs, "ours": cents(work.hours * weeks / months)}
    other = replace(case.facts, work=replace(work, hours=weekly)).with_gross(case.theirs.gross)
    return Reason("hours", values), other


Found = Iterator[tuple[Reason, Decimal]]


def _bonus(code: str) -> Callable[[_Case], Found]:
    """Return the finder of a part of the employment bonus under the values of another month."""

    def find(case: _Case) -> Found:
        facts = case.facts.with_gross(case.theirs.gross)
        for month in _months_around(facts.month):
            other = case.under(_other(facts.alone(), month=month))
            if other is not None and other["employment_bonus"].amount != case.amount("employment_bonus"):
                since = next(iter(_since(other, "employment_bonus.")), None)
                yield Reason("bonus_of_other_set", {"since": since or month.first_day}), other[code].amount

    return find


def _since(payslip: Explained, prefix: str) -> Iterator[Any]:
    for figure in payslip.figures:
        for part in figure.parts:
            if isinstance(part, engine.Parameter) and part.name.startswith(prefix):
                yield part.since


def _months_around(month: engine.YearMonth) -> Iterator[engine.YearMonth]:
    """Yield the months before and after one, the nearest first."""
    place = month.year * 12 + month.month - 1
    for away in range(1, MONTHS_AROUND + 1):
        for other in (place - away, place + away):
            yield engine.YearMonth(other // 12, other % 12 + 1)


def _withholding(case: _Case) -> Found:
    """The tax: on the secretariat's taxable pay; cut off and not rounded; for another household; of another year."""
    plain = case.tax(case.facts)
    if plain is None:
        return
    if plain.due != case.amount("withholding_tax"):
        yield Reason("other_taxable"), plain.due
    yield Reason("cut_off_twelfth"), plain.cut_off
    for home in _households(case.facts.household):
        other = case.tax(_other(case.facts, household=home))
        if other is not None:
            reason = Reason("other_household", {"home": home})
            yield reason, other.due
            yield reason, other.cut_off
    for year in (case.facts.month.year - 1, case.facts.month.year + 1):
        other = case.tax(_other(case.facts, month=engine.YearMonth(year, case.facts.month.month)))
        if other is not None:
            yield Reason("tax_of_other_year", {"year": year}), other.due


def _households(home: engine.Household) -> Iterator[engine.Household]:
    """Yield households that differ in one thing, then those that differ in the children and another one."""
    kinds = [replace(home, kind=kind, single_parent=False) for kind in get_args(HouseholdKind) if kind != home.kind]
    others = [*kinds, replace(home, single_parent=not home.single_parent), replace(home, disabled=not home.disabled)]
    children = [number for number in range(home.children + CHILDREN_MORE) if number != home.children]
    yield from (_with_children(home, number) for number in children)
    yield from others
    yield from (_with_children(other, number) for other in others for number in children)


def _with_children(home: engine.Household, number: int) -> engine.Household:
    return replace(home, children=number, disabled_children=min(home.disabled_children, number))


def _special(case: _Case) -> Found:
    """The special contribution: of the month alone where ours is the quarter's rest, or by another column of the scale."""
    facts = case.facts.with_gross(case.theirs.gross)
    alone = case.under(facts.alone())
    if alone is not None:
        yield Reason("special_by_month"), alone["special_contribution"].amount
    for kind in ("single", "own_income", "no_income"):
        home = replace(facts.household, kind=kind, single_parent=False)  # type: ignore[arg-type]
        other = case.under(_other(facts, household=home))
        if other is not None:
            yield Reason("special_of_other_column", {"kind": kind}), other["special_contribution"].amount
        other = case.under(_other(facts.alone(), household=home))
        if other is not None:
            yield Reason("special_of_other_column", {"kind": kind}), other["special_contribution"].amount


def _employer(case: _Case) -> Found:
    """Employer contributions: less the reduction, or of an employer of another size or purpose."""
    facts = case.facts.with_gross(case.theirs.gross)
    own = case.under(facts)
    if own is not None and not case.theirs.structural_reduction:
        yield (
            Reason("reduction_in_contributions"),
            own["employer_contribution"].amount - _reductions(own),
        )
    for size in get_args(HeadcountClass):
        for commercial in (True, False):
            employer = replace(facts.employer, headcount_class=size, commercial_purpose=commercial)
            other = case.under(replace(facts, employer=employer)) if employer != facts.employer else None
            if other is not None:
                reason = Reason("employer_class", {"size": size, "commercial": commercial})
                yield reason, other["employer_contribution"].amount


def _reductions(payslip: Explained) -> Decimal:
    return journal.amount(payslip, "structural_reduction") + journal.amount(payslip, "first_hire_reduction")


def _reduction(case: _Case) -> Found:
    """The structural reduction: inside the contributions, or by another policy of the quarter's months."""
    facts = case.facts.with_gross(case.theirs.gross)
    own = case.under(facts)
    if own is not None and not case.theirs.structural_reduction:
        due = own["employer_contribution"].amount - _reductions(own)
        if case.theirs.employer_contribution == due:
            yield Reason("reduction_in_contributions"), ZERO
    alone = case.under(facts.alone())
    if alone is not None:
        yield Reason("reduction_by_month"), alone["structural_reduction"].amount
    for policy in ("advance", "hold"):
        other = case.under(replace(facts, quarter=replace(facts.quarter, policy=policy)))  # type: ignore[arg-type]
        if other is not None:
            yield Reason(f"reduction_{policy}"), other["structural_reduction"].amount


FINDERS: Mapping[str, tuple[Callable[[_Case], Found], ...]] = {
    "employment_bonus_a": (_bonus("employment_bonus_a"),),
    "employment_bonus_b": (_bonus("employment_bonus_b"),),
    "social_contribution_due": (_bonus("social_contribution_due"),),
    "withholding_tax": (_withholding,),
    "special_contribution": (_special,),
    "employer_contribution": (_employer,),
    "structural_reduction": (_reduction,),
}
"""Who looks for the reasons of a component."""
