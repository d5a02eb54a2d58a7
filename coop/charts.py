"""Charts as inline SVG, drawn from the same list of points as the table beneath them.

Geometry is whole numbers in a fixed frame, once wide and once narrow for a phone; every amount stays a Decimal and is
shown unrounded in the table. Colour never stands alone: the second to fourth series are hatched or dashed and labelled.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from coop.errors import Text

ZERO = Decimal(0)


class Kind(StrEnum):
    """How the series are drawn."""

    BARS = "bars"
    STACKED = "stacked"
    LINES = "lines"
    ROWS = "rows"


@dataclass(frozen=True)
class Point:
    """One place on the axis: its label and one value per series; None where there is none."""

    label: Text
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class Series:
    """What is measured. ``quiet`` draws it in grey, as last year beside this one."""

    label: Text
    quiet: bool = False


class BadChart(ValueError):
    """A chart was asked for with points that do not fit its series."""


@dataclass(frozen=True)
class Chart:
    """A chart: what it shows, what it says, its series and points, and the unit of its values."""

    kind: Kind
    title: Text
    finding: Text
    series: tuple[Series, ...]
    points: tuple[Point, ...]
    unit: str = "€"

    def __post_init__(self) -> None:
        if not 1 <= len(self.series) <= 4:
            raise BadChart(f"a chart has one to four series, not {len(self.series)}")
        for point in self.points:
            if len(point.values) != len(self.series):
                raise BadChart(f"{point.label}: {len(point.values)} values for {len(self.series)} series")

    @property
    def rows(self) -> list[tuple[Text, tuple[Decimal | None, ...]]]:
        """The rows of the table beneath."""
        return [(point.label, point.values) for point in self.points]


def bars(*, title: Text, finding: Text, series: Sequence[Series], points: Sequence[Point], unit: str = "€") -> Chart:
    """Return a chart of bars beside one another."""
    return Chart(Kind.BARS, title, finding, tuple(series), tuple(points), unit)


def stacked(*, title: Text, finding: Text, series: Sequence[Series], points: Sequence[Point], unit: str = "€") -> Chart:
    """Return a chart of bars stacked upon one another; negative values hang below zero."""
    return Chart(Kind.STACKED, title, finding, tuple(series), tuple(points), unit)


def lines(*, title: Text, finding: Text, series: Sequence[Series], points: Sequence[Point], unit: str = "€") -> Chart:
    """Return a chart of lines; a missing value breaks its line."""
    return Chart(Kind.LINES, title, finding, tuple(series), tuple(points), unit)


def rows(*, title: Text, finding: Text, series: Series, points: Sequence[Point], unit: str = "€") -> Chart:
    """Return a chart of rows, one beneath the other, for labels too long to stand under bars."""
    return Chart(Kind.ROWS, title, finding, (series,), tuple(points), unit)


# --- geometry ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tick:
    """A round number on the value axis and its height."""

    value: Decimal
    y: int


@dataclass(frozen=True)
class Mark:
    """A label under the axis."""

    label: Text
    x: int


@dataclass(frozen=True)
class Bar:
    """A rectangle of one value."""

    series: int
    x: int
    y: int
    width: int
    height: int
    value: Decimal


@dataclass(frozen=True)
class Line:
    """The path of one series and its single dots."""

    series: int
    path: str
    dots: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Caption:
    """What stands above a row: its label to the left, its value to the right."""

    label: Text
    y: int
    value: Decimal | None


@dataclass(frozen=True)
class Drawing:
    """All that the template needs to draw one frame."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    zero: int
    ticks: tuple[Tick, ...] = ()
    marks: tuple[Mark, ...] = ()
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = field(default=())
    captions: tuple[Caption, ...] = ()


WIDE = (720, 280)
NARROW = (340, 240)
ROW = 44
"""The height of a row with the label above it."""


def round_step(span: Decimal, *, steps: int) -> Decimal:
    """Return the smallest of 1, 2 or 5 times a power of ten that covers a span in at most that many steps."""
    if span <= 0:
        return Decimal(1)
    power = Decimal(1).scaleb((span / steps).adjusted())
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor * steps >= span)


def ticks(low: Decimal, high: Decimal, *, steps: int = 4) -> list[Decimal]:
    """Return the round numbers of an axis that holds ``low``, zero and ``high``."""
    low, high = min(low, ZERO), max(high, ZERO)
    step = round_step(high - low, steps=steps)
    first = int((low / step).to_integral_value(ROUND_FLOOR))
    last = int((high / step).to_integral_value(ROUND_CEILING))
    return [step * number for number in range(first, max(last, first + 1) + 1)]


def extremes(chart: Chart) -> tuple[Decimal, Decimal]:
    """Return the lowest and highest value that the axis must hold; stacked values add up on either side of zero."""
    tops, bottoms = [ZERO], [ZERO]
    for point in chart.points:
        values = [value for value in point.values if value is not None]
        if chart.kind is Kind.STACKED:
            tops.append(sum((value for value in values if value > 0), ZERO))
            bottoms.append(sum((value for value in values if value < 0), ZERO))
        else:
            tops += values
            bottoms += values
    return min(bottoms), max(tops)


def draw(chart: Chart, frame: tuple[int, int] = WIDE) -> Drawing:
    """Lay a chart out in a frame of that width and height, in whole units; rows take the height that they need."""
    if chart.kind is Kind.ROWS:
        return _drawn_rows(chart, frame[0])
    width, height = frame
    values = ticks(*extremes(chart))
    longest = max(len(f"{int(value):,}") + (2 if value % 1 else 0) for value in values)
    left, right, top, bottom = 14 + 7 * longest, width - 6, 12, height - 28
    span = values[-1] - values[0]

    def y(value: Decimal) -> int:
        return bottom - int((value - values[0]) * (bottom - top) // span)

    count = max(len(chart.points), 1)
    slot = (right - left) // count
    centres = [left + (right - left) * (2 * place + 1) // (2 * count) for place in range(len(chart.points))]
    every = max(1, -(-44 * count // (right - left)))
    return Drawing(
        width, height, left, right, top, bottom,
        zero=y(ZERO),
        ticks=tuple(Tick(value, y(value)) for value in values),
        marks=tuple(Mark(chart.points[place].label, centres[place]) for place in range(0, len(centres), every)),
        bars=() if chart.kind is Kind.LINES else tuple(_bars(chart, centres, slot, y)),
        lines=tuple(_lines(chart, centres, y)) if chart.kind is Kind.LINES else (),
    )  # fmt: skip


def _drawn_rows(chart: Chart, width: int) -> Drawing:
    """Lay rows out beneath one another, each with its label and value above it; the axis is upright, at zero."""
    low, high = extremes(chart)
    span = high - low or Decimal(1)
    zero = int(-low * width // span)
    drawn, captions = [], []
    for place, point in enumerate(chart.points):
        value, y = point.values[0], place * ROW
        captions.append(Caption(point.label, y + 16, value))
        if value:
            across = max(2, int(abs(value) * width // span))
            drawn.append(Bar(0, zero if value > 0 else zero - across, y + 24, across, 10, value))
    height = ROW * max(len(chart.points), 1)
    return Drawing(width, height, 0, width, 0, height, zero=zero, bars=tuple(drawn), captions=tuple(captions))


def _bars(chart: Chart, centres: list[int], slot: int, y: Callable[[Decimal], int]) -> Iterator[Bar]:
    """Yield the rectangles, those of a point in the order of the series."""
    across = len(chart.series) if chart.kind is Kind.BARS else 1
    gap = 2 if across > 1 else 0
    each = max(2, min(48, (slot * 7 // 10 - gap * (across - 1)) // across))
    for point, centre in zip(chart.points, centres, strict=True):
        start = centre - (each * across + gap * (across - 1)) // 2
        above = below = ZERO
        for number, value in enumerate(point.values):
            if not value:
                continue
            if chart.kind is Kind.BARS:
                x, base = start + number * (each + gap), ZERO
            else:
                x, base = start, above if value > 0 else below
                above, below = (above + value, below) if value > 0 else (above, below + value)
            first, last = sorted((y(base), y(base + value)))
            inset = 2 if chart.kind is Kind.STACKED and base and last - first > 4 else 0
            yield Bar(number, x, first if value > 0 else first + inset, each, max(1, last - first - inset), value)


def _lines(chart: Chart, centres: list[int], y: Callable[[Decimal], int]) -> Iterator[Line]:
    """Yield one path per series, broken where a value is missing."""
    for number in range(len(chart.series)):
        steps: list[str] = []
        dots: list[tuple[int, int]] = []
        pen_down = False
        for point, x in zip(chart.points, centres, strict=True):
            value = point.values[number]
            if value is None:
                pen_down = False
                continue
            steps.append(f"{'L' if pen_down else 'M'}{x} {y(value)}")
            dots.append((x, y(value)))
            pen_down = True
        yield Line(number, " ".join(steps), tuple(dots))
