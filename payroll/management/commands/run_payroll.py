"""Prepares, and on demand approves, the payroll of a month."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from coop import clock, formatting
from coop.access import visibility
from coop.access.models import User
from coop.access.predicates import Subject
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.periods import Month, NotAMonth
from payroll import queries, services
from payroll.models import PayrollRun, Payslip, RunMember

HELP = """Prepares the payroll of a month: opens the run, calculates every member, and prints one line per member and the
totals. Needs no worker, and continues a run that was interrupted. With --approve it also submits the run and approves it in the
name of --by, who must have the right to approve and must not be the person who prepared or submitted it.

Without --approve, --by names the person who prepares and submits (a payroll officer); without --by the run is only
calculated, and people check and submit it on its page.

Exit codes: 0 all is well; 1 refused, the reason is printed; 2 the run is prepared, but some members failed."""


class Command(BaseCommand):
    """``run_payroll --cooperative archipel --month 2026-09 [--by elise@… | --approve --by bruno@…]``."""

    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--cooperative", required=True, metavar="CODE", help="code of the cooperative")
        parser.add_argument("--month", required=True, metavar="YYYY-MM", help="month of pay")
        parser.add_argument("--by", metavar="EMAIL", help="who prepares and submits, or, with --approve, who approves")
        parser.add_argument("--approve", action="store_true", help="submit the run if needed, approve it and post it")
        parser.add_argument("--on", metavar="YYYY-MM-DD", help="day of the approval (default: today)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, and approve on demand."""
        if options["approve"] and not options["by"]:
            raise CommandError("--approve needs --by: who approves is recorded.")
        with translation.override(options.get("language") or "en"):
            try:
                run = self._run(options)
            except Refused as refused:
                raise CommandError(str(refused)) from refused
        failed = run.members.filter(state=RunMember.State.FAILED).count()
        if failed:
            raise CommandError(f"{failed} of {run.members.count()} members failed; see above.", returncode=2)

    def _run(self, options: dict[str, Any]) -> PayrollRun:
        cooperative, month, by = _cooperative(options["cooperative"]), _month(options["month"]), _user(options["by"])
        on = _day(options["on"]) if options["on"] else clock.today()
        approving = bool(options["approve"])
        if by is not None and not visibility.may(
            by, Subject.RUNS, "x" if approving else "w", cooperative=cooperative.pk
        ):
            raise CommandError(
                f"{by.email} may not {'approve' if approving else 'prepare'} the payroll of {cooperative.name}. "
                "Name a person who may with --by, or give the role under “People and roles”. Nothing was done."
            )
        run = services.open_run(
            cooperative=cooperative, month=month, on=on, at=clock.now(), by=None if approving else by
        )
        services.calculate_run(run=run.pk)
        while services.calculate_members(run=run.pk, at=clock.now()):
            pass
        run.refresh_from_db()
        self._report(run)
        failed = run.members.filter(state=RunMember.State.FAILED).exists()
        if run.state == PayrollRun.State.CALCULATED and (approving or by) and not failed:
            run = services.submit_run(run=run.pk, by=None if approving else by, at=clock.now())
            self.stdout.write("Submitted.")
        if approving and not failed:
            run = services.approve_run(run=run.pk, by=by, on=on, at=clock.now())
            self.stdout.write(f"Approved by {by}, posted on {run.posted_on}.")
        return run

    def _report(self, run: PayrollRun) -> None:
        payslips = {one.member_id: one for one in Payslip.objects.filter(member__run=run).defer("facts", "figures")}
        for member in run.members.select_related("contract__person").order_by("contract__person__sort_name"):
            who = f"{member.contract.worker_number}  {member.contract.person}"
            if member.state == RunMember.State.FAILED:
                said = (member.failure or {}).get("en", {})
                self.stdout.write(f"{who}: FAILED. {said.get('reason', '')} {said.get('remedy', '')}")
            elif member.pk in payslips:
                one = payslips[member.pk]
                self.stdout.write(f"{who}: gross {one.gross}, net {one.net}, cost {one.employer_cost}")
        sums = queries.totals(run)
        self.stdout.write(
            f"{formatting.month(run.month)}, {run.cooperative.code}: {sums.persons} payslips, gross {sums.gross}, "
            f"net {sums.net}, cost {sums.employer_cost}. State: {run.state}."
        )


def _cooperative(code: str) -> Cooperative:
    try:
        return Cooperative.objects.get(code=code)
    except Cooperative.DoesNotExist:
        known = ", ".join(Cooperative.objects.order_by("code").values_list("code", flat=True))
        raise CommandError(f"There is no cooperative “{code}”. Known: {known}.") from None


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except NotAMonth as error:
        raise CommandError(str(error)) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--on is no day written YYYY-MM-DD: {text}") from error


def _user(email: str | None) -> User | None:
    if not email:
        return None
    try:
        return User.objects.get(email=email.lower(), is_active=True)
    except User.DoesNotExist:
        raise CommandError(f"Nobody active has the address “{email}”.") from None
