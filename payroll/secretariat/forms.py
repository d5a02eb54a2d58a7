"""Forms of the social secretariat: whose result is posted, a file of results, its columns, a decision."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from coop.entities.models import Cooperative
from coop.forms import DayField, Form
from coop.imports.forms import ENCODINGS
from coop.imports.reader import LARGEST_FILE
from payroll.secretariat.amounts import FIELDS
from payroll.secretariat.models import DifferenceDecision, PostedResult, ResultLayout
from payroll.secretariat.reading import Layout
from payroll.secretariat.xml import RowElement


class ChoiceForm(Form):
    """Whose result of the pay a cooperative posts, from a day on."""

    cooperative = forms.ModelChoiceField(label=_("Cooperative"), queryset=Cooperative.objects.none(), empty_label=None)
    valid_from = DayField(label=_("Valid from"))
    source = forms.ChoiceField(label=_("Result that is posted"), choices=PostedResult.Source.choices)
    secretariat = forms.CharField(label=_("Name of the social secretariat"), max_length=80, required=False)

    def __init__(self, *arguments: Any, cooperatives: Sequence[Cooperative], **options: Any) -> None:
        super().__init__(*arguments, **options)
        cast(forms.ModelChoiceField, self.fields["cooperative"]).queryset = Cooperative.objects.filter(
            pk__in=[one.pk for one in cooperatives]
        ).order_by("name")

    def clean(self) -> dict[str, Any]:
        """Ask for the name that the payslips will show."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("source") == PostedResult.Source.SECRETARIAT and not values.get("secretariat", "").strip():
            self.add_error("secretariat", _("Name the social secretariat: its payslips show it."))
        return values


class ResultFileForm(Form):
    """A file of results for a run."""

    file = forms.FileField(label=_("File of the social secretariat"), help_text=_("CSV, XLSX or XML, at most 10 MB."))
    encoding = forms.ChoiceField(
        label=_("Encoding of a CSV file"), choices=ENCODINGS, required=False,
        help_text=_("Leave this unless accented letters come out wrong."),
    )  # fmt: skip

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["file"].widget.attrs["accept"] = ".csv,.xlsx,.txt,.xml"

    def clean_file(self) -> Any:
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 10 MB. Divide it into several files."))
        return file


class RowForm(Form):
    """Which element of an XML file is the row of a worker."""

    rows = forms.ChoiceField(label=_("Element that stands for one worker"))

    def __init__(self, *arguments: Any, elements: Sequence[RowElement], **options: Any) -> None:
        super().__init__(*arguments, **options)
        choices = [(one.path, f"{one.path} ({one.number})") for one in elements]
        cast(forms.ChoiceField, self.fields["rows"]).choices = choices


class LayoutForm(Form):
    """Which column of a file holds which amount."""

    signs = forms.ChoiceField(label=_("What is taken off is written"), choices=ResultLayout.Signs.choices)

    def __init__(self, *arguments: Any, header: Sequence[str], layout: Layout | None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        known: Mapping[str, str] = layout.columns if layout else {}
        heads = list(dict.fromkeys(head for head in header if head))
        for field in FIELDS:
            held = known.get(field.name, "")
            names = heads if held in heads or not held else [*heads, held]
            self.fields[field.name] = forms.ChoiceField(
                label=str(field.title), required=field.required, help_text=str(field.help), initial=held if held in names else "",
                choices=[("", "–"), *((name, name) for name in names)],
            )  # fmt: skip
        self.order_fields([*(field.name for field in FIELDS), "signs"])
        if layout:
            self.fields["signs"].initial = layout.signs

    def layout(self, row_path: str) -> Layout:
        """Return what was chosen."""
        columns = {field.name: self.cleaned_data[field.name] for field in FIELDS if self.cleaned_data[field.name]}
        return Layout(columns, row_path, self.cleaned_data["signs"])


class DecisionForm(Form):
    """What is decided of the ticked differences, and why."""

    decision = forms.ChoiceField(choices=DifferenceDecision.Decision.choices)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000)
