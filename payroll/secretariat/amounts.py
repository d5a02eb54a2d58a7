"""What a social secretariat says of one member and one month, and the columns of its files. Pure; EUR."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from coop.errors import Text
from coop.imports.sheets import Column, Kind
from coop.money import ZERO
from payroll.engine.figures import Explained
from payroll.journal import amount

COMPONENTS = (
    "gross",
    "social_contribution",
    "employment_bonus_a",
    "employment_bonus_b",
    "taxable",
    "withholding_tax",
    "special_contribution",
    "net",
    "employer_contribution",
    "structural_reduction",
    "first_hire_reduction",
)
"""What is compared and posted, in the order of the payslip; each is the code of a figure."""


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """A social secretariat's result; EUR, what is taken off counts positive.

    Where it gives the contribution after the employment bonus, both parts of the bonus are None. ``taxable`` and ``hours`` (of
    the month) are None when its file does not tell them.
    """

    gross: Decimal
    social_contribution: Decimal
    withholding_tax: Decimal
    net: Decimal
    employer_contribution: Decimal
    employment_bonus_a: Decimal | None = None
    employment_bonus_b: Decimal | None = None
    taxable: Decimal | None = None
    special_contribution: Decimal = ZERO
    structural_reduction: Decimal = ZERO
    first_hire_reduction: Decimal = ZERO
    hours: Decimal | None = None

    @property
    def contribution_due(self) -> Decimal:
        """The worker's contribution after the employment bonus."""
        return self.social_contribution - (self.employment_bonus_a or ZERO) - (self.employment_bonus_b or ZERO)

    @property
    def left(self) -> Decimal:
        """What the other amounts leave of the gross; equal to ``net`` in a result that adds up."""
        return self.gross - self.contribution_due - self.withholding_tax - self.special_contribution


def of_payslip(payslip: Explained) -> dict[str, Decimal]:
    """Return the components of a payslip by code, zero where one is not due."""
    return {code: amount(payslip, code) for code in (*COMPONENTS, "social_contribution_due")}


@dataclass(frozen=True)
class Field:
    """A column that a file of results may have: the name of it here, its words, and whether a file needs it.

    ``zero``: an empty cell of it means that nothing is due.
    """

    name: str
    title: Text
    required: bool = False
    help: Text = ""
    kind: Kind = Kind.AMOUNT
    negative: bool = False
    taken_off: bool = False
    zero: bool = False

    def column(self, *, minus: str) -> Column:
        """Return the column by which its cells are read; ``minus`` is how the file writes what is taken off (``SIGNS``)."""
        turned = self.taken_off and minus == "minus"
        return Column(
            name=self.name,
            title=self.title,
            kind=self.kind,
            required=self.required and not self.zero,
            negative=self.negative or turned,
            max_length=40,
        )


SIGNS: Mapping[str, Text] = {
    "plus": _("as positive amounts"),
    "minus": _("with a minus sign"),
}
"""How a file writes what is taken off the pay or off the contributions."""

FIELDS = (
    Field("worker_number", _("Worker number"), required=True, kind=Kind.TEXT),
    Field("month", _("Month"), kind=Kind.MONTH, help=_("Refuses a file of another month.")),
    Field("gross", _("Gross pay"), required=True),
    Field(
        "social_contribution", _("Social-security contribution"), required=True, taken_off=True,
        help=_("Before the employment bonus; after it, if the bonus has no column of its own."),
    ),
    Field("employment_bonus_a", _("Employment bonus, part A"), negative=True),
    Field("employment_bonus_b", _("Employment bonus, part B"), negative=True),
    Field("taxable", _("Taxable pay"), negative=True),
    Field(
        "withholding_tax", _("Withholding tax"), required=True, zero=True, taken_off=True, help=_("After the fiscal bonus."),
    ),
    Field("special_contribution", _("Special social-security contribution"), negative=True, taken_off=True),
    Field("net", _("Net pay"), required=True, help=_("Before what comes beside it: expenses, advances, attachments.")),
    Field(
        "employer_contribution", _("Employer contributions"), required=True,
        help=_("Before the structural reduction; after it, if the reduction has no column of its own."),
    ),
    Field("structural_reduction", _("Structural reduction"), negative=True, taken_off=True),
    Field("first_hire_reduction", _("Reduction of a first hire"), negative=True, taken_off=True),
    Field("hours", _("Hours paid in the month"), kind=Kind.QUANTITY, help=_("Explains differences; is not posted.")),
)  # fmt: skip
BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}
