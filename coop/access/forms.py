"""Forms that give and end roles."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coop.access import queries
from coop.access.models import ROLES_ON_ACTIVITIES, Role, User
from coop.entities.models import Activity, Cooperative, Language
from coop.forms import DayField, Form

HERE = [(role.value, role.label) for role in Role if role not in (Role.ENTREPRENEUR, Role.GROUP_ADMIN)]
"""Roles given here: that of entrepreneur follows from running an activity, that of the group is given over the group."""


class GrantForm(Form):
    """Give somebody a role, known already or invited by this."""

    user = forms.ModelChoiceField(
        label=_("person with a login"), queryset=User.objects.none(), required=False, empty_label=_("somebody new")
    )
    name = forms.CharField(label=_("name of somebody new"), max_length=120, required=False)
    email = forms.EmailField(label=_("e-mail of somebody new"), required=False)
    language = forms.ChoiceField(label=_("language of somebody new"), choices=Language.choices)
    role = forms.ChoiceField(label=_("role"), choices=HERE)
    activity = forms.ModelChoiceField(
        label=_("activity (for a coach)"), queryset=Activity.objects.none(), required=False, empty_label="–"
    )
    valid_from = DayField(label=_("from"))
    valid_until = DayField(label=_("until (excluded)"), required=False)

    def __init__(self, *arguments: Any, cooperative: Cooperative, by: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.cooperative = cooperative
        for name, rows in (
            ("user", queries.known_users(cooperative, by)),
            (
                "activity",
                Activity.objects.filter(cooperative=cooperative, kind=Activity.Kind.MEMBERS).order_by("code"),
            ),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """Ask for a name and an address of somebody new."""
        values = super().clean() or {}
        if not values.get("user"):
            for name in ("name", "email"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, _("Choose a person, or fill in the name and e-mail of somebody new."))
        return values

    def scope(self) -> dict[str, Any]:
        """Return what the role is given on: the chosen activity for a coach, else the cooperative."""
        on_activity = self.cleaned_data["role"] in ROLES_ON_ACTIVITIES
        return {"activity": self.cleaned_data["activity"]} if on_activity else {"cooperative": self.cooperative}


class EndForm(Form):
    """End a role on a day."""

    valid_until = DayField(label=_("first day without the role"))
