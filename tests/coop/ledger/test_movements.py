"""The sections of the statement, by number and by pattern, agree on every account of the chart."""

import csv
import re

from coop.ledger import services, statements


def test_the_pattern_of_a_section_fits_exactly_its_accounts():
    with services.CHART.open(encoding="utf-8", newline="") as file:
        numbers = [row["number"] for row in csv.DictReader(file)]

    for section in statements.Section:
        by_number = {number for number in numbers if statements.section_of(number) == section}
        by_pattern = {number for number in numbers if re.match(statements.pattern(section), number)}
        assert by_number == by_pattern, section
    assert {number for number in numbers if statements.section_of(number)} == {
        number for number in numbers if re.match(statements.pattern(""), number)
    }
