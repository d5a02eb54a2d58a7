"""What stands beside the pay in the demonstration: somebody cycles and works at home, somebody's pay is attached."""

from decimal import Decimal

from coop.banking import services as banking
from coop.demo import steps
from coop.demo.cast import Member
from coop.demo.world import World
from coop.entities.models import Cooperative
from coop.ledger import queries as ledger
from coop.money import ZERO
from coop.periods import Month
from members.models import EmploymentContract
from payroll import services
from payroll.beside_models import AllowanceMonth, AllowanceTerms, WageAttachment

CYCLES, ATTACHED = 0, 1
"""The places of the two among the employees of a cooperative."""
CREDITOR, ACCOUNT = "Étude Exemple, huissiers de justice", "BE71096123456769"
ENTERED = 19


def play(world: World, cooperative: Cooperative, month: Month, employees: list[Member]) -> None:
    """Grant and enter what two employees have beside their pay of a month; what is there already stays."""
    if len(employees) <= ATTACHED or world.reference_day < month.day(ENTERED):
        return
    day = world.day(month, ENTERED)
    officer = steps.staff("payroll_officer", cooperative.code)
    cyclist, debtor = (_contract(cooperative, employees[place]) for place in (CYCLES, ATTACHED))
    if not AllowanceTerms.objects.filter(contract__cooperative=cooperative).exists():
        services.record_allowance_terms(
            contract=cyclist, since=month, by=officer, bicycle_rate=Decimal("0.35"), bicycle_kilometres=Decimal("9"),
            home_working=Decimal("60.00"), voucher_employer=Decimal("6.91"), voucher_worker=Decimal("1.09"),
        )  # fmt: skip
        services.record_attachment(
            contract=debtor, kind=WageAttachment.Kind.MAINTENANCE, creditor=CREDITOR, iban=ACCOUNT,
            reference=f"D-{cooperative.code}-1", claim=Decimal("240.00"), children=0, valid_from=day, by=officer,
        )  # fmt: skip
    granted = AllowanceTerms.objects.filter(contract=cyclist).on(month.first).exists()
    if granted and not AllowanceMonth.objects.filter(contract=cyclist, month=month.first).exists():
        services.record_allowance_month(
            contract=cyclist, month=month, kilometres=ZERO, bicycle_days=9 + month.number % 5, vouchers=18, by=officer,
            on=day, at=world.at(day),
        )  # fmt: skip


def _contract(cooperative: Cooperative, member: Member) -> EmploymentContract:
    contract: EmploymentContract = (
        EmploymentContract.objects.filter(cooperative=cooperative, person__email=member.email)
        .select_related("person", "cooperative")
        .earliest("valid_from")
    )
    return contract


def pay_on(world: World, cooperative: Cooperative, month: Month, paid: int) -> None:
    """Pay to the creditors what the payslips of a month have withheld."""
    day, account = month.day(paid), steps.bank(cooperative.code)
    accountant = steps.staff("accountant", cooperative.code)
    for item, left in ledger.open_items(cooperative, "other_social_debts", day):
        if left < ZERO:
            banking.record_payment(
                item=item.pk, amount=-left, on=day, bank_account=account, by=accountant, at=world.at(day),
                reference=f"{month} {item.reference}",
            )  # fmt: skip
