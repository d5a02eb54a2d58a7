"""What stands outside pay only within a bound of the law."""

from __future__ import annotations

from decimal import Decimal

from payroll.engine.figures import Finding, Parameter
from payroll.engine.sheet import Sheet


def report_beyond(sheet: Sheet, *, code: str, bound: Parameter, figures: tuple[str, ...], **values: Decimal) -> None:
    """What lies beyond a bound of the law would be pay: an error for a person to correct, with the bound and its day.

    ``values`` fill the sentence of the finding ``code``, beside ``since``.
    """
    told = {name: str(value) for name, value in values.items()}
    sheet.find(
        Finding(
            code=code,
            severity="error",
            figures=figures,
            parameters=(bound.name,),
            values={**told, "since": bound.since.isoformat()},
        )
    )
