"""What people and the clock do in payroll: orders, runs, approval, quarters. One function per act."""

from payroll.services.allowances import record_allowance_month, record_allowance_terms
from payroll.services.approval import approve_run, close_run, continue_approval, start_approval
from payroll.services.calendar import choose_holiday, record_week
from payroll.services.corrections import open_correction, open_days_correction
from payroll.services.deductions import end_attachment, end_deduction, record_attachment, record_deduction
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
from payroll.services.provisions import (
    approve_provision_settlement,
    cancel_provision_settlement,
    propose_provision_settlement,
)
from payroll.services.quarters import record_opening, settle_quarter
from payroll.services.recoveries import decide_recovery
from payroll.services.runs import (
    calculate_members,
    calculate_run,
    cancel_run,
    open_run,
    recalculate,
    submit_run,
    take_back_run,
)
from payroll.services.secretariat import (
    choose_columns,
    decide_differences,
    import_results,
    receive_file,
    record_choice,
)
from payroll.services.targets import refresh_reserve_targets
from payroll.services.terms import record_terms
from payroll.services.withdrawals import open_withdrawal
from payroll.services.worktime import clear_days, enter_days

__all__ = [
    "approve_order",
    "approve_provision_settlement",
    "approve_run",
    "calculate_members",
    "calculate_run",
    "cancel_provision_settlement",
    "cancel_run",
    "choose_columns",
    "choose_holiday",
    "clear_days",
    "close_run",
    "continue_approval",
    "correct_order",
    "decide_differences",
    "decide_recovery",
    "end_attachment",
    "end_deduction",
    "end_first_hire",
    "enter_days",
    "give_facts",
    "import_results",
    "leave_out",
    "open_correction",
    "open_days_correction",
    "open_exceptional_correction",
    "open_exceptional_run",
    "open_run",
    "open_withdrawal",
    "propose_provision_settlement",
    "recalculate",
    "receive_file",
    "record_allowance_month",
    "record_allowance_terms",
    "record_attachment",
    "record_choice",
    "record_deduction",
    "record_first_hire",
    "record_opening",
    "record_terms",
    "record_week",
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
