"""The engine on the command line: check a cases file, explain a payslip, report on the law. No database."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import get_args

from payroll.engine import (
    AnnualPremium,
    Attachment,
    CostPolicy,
    Deductions,
    DoubleHolidayPay,
    Employer,
    EndOfYearPremium,
    ExceptionalFacts,
    ExitHolidayPay,
    FactError,
    Facts,
    FirstHire,
    Household,
    Law,
    NoLaw,
    OtherPremium,
    OutOfReach,
    OwnCar,
    PaymentFacts,
    Payslip,
    QuarterSoFar,
    Scale,
    Work,
    YearMonth,
    YearSoFar,
    cases,
    cases_file,
    codes,
    exceptional_payslip,
    gross_for_budget,
    gross_for_net,
    gross_for_wage_cost,
    kinks_near,
    page,
    payment,
    payslip,
    plan_months,
)
from payroll.engine.exceptional import Payment
from payroll.engine.facts import (
    FIRST_HIRE_RANKS,
    HeadcountClass,
    HolidayProvision,
    HouseholdKind,
    ScaleClass,
    ScaleTable,
)

ZERO = Decimal("0.00")
EXCEPTIONAL_KINDS = ("end-of-year", "double-holiday", "exit-holiday", "annual-premium", "premium")

DESCRIPTION = """Belgian payroll, white-collar, joint committee 200.
Exit code: 0 when all is well, 1 when a case differs or a subject of the law expires, 2 when the request, or a
benefit in it, cannot be computed."""

EXPLAIN = """Explain one month, priced alone (as if the quarter's months were equal and the year began).
The options have the defaults shown; the facts used are printed first."""

LAW = """Print, for each subject of the law, since when its values hold and until when they are confirmed.
Exit code 1 when one has expired or expires within the days given: a later month will be refused."""


def main(arguments: Sequence[str] | None = None) -> int:
    """A command runs and its exit code is returned."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except (FactError, NoLaw, OutOfReach, OSError, ValueError) as error:
        print(f"payroll.engine: {error}", file=sys.stderr)
        return 2


def _check(options: argparse.Namespace) -> int:
    """One line per row, then how many are met to the cent."""
    rows = cases_file.read(options.file)
    if unread := cases_file.unread(rows):
        print(f"not read, for no rule knows them: {', '.join(unread)}", file=sys.stderr)
    outcomes = list(cases.check(rows, Law.load()))
    for outcome in outcomes:
        print(_told(outcome))
    met = sum(outcome.met for outcome in outcomes)
    print(f"{met} of {len(outcomes)} to the cent")
    return 0 if met == len(outcomes) else 1


def _told(outcome: cases.Outcome) -> str:
    if outcome.refusal:
        return f"{outcome.case}: not computed: {outcome.refusal}"
    flags = "".join(f" [{flag}]" for flag in outcome.flags)
    if outcome.met:
        return f"{outcome.case}: {outcome.cells} to the cent{flags}"
    differences = "; ".join(
        f"{one.column} expected {one.expected}, computed {'nothing' if one.computed is None else one.computed}"
        for one in outcome.differences
    )
    return f"{outcome.case}: {differences}{flags}"


def _explain(options: argparse.Namespace) -> int:
    _refuse_unused(options)
    law = Law.load()
    facts = _facts(options)
    if options.months is not None:
        return _plan(options, facts, law)
    if options.net is not None:
        facts = facts.with_gross(gross_for_net(options.net, facts, law))
    elif options.cost is not None:
        facts = facts.with_gross(gross_for_budget(options.cost, facts, law))
    elif options.wage_cost is not None:
        facts = facts.with_gross(gross_for_wage_cost(options.wage_cost, facts, law))
    slip = payslip(facts, law)
    paid = _paid(options)
    if paid is not None:
        slip = payment(paid, slip, law)
    _print(facts, slip)
    if options.gross is None:
        _print_kinks(facts, law)
    return 2 if any(finding.code == "benefit_without_law" for finding in slip.findings) else 0


def _refuse_unused(options: argparse.Namespace) -> None:
    """An option that would change nothing is refused: whoever gave it expects that it counts."""
    after_net = options.attachment or options.advance or options.kilometres or options.home_working
    for unused, sentence in (
        (
            options.months is not None and options.cost is None,
            "--months needs --cost, the budget of all these months together",
        ),
        (options.months is not None and after_net, "--months prices pay only; leave out what comes after the net"),
        (options.reserve and options.months is None, "--reserve needs --months"),
        (options.maintenance and not options.attachment, "--maintenance needs --attachment, the claim"),
        (options.first_hire_quarter and not options.first_hire, "--first-hire-quarter needs --first-hire, the rank"),
    ):
        if unused:
            raise ValueError(sentence)


def _print_kinks(facts: Facts, law: Law) -> None:
    """What bends or steps near the gross that was found, so that nobody trusts a cent too much there."""
    print()
    for kink in kinks_near(facts, law):
        print(
            f"near this gross another rule begins: {codes.label(kink.code)}, {kink.below:.2f} six euros below, "
            f"{kink.above:.2f} six euros above"
        )


def _paid(options: argparse.Namespace) -> PaymentFacts | None:
    """What stands between the net and the payment; nothing when no option of it was given."""
    if not (options.attachment or options.advance or options.kilometres or options.home_working):
        return None
    attachment = Attachment(
        kind="maintenance" if options.maintenance else "ordinary",
        claim=options.attachment,
        children=options.children,
        earlier_pay=ZERO,
        earlier_attached=ZERO,
    )
    return PaymentFacts(
        label="this member",
        month=options.month,
        deductions=Deductions(advance=options.advance, fine=ZERO, damages=ZERO, guarantee=ZERO, limit="one_fifth"),
        attachment=attachment if options.attachment else None,
        own_car=OwnCar(kilometres=options.kilometres, rate=options.kilometre_rate, index="quarterly")
        if options.kilometres
        else None,
        bicycle=None,
        home_working=options.home_working,
        meal_vouchers=None,
    )


def _plan(options: argparse.Namespace, facts: Facts, law: Law) -> int:
    plan = plan_months(options.cost, facts, law, months=options.months, reserve=options.reserve)
    print(_used(facts))
    print(f"month    {'gross':>10} {'net':>10} {'cost':>10}")
    for slip in plan.months:
        print(f"{slip.month}  " + " ".join(f"{slip[code].amount:>10.2f}" for code in ("gross", "net", "employer_cost")))
    print(f"Employer cost of all months: {plan.cost:.2f}; reserve kept: {plan.reserve:.2f}; left: {plan.left:.2f}")
    findings = {codes.told(finding): finding.severity for slip in plan.months for finding in slip.findings}
    for told, severity in findings.items():
        print(f"{severity}: {told}")
    return 0


def _law(options: argparse.Namespace) -> int:
    law = Law.load(options.parameters) if options.parameters else Law.load()
    near = {one.subject for one in law.expiring(options.on, options.within)}
    for subject in law.subjects:
        left = (subject.confirmed_until - options.on).days
        since = max((one.valid_from for one in subject.sets if one.valid_from <= options.on), default=None)
        print(
            f"{subject.name}: {f'in force since {since}' if since else 'not in force yet'}, confirmed until "
            f"{subject.confirmed_until}, {f'{left} days left' if left >= 0 else f'expired {-left} days ago'}"
            f"{'  EXPIRES' if subject.name in near else ''}"
        )
    print(f"{len(near)} of {len(law.subjects)} subjects have expired or expire within {options.within} days.")
    return 1 if near else 0


def _law_page(options: argparse.Namespace) -> int:
    print(page.law_page(Law.load()), end="")
    return 0


def _used(facts: Facts) -> str:
    """The facts of a request, those by default too."""
    work, home, costs = facts.work, facts.household, facts.costs
    return (
        f"{facts.month}, {work.weekly_hours}/{work.full_time_weekly_hours} hours, class "
        f"{facts.scale.scale_class}, scale {facts.scale.table}, {facts.scale.experience} years; {home.kind}, "
        f"{home.children} children; employer of {facts.employer.headcount_class}; insurance "
        f"{costs.accident_insurance_rate}, fixed costs {costs.fixed_costs_per_month}, holiday provision "
        f"by {costs.holiday_provision}"
    )


def _print(facts: Facts, slip: Payslip) -> None:
    print(_used(facts))
    after_net = ("non_taxable_total", "deductions_total", "to_pay") if "to_pay" in slip else ()
    for code in ("gross", "net", *after_net, "wage_cost", "employer_cost"):
        print(f"{codes.label(code)}: {slip[code].amount:.2f}")
    for finding in slip.findings:
        print(f"{finding.severity}: {codes.told(finding)}")
    for code in ("to_pay" if after_net else "net", "employer_cost", "wage_floor"):
        print()
        print(slip[code].explain())


def _exceptional(options: argparse.Namespace) -> int:
    facts = ExceptionalFacts(
        label="this member",
        month=options.month,
        employer=_employer(options),
        household=_household(options),
        normal_monthly_pay=options.normal_pay,
        payment=_payment(options),
    )
    slip = exceptional_payslip(facts, Law.load())
    for code in ("exceptional_payment", "exceptional_net", "exceptional_cost"):
        print(f"{codes.label(code)}: {slip[code].amount:.2f}")
    for finding in slip.findings:
        print(f"{finding.severity}: {codes.told(finding)}")
    for code in ("exceptional_net", "exceptional_cost"):
        print()
        print(slip[code].explain())
    return 0


def _payment(options: argparse.Namespace) -> Payment:
    amount = options.amount if options.amount is not None else options.normal_pay
    match options.kind:
        case "end-of-year":
            return EndOfYearPremium(monthly_pay=amount, months=options.months)
        case "double-holiday":
            return DoubleHolidayPay(monthly_pay=amount, months=options.months)
        case "exit-holiday":
            return ExitHolidayPay(earned_this_year=amount, earned_before=options.earned_before)
        case "annual-premium":
            return AnnualPremium(
                weekly_hours=options.hours, full_time_weekly_hours=options.full_time, months=options.months
            )
        case _:
            return OtherPremium(amount=amount)


def _facts(options: argparse.Namespace) -> Facts:
    return Facts(
        label="this member",
        month=options.month,
        employer=_employer(options),
        work=Work.full_month(weekly_hours=options.hours, full_time_weekly_hours=options.full_time),
        scale=Scale(scale_class=options.scale_class, experience=options.experience, table=options.scale),
        household=_household(options),
        gross=options.gross if options.gross is not None else ZERO,
        benefit_in_kind=ZERO,
        benefit_in_kind_tax_only=options.company_car,
        commuting_exemption=ZERO,
        group_insurance_contribution=ZERO,
        costs=CostPolicy(
            accident_insurance_rate=options.insurance,
            fixed_costs_per_month=options.fixed_costs,
            holiday_provision=options.holiday_provision,
            end_of_year_premium=True,
            annual_premium=True,
            eco_vouchers=True,
        ),
        quarter=QuarterSoFar(months=(), policy="alone"),
        year=YearSoFar(end_of_year_base=ZERO, double_holiday_pay=ZERO),
        first_hire=FirstHire(rank=options.first_hire, quarter=options.first_hire_quarter or 1)
        if options.first_hire
        else None,
    )


def _employer(options: argparse.Namespace) -> Employer:
    return Employer(
        joint_committee=options.joint_committee,
        headcount_class=options.headcount,
        commercial_purpose=not options.no_commercial_purpose,
        category=1,
    )


def _household(options: argparse.Namespace) -> Household:
    return Household(
        kind=options.household,
        children=options.children,
        disabled_children=options.disabled_children,
        single_parent=options.single_parent,
        disabled=options.disabled,
        disabled_spouse=options.disabled_spouse,
        other_dependants=options.other_dependants,
        dependants_65=options.dependants_65,
    )


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount such as 2350.00") from None


def _month(text: str) -> YearMonth:
    try:
        return YearMonth.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day written YYYY-MM-DD") from None


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m payroll.engine",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="compare a cases file to the cent")
    check.add_argument("file", type=Path, metavar="FILE.csv", help="cases, columns as in their README")
    check.set_defaults(run=_check)
    explain = commands.add_parser(
        "explain",
        help="print an explained payslip",
        description=EXPLAIN,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    _explain_options(explain)
    explain.set_defaults(run=_explain)
    beside = commands.add_parser(
        "exceptional",
        help="explain a payment beside the month's pay",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    _exceptional_options(beside)
    beside.set_defaults(run=_exceptional)
    law = commands.add_parser("law", help="print until when each subject of the law is confirmed", description=LAW)
    law.add_argument("--on", type=_day, required=True, metavar="YYYY-MM-DD", help="the day from which to count")
    law.add_argument("--within", type=_days, default=60, metavar="DAYS", help="how far to look ahead (default: 60)")
    law.add_argument("--parameters", type=Path, metavar="FOLDER", help="parameter files (default: those delivered)")
    law.set_defaults(run=_law)
    law_page = commands.add_parser("law-page", help="print the whole law as a page in Markdown")
    law_page.set_defaults(run=_law_page)
    return parser


def _explain_options(explain: argparse.ArgumentParser) -> None:
    add = explain.add_argument
    start = explain.add_mutually_exclusive_group(required=True)
    start.add_argument("--gross", type=_amount, metavar="AMOUNT", help="gross pay of the month")
    start.add_argument("--net", type=_amount, metavar="AMOUNT", help="smallest gross with this net")
    start.add_argument("--cost", type=_amount, metavar="AMOUNT", help="largest gross with this employer cost")
    start.add_argument("--wage-cost", type=_amount, metavar="AMOUNT", help="largest gross with this wage cost")
    add("--months", type=int, metavar="N", help="with --cost: the budget of N months together, at a constant gross")
    add("--reserve", type=_amount, default=ZERO, metavar="AMOUNT", help="with --months: kept of the budget")
    _shared_options(explain)
    add("--class", dest="scale_class", choices=get_args(ScaleClass), default="C", help="class of the scale")
    add("--scale", choices=get_args(ScaleTable), default="II", help="I: first year in the firm; II: after")
    add("--experience", type=int, default=5, metavar="YEARS", help="years of experience")
    add("--company-car", type=_amount, default=ZERO, metavar="AMOUNT", help="benefit taxed only")
    add("--insurance", type=_amount, default=Decimal("0.0030"), help="work-accident insurance, fraction")
    add("--fixed-costs", type=_amount, default=Decimal("40.00"), help="fixed costs of the month")
    add(
        "--holiday-provision",
        choices=get_args(HolidayProvision),
        default="cash",
        help="method of the holiday provision",
    )
    add(
        "--first-hire",
        type=int,
        choices=FIRST_HIRE_RANKS,
        metavar="RANK",
        help="reduction of a first hire, rank 1 to 5",
    )
    add(
        "--first-hire-quarter", type=int, metavar="N", help="with --first-hire: its quarter since it began (default: 1)"
    )
    add(
        "--attachment",
        type=_amount,
        default=ZERO,
        metavar="AMOUNT",
        help="claim of a wage attachment; --children count",
    )
    add("--maintenance", action="store_true", help="the attachment is for maintenance: no scale")
    add("--advance", type=_amount, default=ZERO, metavar="AMOUNT", help="advance to be paid back")
    add("--kilometres", type=_amount, default=ZERO, help="kilometres on duty with one's own car")
    add("--kilometre-rate", type=_amount, default=Decimal("0.40"), metavar="RATE", help="EUR paid for each of them")
    add("--home-working", type=_amount, default=ZERO, metavar="AMOUNT", help="home-working allowance")


def _exceptional_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("kind", choices=EXCEPTIONAL_KINDS, help="what is paid")
    add("--normal-pay", type=_amount, required=True, metavar="AMOUNT", help="gross of a normal month: places the tax")
    add(
        "--amount",
        type=_amount,
        metavar="AMOUNT",
        help="month's pay that it follows, pay earned without holiday (exit), or the premium itself; else the normal pay",
    )
    add("--months", type=int, default=12, help="months counted, of twelve")
    add("--earned-before", type=_amount, default=ZERO, metavar="AMOUNT", help="exit: the same of the year before")
    _shared_options(parser)


def _shared_options(parser: argparse.ArgumentParser) -> None:
    """Month, contract hours, tax household and employer."""
    add = parser.add_argument
    add("--month", type=_month, required=True, metavar="YYYY-MM", help="pay month")
    add("--hours", type=_amount, default=Decimal(38), help="weekly hours of the contract")
    add("--full-time", type=_amount, default=Decimal(38), help="full-time weekly hours")
    add("--household", choices=get_args(HouseholdKind), default="single", help="tax household")
    add("--children", type=int, default=0, help="dependent children")
    add("--disabled-children", type=int, default=0, help="disabled ones among them")
    add("--single-parent", action="store_true", help="single with dependent children")
    add("--disabled", action="store_true", help="the member is disabled")
    add("--disabled-spouse", action="store_true", help="the spouse is disabled")
    add("--other-dependants", type=int, default=0, help="other dependants")
    add("--dependants-65", type=int, default=0, help="dependants of 65 or more in need of care")
    add("--joint-committee", default="200", help="joint committee of the employer")
    add("--headcount", choices=get_args(HeadcountClass), default="20+", help="size of the employer")
    add("--no-commercial-purpose", action="store_true", help="employer without commercial purpose")


if __name__ == "__main__":
    sys.exit(main())
