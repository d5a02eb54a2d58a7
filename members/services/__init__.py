"""Admit people, and record what holds for them from a day on: membership, activities, contract, family situation.

``by`` is the person who acts; None is the system itself, such as an import whose right was checked for the whole file.
"""

from members.services.accompaniment import (
    AccompanimentTooLong,
    start_accompaniment,
)
from members.services.activities import (
    ActivityClosed,
    ActivityExists,
    assign_coach,
    open_activity,
    run_activity,
    start_activity,
    stop_running,
)
from members.services.contracts import (
    AmendmentRefused,
    ContractRefused,
    amend_contract,
    end_contract,
    sign_contract,
)
from members.services.declarations import (
    DeclarationRefused,
    record_declaration,
)
from members.services.memberships import (
    change_status,
    end_membership,
    party_of,
    party_reference,
    start_membership,
)
from members.services.people import (
    AlreadyAdmitted,
    IbanWrong,
    NissWrong,
    admit_member,
    admit_person,
    change_details,
    give_login,
    note_reading,
    note_readings,
    read_iban,
    read_niss,
    record_identity,
)
from members.services.rules import (
    EndsTooEarly,
    Late,
    MonthAlreadyPaid,
    NotAMember,
    PeriodsOverlap,
    SignedTooLate,
)
from members.services.situations import (
    SituationWrong,
    record_situation,
)

__all__ = [
    "AccompanimentTooLong",
    "ActivityClosed",
    "ActivityExists",
    "AlreadyAdmitted",
    "AmendmentRefused",
    "ContractRefused",
    "DeclarationRefused",
    "EndsTooEarly",
    "IbanWrong",
    "Late",
    "MonthAlreadyPaid",
    "NissWrong",
    "NotAMember",
    "PeriodsOverlap",
    "SignedTooLate",
    "SituationWrong",
    "admit_member",
    "admit_person",
    "amend_contract",
    "assign_coach",
    "change_details",
    "change_status",
    "end_contract",
    "end_membership",
    "give_login",
    "note_reading",
    "note_readings",
    "open_activity",
    "party_of",
    "party_reference",
    "read_iban",
    "read_niss",
    "record_declaration",
    "record_identity",
    "record_situation",
    "run_activity",
    "sign_contract",
    "start_accompaniment",
    "start_activity",
    "start_membership",
    "stop_running",
]
