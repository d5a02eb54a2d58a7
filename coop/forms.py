"""Form fields of the project: what people type is read by ``coop.typed``, and shown so that it reads back the same."""

import re
import uuid
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import iban as stdnum_iban
from stdnum.be import bis as stdnum_bis
from stdnum.be import nn as stdnum_niss
from stdnum.eu import vat as stdnum_vat
from stdnum.exceptions import ValidationError as NotValid

from coop import clock, formatting, typed
from coop.errors import Refused
from coop.periods import Month


class AmountInput(forms.TextInput):
    """A text input for numbers: right-aligned, decimal keyboard."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "class": "num", **(attrs or {})})


class DayInput(forms.TextInput):
    """A text input for a day; the page adds the day in words and a picker."""

    is_day = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "text", "autocomplete": "off", "placeholder": _("dd/mm/yyyy"), **(attrs or {})})


class NumberField(forms.CharField):
    """A number with an exact number of decimals; what is ambiguous or too precise is refused, never rounded."""

    decimals = 2
    widget = AmountInput

    def __init__(
        self,
        *,
        negative: bool = False,
        zero: bool = True,
        minimum: Decimal | None = None,
        maximum: Decimal | None = None,
        **options: Any,
    ) -> None:
        self.negative, self.zero, self.minimum, self.maximum = negative, zero, minimum, maximum
        super().__init__(**options)

    def write(self, value: Decimal) -> str:
        """Write a value as the field shows it."""
        return formatting.amount(value)

    def read(self, text: str) -> Decimal:
        """Read what was typed. Raises typed.Unreadable."""
        return typed.number(text, decimals=self.decimals)

    def prepare_value(self, value: Any) -> Any:
        """Show a Decimal (or Money) in the language of the page, and a typed text as it was typed."""
        value = getattr(value, "amount", value)
        return self.write(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        """Return the exact Decimal, or None for an empty optional field."""
        if isinstance(value, Decimal):
            return value
        text = super().to_python(value) or ""
        if not text:
            return None
        try:
            return self.read(text)
        except typed.Unreadable as unreadable:
            choices = [self.write(choice) for choice in unreadable.choices]
            raise ValidationError(str(unreadable.message), code=unreadable.code, params={"choices": choices}) from None

    def validate(self, value: Any) -> None:
        """Refuse a missing number, a sign, a zero or a size that the field does not allow."""
        super().validate(value)
        if value is None:
            return
        if value < 0 and not self.negative:
            raise ValidationError(_("This must not be below zero."), code="negative")
        if value == 0 and not self.zero:
            raise ValidationError(_("This must not be zero."), code="zero")
        if abs(value) >= Decimal(10) ** 12:
            raise ValidationError(_("This number is too large."), code="size")
        if self.minimum is not None and value < self.minimum:
            raise ValidationError(
                _("This must be at least %(limit)s."), code="minimum", params={"limit": self.write(self.minimum)}
            )
        if self.maximum is not None and value > self.maximum:
            raise ValidationError(
                _("This must be at most %(limit)s."), code="maximum", params={"limit": self.write(self.maximum)}
            )

    def run_validators(self, value: Any) -> None:
        """Run validators of numbers only; those of texts do not fit a Decimal."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as numbers where both can be read."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class AmountField(NumberField):
    """An amount in EUR with two decimals."""


class QuantityField(NumberField):
    """A quantity or a unit price with up to four decimals."""

    decimals = 4

    def write(self, value: Decimal) -> str:
        """Write a quantity with the decimals it needs."""
        return formatting.quantity(value)


class PriceField(QuantityField):
    """A price per unit: at least two decimals shown, up to four accepted."""

    def write(self, value: Decimal) -> str:
        """Write a price so that three decimals never stand alone."""
        return formatting.price(value)


class RateField(NumberField):
    """A rate typed as a percentage: 6,5 (or 6,5 %) gives 0.065."""

    decimals = 4

    def write(self, value: Decimal) -> str:
        """Write the rate as a percentage without its sign."""
        return formatting.quantity(value * 100)

    def read(self, text: str) -> Decimal:
        """Read a percentage as a rate."""
        return typed.number(text.strip().removesuffix("%"), decimals=self.decimals).scaleb(-2)


class DayField(forms.CharField):
    """A day, typed in figures or as “yesterday”; without a year the nearest is meant."""

    widget = DayInput

    def __init__(self, *, today: date | None = None, **options: Any) -> None:
        self.today = today
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """Show a date in figures, and a typed text as it was typed."""
        return formatting.short_day(value) if isinstance(value, date) else value

    def to_python(self, value: Any) -> Any:
        """Return the date, or None for an empty optional field."""
        if isinstance(value, date):
            return value
        text = super().to_python(value) or ""
        if not text:
            return None
        try:
            return typed.day(text, today=self.today or clock.today())
        except typed.Unreadable as unreadable:
            raise ValidationError(str(unreadable.message), code=unreadable.code) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as days where both can be read."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class MonthField(forms.TypedChoiceField):
    """A month chosen from a list. Give ``months``; the names follow the language of the page."""

    def __init__(self, *, months: Iterable[Month] = (), **options: Any) -> None:
        options.setdefault("empty_value", None)
        super().__init__(coerce=Month.parse, **options)
        self.months = tuple(months)

    @property
    def months(self) -> tuple[Month, ...]:
        """The months that can be chosen."""
        return self._months

    @months.setter
    def months(self, months: Iterable[Month]) -> None:
        self._months = tuple(months)
        self.choices = lambda: [
            *([] if self.required else [("", "–")]),
            *((str(month), formatting.month(month)) for month in self._months),
        ]

    def prepare_value(self, value: Any) -> Any:
        """Choose the month of a Month or a date."""
        return str(Month.of(value)) if isinstance(value, date) else str(value) if isinstance(value, Month) else value


class _CheckedNumberField(forms.CharField):
    """A number with check digits, kept in its compact form."""

    refusal: Any = ""
    check: Any = None

    def to_python(self, value: Any) -> Any:
        """Return the compact number, or the empty text."""
        text = super().to_python(value)
        if text in self.empty_values:
            return text
        try:
            return self.check(text)
        except NotValid:
            raise ValidationError(self.refusal, code="check") from None


class IbanField(_CheckedNumberField):
    """An IBAN, shown in groups of four."""

    refusal = _("This IBAN is not right: a digit is wrong or missing. Compare it with a bank statement.")

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 42)
        super().__init__(**options)
        self.widget.attrs.setdefault("autocomplete", "off")

    def check(self, text: str) -> str:
        """Check the country, the length and the check digits."""
        return str(stdnum_iban.validate(text))

    def prepare_value(self, value: Any) -> Any:
        """Show it in groups of four where it is an IBAN."""
        return formatting.iban(value) if value and stdnum_iban.is_valid(value) else value


class VatNumberField(_CheckedNumberField):
    """A VAT number of the European Union, with its country: BE0123456749."""

    refusal = _("This VAT number is not right: write it with its country, like BE 0403.170.701; compare the digits.")

    def check(self, text: str) -> str:
        """Check the country and the check digits; ten digits without a country are Belgian."""
        compact = re.sub(r"[\s./-]", "", text).upper()
        if compact.isdigit() and len(compact) in (9, 10):
            compact = f"BE{compact.zfill(10)}"
        country = compact[:2].lower()
        return country.upper() + str(stdnum_vat.validate(compact)).removeprefix(country.upper())


class NissField(_CheckedNumberField):
    """A Belgian national number (NISS/INSZ) or BIS number."""

    refusal = _("This national number is not right: a digit is wrong or missing. Compare it with the identity card.")

    def check(self, text: str) -> str:
        """Check the date of birth and the check digits of a national or BIS number."""
        try:
            return str(stdnum_niss.validate(text))
        except NotValid:
            return str(stdnum_bis.validate(text))


class Form(forms.Form):
    """The base of every form: it carries an idempotency key and the version of the row that it changes."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, version: int | None = None, **options: Any) -> None:
        hidden = {"idempotency_key": uuid.uuid4(), "row_version": version}
        super().__init__(data, files, **{**options, "initial": {**hidden, **(options.get("initial") or {})}})
        self.use_required_attribute = False

    @property
    def key(self) -> uuid.UUID:
        """The idempotency key: the same for each sending of the same form."""
        return self.cleaned_data.get("idempotency_key") or self.initial["idempotency_key"]  # type: ignore[no-any-return]

    @property
    def version(self) -> int | None:
        """The version of the row that the person saw, or None for a new one."""
        return self.cleaned_data.get("row_version")

    def values(self) -> dict[str, Any]:
        """Return what was typed, read, without the two hidden fields."""
        hidden = ("idempotency_key", "row_version")
        return {name: value for name, value in self.cleaned_data.items() if name not in hidden}


def refuse(form: forms.BaseForm, refused: Refused) -> None:
    """Put a refusal into the errors of a form: at its field where the form has it, else above the form."""
    field = refused.field if refused.field in form.fields else None
    message = f"{refused.reason} {refused.remedy}" if field else f"{refused.subject}: {refused.reason} {refused.remedy}"
    form.add_error(field, ValidationError(message, code="refused"))
