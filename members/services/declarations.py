"""The declaration of work (Dimona IN) of a contract: made before the first hour, and noted here with its day."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coop.access.predicates import Subject
from coop.errors import Refused
from members.models import EmploymentContract, WorkDeclaration
from members.services import rules


class DeclarationRefused(Refused):
    """A declaration of work was to be noted that lies before its contract was signed."""


@transaction.atomic
def record_declaration(
    *, contract: EmploymentContract, declared_on: date, number: str = "", by: Any
) -> WorkDeclaration:
    """Note the day on which a contract was declared to social security, and the number that came back.

    A declaration made after the first day is noted as it was: the check before pay names it. Noted again, it is corrected.
    Raises DeclarationRefused; PermissionDenied without the right on pay.
    """
    rules.require(by, contract.cooperative, Subject.PAY)
    contract = (
        EmploymentContract.objects.select_for_update(of=("self",))
        .select_related("person", "cooperative")
        .get(pk=contract.pk)
    )
    if declared_on < contract.signed_on:
        raise DeclarationRefused(
            subject=_("Work declaration of %(person)s") % {"person": contract.person},
            reason=_("The contract was signed on %(day)s, after this declaration.")
            % {"day": date_format(contract.signed_on)},
            remedy=_("Give the day of the declaration of this contract."),
            field="declared_on",
        )
    declaration, _made = WorkDeclaration.objects.update_or_create(
        contract=contract, defaults={"declared_on": declared_on, "number": number.strip()}
    )
    return declaration
