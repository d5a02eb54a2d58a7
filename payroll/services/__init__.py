"""What people and the clock do in payroll: orders, runs, approval, quarters. One function per act."""

from payroll.services.approval import approve_run, close_run, continue_approval, start_approval
from payroll.services.corrections import open_correction
from payroll.services.exceptional import (
    give_facts,
    leave_out,
    open_exceptional_correction,
    open_exceptional_run,
    take_in,
)
from payroll.services.first_hires import end_first_hire, record_first_hire
from payroll.services.orders import (
    approve_order,
    correct_order,
    refuse_order,
    simulate,
    submit_order,
    withdraw_order,
)
from payroll.services.quarters import record_opening, settle_quarter
from payroll.services.runs import (
    calculate_members,
    calculate_run,
    cancel_run,
    open_run,
    recalculate,
    submit_run,
    take_back_run,
)
from payroll.services.targets import refresh_reserve_targets
from payroll.services.terms import record_terms

__all__ = [
    "approve_order",
    "approve_run",
    "calculate_members",
    "calculate_run",
    "cancel_run",
    "close_run",
    "continue_approval",
    "correct_order",
    "end_first_hire",
    "give_facts",
    "leave_out",
    "open_correction",
    "open_exceptional_correction",
    "open_exceptional_run",
    "open_run",
    "recalculate",
    "record_first_hire",
    "record_opening",
    "record_terms",
    "refresh_reserve_targets",
    "refuse_order",
    "settle_quarter",
    "simulate",
    "start_approval",
    "submit_order",
    "submit_run",
    "take_back_run",
    "take_in",
    "withdraw_order",
]
