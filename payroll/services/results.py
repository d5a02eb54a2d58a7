"""The social secretariat's results on the payslips of a run: placed when it is submitted, taken off when it is taken back."""

from coop.periods import Month
from payroll import beside_pay, journal
from payroll.beside_models import Withheld
from payroll.engine.figures import Payslip as Figures
from payroll.models import PayrollRun, Payslip, SecretariatResult
from payroll.secretariat import queries
from payroll.secretariat.substitution import with_results


def place_results(run: PayrollRun) -> None:
    """Put the secretariat's amounts on the payslips of a run that posts them; ours stay beside as simulation.

    Runs in the transaction of the caller, who holds the run and has refused what stands in the way.
    """
    if not queries.posts_secretariat(run):
        return
    results = queries.results_of(run)
    for payslip in Payslip.objects.filter(member__run=run, result__isnull=True).select_related("member__run"):
        result = results[payslip.contract_id]
        ours = Figures.from_json(payslip.figures)
        payslip.simulation = payslip.figures
        _write(payslip, with_results(ours, result.amounts()), result)


def take_results_off(run: PayrollRun) -> None:
    """Put our own amounts back on the payslips of a run that is being checked again."""
    for payslip in Payslip.objects.filter(member__run=run, result__isnull=False).select_related("member__run"):
        ours = queries.ours_of(payslip)
        payslip.simulation = None
        _write(payslip, ours, None)


def _write(payslip: Payslip, figures: Figures, result: SecretariatResult | None) -> None:
    """Write figures with all that repeats them: totals and what each activity bears."""
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
    _withhold(payslip, figures)


def _withhold(payslip: Payslip, figures: Figures) -> None:
    """Write anew what is withheld from the net that now stands on the payslip."""
    run = payslip.member.run
    beside = beside_pay.beside(payslip.contract_id, Month.of(payslip.month), without=run.corrects_id)
    Withheld.objects.filter(payslip=payslip).delete()
    rows = beside_pay.withheld(beside, figures)
    for row in rows:
        row.payslip = payslip
    Withheld.objects.bulk_create(rows)
