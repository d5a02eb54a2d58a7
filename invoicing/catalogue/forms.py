"""The form of a service."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coop.forms import Form, PriceField, QuantityField
from coop.money import ZERO
from invoicing.catalogue.models import Service
from invoicing.catalogue.services import ServiceDetails
from invoicing.forms import HUNDRED
from invoicing.models import InvoiceLine
from invoicing.vat import sales


class ServiceForm(Form):
    """A service of a catalogue."""

    name_fr = forms.CharField(label=_("Name in French"), max_length=200, required=False)
    name_nl = forms.CharField(label=_("Name in Dutch"), max_length=200, required=False)
    name_en = forms.CharField(
        label=_("Name in English"),
        max_length=200,
        required=False,
        help_text=_("One name is enough; a document takes the one in its customer’s language where there is one."),
    )
    unit_price = PriceField(label=_("Unit price (€)"))
    unit = forms.ChoiceField(label=_("Unit"), choices=InvoiceLine.Unit.choices)
    sale = forms.ChoiceField(label=_("What do you sell?"))
    discount_percent = QuantityField(label=_("Discount (%)"), required=False, maximum=HUNDRED)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        sale: Any = self.fields["sale"]
        sale.choices = sales.shelves()

    def details(self) -> ServiceDetails:
        """Return what was typed."""
        values = self.values()
        values["discount_percent"] = values["discount_percent"] or ZERO
        return ServiceDetails(**values)


def initial(service: Service) -> dict[str, Any]:
    """Return a service as the form shows it."""
    values = {name: getattr(service, name) for name in ServiceForm.base_fields if hasattr(service, name)}
    return {**values, "discount_percent": service.discount_percent or None}
