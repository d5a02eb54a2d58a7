"""Charts: round axes, geometry that keeps its points, and a picture that the content security policy allows."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from coop import charts

values = st.decimals(min_value=-(10**7), max_value=10**7, places=2, allow_nan=False, allow_infinity=False)


def chart(kind=charts.bars, *rows, series=1):
    """Return a small chart of one or more series."""
    points = [
        charts.Point(f"P{number}", tuple(None if value is None else Decimal(value) for value in row))
        for number, row in enumerate(rows)
    ]
    return kind(
        title="Turnover", finding="It grows.", series=[charts.Series(f"S{n}") for n in range(series)], points=points
    )


def drawn(value) -> str:
    """Return the HTML of a chart."""
    return Template("{% chart value %}").render(Context({"value": value}))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("0", "4100", "0 2000 4000 6000"),
        ("-240", "4100", "-2000 0 2000 4000 6000"),
        ("0", "0", "0 1"),
        ("-90", "-10", "-100 -50 0"),
        ("0", "0.07", "0 0.02 0.04 0.06 0.08"),
    ],
)
def test_the_axis_has_round_numbers_and_holds_zero(low, high, expected):
    assert [Decimal(number) for number in expected.split()] == charts.ticks(Decimal(low), Decimal(high))


@given(low=values, high=values)
def test_the_axis_holds_every_value_in_few_steps(low, high):
    low, high = min(low, high), max(low, high)

    ticks = charts.ticks(low, high)

    assert ticks[0] <= min(low, 0) <= max(high, 0) <= ticks[-1]
    assert 2 <= len(ticks) <= 7
    assert 0 in ticks


@given(
    rows=st.lists(st.tuples(values, values), min_size=1, max_size=24),
    kind=st.sampled_from([charts.bars, charts.stacked, charts.lines]),
)
def test_everything_is_drawn_inside_its_frame(rows, kind):
    value = chart(kind, *rows, series=2)

    for frame in (charts.WIDE, charts.NARROW):
        drawing = charts.draw(value, frame)

        assert all(drawing.left <= bar.x and bar.x + bar.width <= drawing.right for bar in drawing.bars)
        assert all(drawing.top - 1 <= bar.y and bar.y + bar.height <= drawing.bottom + 1 for bar in drawing.bars)
        assert all(drawing.top <= y <= drawing.bottom for line in drawing.lines for _x, y in line.dots)


@given(row=st.lists(values, max_size=12))
def test_rows_stand_beneath_one_another_with_their_labels_and_start_at_zero(row):
    points = [charts.Point(f"A label too long to stand under a bar, {n}", (value,)) for n, value in enumerate(row)]
    value = charts.rows(title="Where it goes", finding="", series=charts.Series("EUR"), points=points)

    for frame in (charts.WIDE, charts.NARROW):
        drawing = charts.draw(value, frame)

        assert [caption.label for caption in drawing.captions] == [point.label for point in points]
        assert [caption.value for caption in drawing.captions] == row
        assert [bar.value for bar in drawing.bars] == [amount for amount in row if amount]
        assert all(drawing.zero in (bar.x, bar.x + bar.width) for bar in drawing.bars)
        assert all(bar.x >= -2 and bar.x + bar.width <= drawing.right + 2 for bar in drawing.bars)
        assert all(bar.y + bar.height <= drawing.height for bar in drawing.bars)


def test_a_stack_adds_up_above_and_below_zero():
    assert charts.extremes(chart(charts.stacked, ("10", "20"), ("-5", "3"), series=2)) == (Decimal(-5), Decimal(30))


def test_a_missing_value_breaks_the_line_and_shifts_nothing():
    drawing = charts.draw(chart(charts.lines, ("1",), (None,), ("3",)))

    assert [mark.label for mark in drawing.marks] == ["P0", "P1", "P2"]
    assert [x for x, _y in drawing.lines[0].dots] == [drawing.marks[0].x, drawing.marks[2].x]
    assert drawing.lines[0].path.count("M") == 2


def test_points_that_do_not_fit_the_series_are_refused():
    with pytest.raises(charts.BadChart, match="P0: 1 values for 2 series"):
        chart(charts.bars, ("1",), series=2)


def test_the_picture_is_well_formed_described_and_without_style_attribute():
    html = drawn(chart(charts.stacked, ("10", "20"), ("30", "5"), series=2))

    pictures = re.findall(r'<svg class="chart chart-(?:wide|narrow)".*?</svg>', html, re.DOTALL)
    assert len(pictures) == 2
    for picture in pictures:
        svg = ElementTree.fromstring(picture)
        assert svg.attrib["role"] == "img"
        assert [svg.find("title").text, svg.find("desc").text] == ["Turnover", "It grows."]
        assert len(svg.findall("rect")) == 4
    assert "style=" not in html


def test_ids_do_not_clash_between_two_charts_on_a_page():
    html = drawn(chart(charts.bars, ("1",))) + drawn(
        charts.bars(title="Other", finding="", series=[charts.Series("S")], points=[])
    )

    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_hostile_labels_stay_text():
    value = charts.bars(
        title="<script>", finding='"x"', series=[charts.Series("a")], points=[charts.Point("<b>", (Decimal(1),))]
    )

    assert "<script>" not in drawn(value)
    assert "<b>" not in drawn(value)


def test_the_table_beneath_shows_the_same_points():
    html = Template(
        '<c-chart :chart="value" />'.replace("<c-chart", "{% cotton chart").replace(" />", " %}{% endcotton %}")
    ).render(Context({"value": chart(charts.bars, ("1250",), ("-3",))}))

    assert re.findall(r'<td class="num">(.*?)</td>', html) == ["1,250.00", "−3.00"]
