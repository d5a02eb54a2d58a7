"""The form that sends a file to be checked."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coop.entities.models import Cooperative
from coop.forms import Form
from coop.imports.reader import LARGEST_FILE

ENCODINGS = [
    ("", _("find out by itself")),
    ("utf-8", "UTF-8"),
    ("windows-1252", "Windows-1252"),
]


class UploadForm(Form):
    """A file for one sheet of one cooperative."""

    cooperative = forms.ModelChoiceField(label=_("Cooperative"), queryset=Cooperative.objects.none(), empty_label=None)
    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, at most 10 MB; the first row names the columns."))
    encoding = forms.ChoiceField(
        label=_("Encoding of a CSV file"), choices=ENCODINGS, required=False,
        help_text=_("Leave this unless accented letters come out wrong."),
    )  # fmt: skip

    def __init__(self, *arguments: Any, cooperatives: Sequence[Cooperative], **options: Any) -> None:
        super().__init__(*arguments, **options)
        choice: Any = self.fields["cooperative"]
        choice.queryset = Cooperative.objects.filter(pk__in=[coop.pk for coop in cooperatives]).order_by("name")
        self.fields["file"].widget.attrs["accept"] = ".csv,.xlsx,.txt"

    def clean_file(self) -> Any:
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 10 MB. Divide it into several files."))
        return file
