"""What a creditor may take of the pay: attachment and assignment."""

from __future__ import annotations

from payroll.engine.figures import Figure
from payroll.engine.law import row_of
from payroll.engine.payment_facts import Attachment
from payroll.engine.sheet import Sheet


def wage_attachment(sheet: Sheet, given: Attachment) -> None:
    """A creditor takes its claim as far as the pay of the calendar month may be attached.

    An ordinary claim follows the scale, less an amount for each dependent child and what was
    attached before in the month; a maintenance debt may take the whole pay.
    Needs ``pay_after_levies``; writes ``attachable`` with its steps, for an ordinary claim, and
    ``deduction.attachment`` (EUR, to the cent). Raises ``NoLaw`` when the month has no scale.
    Source: Code judiciaire, art. 1409, 1411 and 1412.
    """
    pay = sheet["pay_after_levies"]
    if given.kind == "maintenance":
        claim = sheet.euros("attachment_claim", given.claim)
        sheet.exact("deduction.attachment", "within_limit", claim, pay)
        return
    most = _attachable(sheet, given)
    sheet.exact("deduction.attachment", "lesser", sheet.euros("attachment_claim", given.claim), most, pay)


def _attachable(sheet: Sheet, given: Attachment) -> Figure:
    """The law takes the amount for the children off the attachable part; it does not move the bounds."""
    law = sheet.law["wage_attachment"]
    month = sheet.exact(
        "attachment_month_pay",
        "sum_of",
        sheet["pay_after_levies"],
        sheet.euros("earlier_pay_of_month", given.earlier_pay),
    )
    row = row_of(law.rows("scale"), month.amount)
    scale = sheet.cent("attachment_scale", "bracket", month, row["fixed"], row["rate"], row["from"])
    children = sheet.exact(
        "attachment_children_part", "product", law["child"], sheet.fact("attachment_children", given.children)
    )
    earlier = sheet.euros("earlier_attached", given.earlier_attached)
    return sheet.exact("attachable", "difference_not_below_zero", scale, children, earlier)
