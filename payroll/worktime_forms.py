"""Forms of days: what days were, the usual week of a contract, the day that replaces a public holiday."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from coop import formatting
from coop.forms import DayField, Form
from payroll.absences import LABELS, Kind
from payroll.forms import HoursField
from payroll.public_holidays import PublicHoliday

AS_USUAL = "usual"
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class DaysForm(Form):
    """What some days were. Only the payroll officer may say that a certificate names another illness."""

    first = DayField(label=_("From"))
    last = DayField(label=_("Until and including"), required=False, help_text=_("Leave empty for one day."))
    kind = forms.ChoiceField(label=_("What it was"))
    hours = HoursField(
        label=_("Hours a day"), required=False, help_text=_("Leave empty for the whole usual day."), negative=True
    )

    def __init__(self, *arguments: Any, officer: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        kinds = [kind for kind in Kind if officer or kind != Kind.SICKNESS_NEW]
        order = [Kind.HOLIDAY, Kind.SICKNESS, *(kind for kind in kinds if kind not in {Kind.HOLIDAY, Kind.SICKNESS})]
        cast(forms.ChoiceField, self.fields["kind"]).choices = [
            *((str(kind), LABELS[kind]) for kind in order),
            (AS_USUAL, _("As usual (takes back what was entered)")),
        ]

    @property
    def stretch(self) -> tuple[date, date]:
        """The first and the last day."""
        first: date = self.cleaned_data["first"]
        return first, self.cleaned_data["last"] or first


class WeekForm(Form):
    """The usual hours of each day of the week, from a day on."""

    valid_from = DayField(label=_("Valid from"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for number, name in enumerate(NAMES):
            self.fields[name] = HoursField(label=WEEKDAYS[number], required=False)

    def hours(self) -> list[Decimal]:
        """Return the hours from Monday; an empty day has none."""
        return [self.cleaned_data[name] or Decimal("0.00") for name in NAMES]


class HolidayForm(Form):
    """The day on which a public holiday is taken; empty takes the choice back."""

    holiday = forms.TypedChoiceField(label=_("Public holiday"), coerce=date.fromisoformat)
    taken_on = DayField(
        label=_("Taken on"),
        required=False,
        help_text=_("Leave empty to take the choice back: the law’s own day holds."),
    )

    def __init__(self, *arguments: Any, holidays: Sequence[PublicHoliday], **options: Any) -> None:
        super().__init__(*arguments, **options)
        cast(forms.ChoiceField, self.fields["holiday"]).choices = [
            (one.of.isoformat(), f"{one.name}, {formatting.day(one.of)}") for one in holidays
        ]
