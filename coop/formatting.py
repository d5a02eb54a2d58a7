"""How amounts, days, months and rates are written in French, Dutch and English. Pages, PDFs and mails all call this.

Nothing here rounds: an amount shows at least two decimals, and more only when it has more. Negative numbers carry
U+2212, currencies and the groups of French are set apart with U+202F, an absent value is an en dash. Whatever an amount
function writes, ``coop.typed`` reads back as the same value, in every language.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal

from django.utils import translation

from coop.clock import BRUSSELS
from coop.periods import Month

MINUS = "\u2212"
THIN = "\u202f"
ABSENT = "–"


@dataclass(frozen=True)
class Writing:
    """The conventions of one language."""

    decimal: str
    group: str
    money: Callable[[str, str], str]
    percent: str
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    first_of_month: str
    at: str


_LANGUAGES = {
    "fr": Writing(
        decimal=",",
        group=THIN,
        money=lambda sign, digits: f"{sign}{digits}{THIN}€",
        percent=f"{THIN}%",
        months=(
            "janvier", "février", "mars", "avril", "mai", "juin",
            "juillet", "août", "septembre", "octobre", "novembre", "décembre",
        ),
        short_months=(
            "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
        ),
        first_of_month="1er",
        at=" à ",
    ),
    "nl": Writing(
        decimal=",",
        group=".",
        money=lambda sign, digits: f"€{THIN}{sign}{digits}",
        percent="%",
        months=(
            "januari", "februari", "maart", "april", "mei", "juni",
            "juli", "augustus", "september", "oktober", "november", "december",
        ),
        short_months=("jan.", "feb.", "mrt.", "apr.", "mei", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."),
        first_of_month="1",
        at=" om ",
    ),
    "en": Writing(
        decimal=".",
        group=",",
        money=lambda sign, digits: f"{sign}€{digits}",
        percent="%",
        months=(
            "January", "February", "March", "April", "May", "June",
            "July", "August", "September", "October", "November", "December",
        ),
        short_months=("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"),
        first_of_month="1",
        at=", ",
    ),
}  # fmt: skip


def writing(language: str | None = None) -> Writing:
    """Return the conventions of a language (by default the active one); an unknown language is written as French."""
    code = language or translation.get_language() or "fr"
    return _LANGUAGES.get(code[:2], _LANGUAGES["fr"])


def _digits(value: Decimal, how: Writing, *, least: int, grouped: bool = True) -> str:
    """Write a non-negative number with at least ``least`` decimals and no zero beyond them."""
    whole, _, decimals = format(abs(value), "f").partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    if grouped:
        whole = f"{int(whole):,}".replace(",", how.group)
    return f"{whole}{how.decimal}{decimals}" if decimals else whole


def _minus(value: Decimal) -> str:
    return MINUS if value < 0 else ""


def money(value: Decimal | None, *, language: str | None = None) -> str:
    """Write an amount in EUR with its currency: 1 250,00 €, € 1.250,00 or €1,250.00."""
    if value is None:
        return ABSENT
    how = writing(language)
    return how.money(_minus(value), _digits(value, how, least=2))


def amount(value: Decimal | None, *, language: str | None = None) -> str:
    """Write an amount without its currency, for columns whose head names it."""
    if value is None:
        return ABSENT
    return _minus(value) + _digits(value, writing(language), least=2)


def signed(value: Decimal | None, *, language: str | None = None) -> str:
    """Write an amount as a change: a plus before what is above zero."""
    if value is None:
        return ABSENT
    return ("+" if value > 0 else "") + amount(value, language=language)


def price(value: Decimal | None, *, language: str | None = None) -> str:
    """Write a price per unit with two decimals, or four where it has more than two."""
    if value is None:
        return ABSENT
    decimals = format(value, "f").partition(".")[2].rstrip("0")
    return _minus(value) + _digits(value, writing(language), least=4 if len(decimals) > 2 else 2)


def quantity(value: Decimal | None, *, language: str | None = None) -> str:
    """Write a quantity with the decimals it needs.

    Exactly three decimals get a fourth, and a whole number is grouped only by spaces: 1,125 would have two readings.
    """
    if value is None:
        return ABSENT
    how = writing(language)
    decimals = format(value, "f").partition(".")[2].rstrip("0")
    grouped = bool(decimals) or how.group == THIN
    return _minus(value) + _digits(value, how, least=4 if len(decimals) == 3 else 0, grouped=grouped)


def counted(value: Decimal) -> int:
    """Return the whole number that chooses between singular and plural words: half a day counts as one."""
    return int(value.to_integral_value(ROUND_CEILING))


def percent(rate: Decimal | None, *, language: str | None = None) -> str:
    """Write a rate (0.065) as a percentage (6,5 %)."""
    if rate is None:
        return ABSENT
    return quantity(rate * 100, language=language) + writing(language).percent


def day(value: date | None, *, language: str | None = None) -> str:
    """Write a day in words: 24 novembre 2026. A moment is written as its day in Brussels."""
    if value is None:
        return ABSENT
    value = local_day(value)
    how = writing(language)
    number = how.first_of_month if value.day == 1 else str(value.day)
    return f"{number} {how.months[value.month - 1]} {value.year}"


def short_day(value: date | None) -> str:
    """Write a day in figures, for tables: 24/11/2026 in every language."""
    if value is None:
        return ABSENT
    value = local_day(value)
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def moment(value: datetime | None, *, language: str | None = None) -> str:
    """Write a moment as its day and time in Brussels: 24 novembre 2026 à 14:02."""
    if value is None:
        return ABSENT
    local = value.astimezone(BRUSSELS)
    return f"{day(local.date(), language=language)}{writing(language).at}{local:%H:%M}"


def month(value: Month | date | None, *, language: str | None = None) -> str:
    """Write a month in words: novembre 2026."""
    if value is None:
        return ABSENT
    value = _month(value)
    return f"{writing(language).months[value.number - 1]} {value.year}"


def short_month(value: Month | date, *, language: str | None = None) -> str:
    """Write a month without its year, shortened, for the axis of a chart: nov."""
    return writing(language).short_months[_month(value).number - 1]


def iban(value: str | None) -> str:
    """Write an IBAN in groups of four, apart by U+202F."""
    compact = (value or "").replace(" ", "")
    return THIN.join(compact[i : i + 4] for i in range(0, len(compact), 4)) or ABSENT


def masked(value: str | None) -> str:
    """Write only the last four characters of a restricted value."""
    compact = (value or "").replace(" ", "")
    return f"••••{THIN}{compact[-4:]}" if compact else ABSENT


def local_day(value: date) -> date:
    """Return the day in Brussels of a moment, or the day itself."""
    return value.astimezone(BRUSSELS).date() if isinstance(value, datetime) else value


def _month(value: Month | date) -> Month:
    return value if isinstance(value, Month) else Month.of(local_day(value))
