"""Who may do what: one table, used by every view, service and list, and printed in the documentation.

Rights: ``r`` read, ``w`` write, ``x`` approve or validate, ``t`` read totals only, ``m`` read masked and logged. The
reach of a role follows from its grant: an activity (entrepreneur: own; coach: assigned), a cooperative, or the group.
"""

from collections.abc import Mapping
from enum import StrEnum

from coop.access.models import Role


class Subject(StrEnum):
    """What rights are about."""

    SALES = "sales"  # quotes, invoices, credit notes, customers
    PURCHASES = "purchases"  # expense notes, supplier invoices
    LEDGER = "ledger"  # entries, balances, income statements
    BANK = "bank"  # receipts, statements, matching
    PAY = "pay"  # salary, payslip, NISS, IBAN, family situation
    ORDERS = "orders"  # salary orders
    RUNS = "runs"  # payroll runs
    PEOPLE = "people"  # persons without restricted fields, contracts, memberships
    POLICIES = "policies"  # fee, fund, reserve, periods and their locks
    IMPORTS = "imports"  # files of data
    GRANTS = "grants"  # users and their roles


RIGHTS: Mapping[Subject, Mapping[Role, str]] = {
    Subject.SALES: {
        Role.ENTREPRENEUR: "rw",
        Role.COACH: "rx",
        Role.PAYROLL_OFFICER: "r",
        Role.ACCOUNTANT: "rwx",
        Role.COOPERATIVE_ADMIN: "r",
        Role.GROUP_ADMIN: "r",
        Role.AUDITOR: "r",
    },
    Subject.PURCHASES: {
        Role.ENTREPRENEUR: "rw",
        Role.COACH: "rx",
        Role.PAYROLL_OFFICER: "r",
        Role.ACCOUNTANT: "rwx",
        Role.COOPERATIVE_ADMIN: "r",
        Role.GROUP_ADMIN: "r",
        Role.AUDITOR: "r",
    },
    Subject.LEDGER: {
        Role.ENTREPRENEUR: "r",
        Role.COACH: "t",
        Role.PAYROLL_OFFICER: "r",
        Role.ACCOUNTANT: "rwx",
        Role.COOPERATIVE_ADMIN: "r",
        Role.GROUP_ADMIN: "r",
        Role.AUDITOR: "r",
    },
    Subject.BANK: {
        Role.PAYROLL_OFFICER: "r",
        Role.ACCOUNTANT: "rw",
        Role.COOPERATIVE_ADMIN: "r",
        Role.GROUP_ADMIN: "r",
        Role.AUDITOR: "r",
    },
    Subject.PAY: {Role.PAYROLL_OFFICER: "rw", Role.ACCOUNTANT: "t", Role.AUDITOR: "m"},
    Subject.ORDERS: {
        Role.ENTREPRENEUR: "rw",
        Role.PAYROLL_OFFICER: "rx",
        Role.ACCOUNTANT: "t",
        Role.AUDITOR: "m",
    },
    Subject.RUNS: {Role.PAYROLL_OFFICER: "rw", Role.ACCOUNTANT: "tx", Role.AUDITOR: "m"},
    Subject.PEOPLE: {
        Role.ENTREPRENEUR: "r",
        Role.COACH: "r",
        Role.PAYROLL_OFFICER: "rw",
        Role.ACCOUNTANT: "r",
        Role.COOPERATIVE_ADMIN: "rw",
        Role.GROUP_ADMIN: "r",
        Role.AUDITOR: "r",
    },
    Subject.POLICIES: {
        Role.ENTREPRENEUR: "r",
        Role.COACH: "r",
        Role.PAYROLL_OFFICER: "r",
        Role.ACCOUNTANT: "rw",
        Role.COOPERATIVE_ADMIN: "rwx",
        Role.GROUP_ADMIN: "r",
        Role.AUDITOR: "r",
    },
    Subject.IMPORTS: {Role.PAYROLL_OFFICER: "rw", Role.ACCOUNTANT: "rw", Role.COOPERATIVE_ADMIN: "rw"},
    Subject.GRANTS: {Role.COOPERATIVE_ADMIN: "rw", Role.GROUP_ADMIN: "rw"},
}


def roles_with(subject: Subject, right: str) -> frozenset[Role]:
    """Return the roles that have a right on a subject, each on what its grant reaches."""
    return frozenset(role for role, rights in RIGHTS[subject].items() if right in rights)
