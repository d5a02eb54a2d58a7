"""What the tests of the social secretariat stand on: results as a secretariat would give them, and files of them."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import xlsxwriter

from payroll.engine.figures import Explained
from payroll.secretariat.amounts import Amounts, of_payslip

HEADER = (
    "N° travailleur", "Nom", "Brut", "ONSS", "Bonus A", "Bonus B", "Imposable", "Précompte", "CSSS", "Net", "Patronal",
    "Réduction", "Heures",
)  # fmt: skip
COLUMNS = {
    "worker_number": "N° travailleur", "gross": "Brut", "social_contribution": "ONSS", "employment_bonus_a": "Bonus A",
    "employment_bonus_b": "Bonus B", "taxable": "Imposable", "withholding_tax": "Précompte", "special_contribution": "CSSS",
    "net": "Net", "employer_contribution": "Patronal", "structural_reduction": "Réduction", "hours": "Heures",
}  # fmt: skip
NAMES = {head: name for name, head in COLUMNS.items()}


def amounts(payslip: Explained, **changed: Any) -> Amounts:
    """Our own amounts as a secretariat would give them, some of them changed; the net is what they leave."""
    ours = of_payslip(payslip)
    told = {name: ours[name] for name in (*COLUMNS, "first_hire_reduction") if name in ours}
    made = Amounts(**{**told, **{name: _decimal(value) for name, value in changed.items()}})
    if "taxable" not in changed:
        made = replace(made, taxable=made.gross - made.contribution_due)
    return made if "net" in changed else replace(made, net=made.left)


def _decimal(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) else value


def rows(results: Mapping[str, Amounts]) -> list[list[str]]:
    """Rows of a file, as a Belgian secretariat writes them: decimal commas."""
    return [
        [
            number if head == "N° travailleur" else "Exemple" if head == "Nom" else _written(getattr(one, NAMES[head]))
            for head in HEADER
        ]
        for number, one in results.items()
    ]


def _written(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}".replace(".", ",")


def csv(results: Mapping[str, Amounts], *, more: Sequence[Sequence[str]] = ()) -> bytes:
    """A CSV of results."""
    lines = [";".join(row) for row in [HEADER, *rows(results), *more]]
    return "\r\n".join(lines).encode()


def xlsx(results: Mapping[str, Amounts]) -> bytes:
    """A workbook of results, with numbers as numbers; a spreadsheet eats the zeros before a worker number."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True})
    page = book.add_worksheet("Résultats")
    for place, head in enumerate(HEADER):
        page.write_string(0, place, head)
    for line, row in enumerate(rows(results), start=1):
        for place, cell in enumerate(row):
            if HEADER[place] == "Nom":
                page.write_string(line, place, cell)
            elif cell:
                page.write_number(line, place, Decimal(cell.replace(",", ".")))
    book.close()
    return output.getvalue()


PATHS = {
    "worker_number": "@number", "gross": "Pay/Gross", "social_contribution": "Line[@code='1000']/Amount",
    "employment_bonus_a": "Line[@code='1010']/Amount", "employment_bonus_b": "Line[@code='1011']/Amount",
    "withholding_tax": "Line[@code='2000']/Amount", "special_contribution": "Line[@code='3000']/Amount",
    "net": "Pay/Net", "employer_contribution": "Line[@code='9000']/Amount",
    "structural_reduction": "Line[@code='9010']/Amount",
}  # fmt: skip
CODES = {
    "1000": "social_contribution", "1010": "employment_bonus_a", "1011": "employment_bonus_b", "2000": "withholding_tax",
    "3000": "special_contribution", "9000": "employer_contribution", "9010": "structural_reduction",
}  # fmt: skip


def xml(results: Mapping[str, Amounts]) -> bytes:
    """An XML of results, in a namespace; an amount of zero has no line of its own."""
    workers = []
    for number, one in results.items():
        lines = "\n".join(
            f'<Line code="{code}"><Amount>{getattr(one, name)}</Amount></Line>'
            for code, name in CODES.items()
            if getattr(one, name)
        )
        workers.append(
            f'<Worker number="{number}">\n<Pay><Gross>{one.gross}</Gross><Net>{one.net}</Net></Pay>\n{lines}\n</Worker>'
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Results xmlns="urn:example:results"><Period>2026-10</Period>\n<Workers>\n'
        + "\n".join(workers)
        + "\n</Workers></Results>"
    ).encode()
