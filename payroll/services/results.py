"""The social secretariat's results on the payslips of a run: placed when it is submitted, taken off when it is taken back."""

from uuid import UUID

from coop.errors import Refused
from coop.periods import Month
from payroll import beside_pay, journal
from payroll.beside_models import Withheld
from payroll.beside_pay import Beside
from payroll.engine.figures import Payslip as Figures
from payroll.models import PayrollRun, Payslip, SecretariatResult
from payroll.secretariat import queries
from payroll.secretariat.substitution import with_results


def place_results(run: PayrollRun) -> None:
    """Put the secretariat's amounts on the payslips of a run that posts them; ours stay beside as simulation.

    What is paid of the net (allowances, attachment, deductions) is counted anew on the secretariat's net. Runs in the
    transaction of the caller, who holds the run and has refused what stands in the way. Raises Refused.
    """
    if not queries.posts_secretariat(run):
        return
    results = queries.results_of(run)
    payslips = list(Payslip.objects.filter(member__run=run, result__isnull=True))
    besides = _besides(run, payslips)
    for payslip in payslips:
        result, beside = results[payslip.contract_id], besides[payslip.contract_id]
        ours = Figures.from_json(payslip.figures)
        payslip.simulation = payslip.figures
        _write(payslip, beside_pay.paid(beside, with_results(ours, result.amounts())), result, beside)


def take_results_off(run: PayrollRun) -> None:
    """Put our own amounts back on the payslips of a run that is being checked again. Raises Refused."""
    payslips = list(Payslip.objects.filter(member__run=run, result__isnull=False))
    besides = _besides(run, payslips)
    for payslip in payslips:
        ours = queries.ours_of(payslip)
        payslip.simulation = None
        _write(payslip, ours, None, besides[payslip.contract_id])


def _besides(run: PayrollRun, payslips: list[Payslip]) -> dict[UUID, Beside]:
    """Return what stands beside the pay of each payslip, by contract. Raises Refused."""
    found = beside_pay.besides(
        [one.contract_id for one in payslips], Month.of(run.month), without=run.corrects_id
    )  # fmt: skip
    besides = {}
    for contract, beside in found.items():
        if isinstance(beside, Refused):
            raise beside
        besides[contract] = beside
    return besides


def _write(payslip: Payslip, figures: Figures, result: SecretariatResult | None, beside: Beside) -> None:
    """Write figures with all that repeats them: totals, what each activity bears, what is withheld."""
    pay = journal.result(figures)
    payslip.figures, payslip.result = figures.to_json(), result
    payslip.gross, payslip.net = pay.costs.gross, pay.net
    payslip.to_pay = journal.to_pay(figures)
    payslip.wage_cost, payslip.employer_cost = figures["wage_cost"].amount, figures["employer_cost"].amount
    payslip.reduction = journal.amount(figures, "structural_reduction")
    payslip.first_hire_reduction = journal.amount(figures, "first_hire_reduction")
    payslip.special_contribution = pay.special_contribution
    payslip.end_of_year_base = journal.amount(figures, "end_of_year_base")
    payslip.double_holiday_pay = journal.amount(figures, "double_holiday_pay")
    payslip.save()
    shares = list(payslip.shares.order_by("activity__code"))
    costs = journal.shares(pay.costs, [(share.activity_id, share.weight) for share in shares])
    for share in shares:
        share.cost = costs[share.activity_id].total
        share.save(update_fields=["cost"])
    Withheld.objects.filter(payslip=payslip).delete()
    rows = beside_pay.withheld(beside, figures)
    for row in rows:
        row.payslip = payslip
    Withheld.objects.bulk_create(rows)
