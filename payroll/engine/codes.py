"""The catalogue of figures and findings: labels, and each rule said in words.

English texts, to be translated by whoever shows them. A sentence is found by the figure's code and
rule; its placeholders are named in the order of the figure's parts (see ``inputs``). Sums, whose
parts vary, have no placeholders: their parts are shown below them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from payroll.engine.figures import Figure, Finding


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a figure is, in one sentence with named placeholders for its inputs."""

    text: str
    placeholders: tuple[str, ...] = ()


LINES = {
    "base": "Base contribution, wage moderation included",
    "ten_or_more": "Contribution of employers of ten or more",
    "closure_fund": "Closure fund",
    "closure_fund_unemployment": "Closure fund, temporary unemployment",
    "temporary_unemployment": "Temporary unemployment and older unemployed",
    "asbestos_fund": "Asbestos fund",
    "work_accidents": "Special contribution for work accidents",
    "sector_fund": "Social fund of PC 200",
}

LABELS: dict[str, str] = {
    "gross": "Gross pay",
    "social_contribution": "Social-security contribution",
    "hours": "Hours paid in the month",
    "full_time_hours": "Full-time hours of the month",
    "full_time_pay": "Full-time reference pay",
    "employment_bonus_a.full_time": "Employment bonus, part A, full time",
    "employment_bonus_a.hours_done": "Employment bonus, part A, for the hours paid",
    "employment_bonus_a": "Employment bonus, part A",
    "employment_bonus_b.full_time": "Employment bonus, part B, full time",
    "employment_bonus_b.hours_done": "Employment bonus, part B, for the hours paid",
    "employment_bonus_b": "Employment bonus, part B",
    "employment_bonus": "Employment bonus",
    "social_contribution_due": "Social-security contribution due",
    "taxable": "Taxable pay",
    "benefit_in_kind_tax_only": "Benefit in kind, taxed only",
    "commuting_exemption": "Commuting exemption",
    "tax_base": "Monthly tax base",
    "yearly_tax_base": "Yearly tax base",
    "lump_sum_expenses": "Lump-sum expenses",
    "yearly_net": "Net yearly income",
    "exempt_amount_tax": "Tax on the exempt amount",
    "spouse_share": "Share attributed to the spouse",
    "own_share": "Own share of the income",
    "tax_on_spouse_share": "Tax on the spouse's share",
    "tax_on_income": "Tax on the income",
    "yearly_base_tax": "Yearly base tax",
    "children": "Dependent children",
    "disabled_children": "Disabled children among them",
    "children_counted": "Children counted",
    "other_dependants": "Other dependants",
    "dependants_65": "Dependants of 65 or more in need of care",
    "family_reduction.children": "Reduction for children",
    "family_reduction.single_parent": "Reduction for a single parent",
    "family_reduction.disabled": "Reduction for a disability",
    "family_reduction.disabled_spouse": "Reduction for a disabled spouse",
    "family_reduction.spouse_low_income": "Reduction for a spouse with a low income",
    "family_reduction.spouse_low_pension": "Reduction for a spouse with a low pension",
    "family_reduction.other_dependants": "Reduction for other dependants",
    "family_reduction.dependants_65": "Reduction for dependants of 65 or more",
    "family_reductions": "Family reductions of the year",
    "yearly_tax": "Yearly tax",
    "withholding_before_bonus": "Withholding tax before the fiscal bonus",
    "group_insurance_contribution": "Worker's group-insurance contribution",
    "group_insurance_reduction": "Reduction for group insurance",
    "withholding_left": "Withholding tax left before the fiscal bonus",
    "fiscal_bonus_a": "Fiscal bonus on part A",
    "fiscal_bonus_b": "Fiscal bonus on part B",
    "fiscal_bonus": "Fiscal bonus",
    "withholding_tax": "Withholding tax",
    "special_contribution": "Special social-security contribution",
    "benefit_in_kind": "Benefits in kind already enjoyed",
    "net": "Net pay",
    "base_contribution_pay": "Pay that bears the base contribution",
    "employer_contribution": "Employer contributions",
    "months_expected": "Months of the quarter counted",
    "months_paid": "Months of the quarter paid",
    "quarter_pay_to_date": "Pay of the quarter to date",
    "quarter_pay": "Pay of the quarter",
    "working_time_share": "Share of full-time work in the quarter (µ)",
    "quarter_full_time_pay": "Full-time pay of the quarter (S)",
    "structural_reduction_full_time": "Structural reduction, full time (R)",
    "working_time_factor": "Factor of the working time (β)",
    "structural_reduction_for_working_time": "Structural reduction, for the working time",
    "structural_reduction_quarter": "Structural reduction of the quarter",
    "structural_reduction_to_date": "Structural reduction to date",
    "structural_reduction": "Structural reduction",
    "structural_reduction_correction": "Correction of the structural reduction",
    "special_contribution_pay": "Pay that bears the special contribution",
    "special_contribution_quarter": "Special contribution of the quarter",
    "special_contribution_correction": "Correction of the special contribution",
    "first_hire_rank": "Rank of the worker among the first hires",
    "first_hire_quarter": "Quarter since the reduction of first hires began",
    "first_hire_highest": "Reduction of a first hire, full time (G)",
    "first_hire_for_working_time": "Reduction of a first hire, for the working time",
    "quarter_base_pay": "Pay of the quarter that bears the base contribution",
    "quarter_base_contribution": "Base contribution of the quarter",
    "quarter_base_contribution_left": "Base contribution left after the structural reduction",
    "first_hire_reduction_quarter": "Reduction of a first hire, of the quarter",
    "first_hire_reduction_to_date": "Reduction of a first hire, to date",
    "first_hire_reduction": "Reduction of a first hire",
    "first_hire_reduction_correction": "Correction of the reduction of a first hire",
    "contribution_reductions": "Reductions of the contributions",
    "wage_cost": "Wage cost",
    "month_number": "Month of the year",
    "end_of_year_base": "Pay and contributions for the end-of-year premium",
    "year_so_far.end_of_year_base": "The same, earlier months of the year",
    "provision.end_of_year": "Provision for the end-of-year premium",
    "double_holiday_pay": "Double holiday pay for a year at this pay",
    "year_so_far.double_holiday_pay": "The same, earlier months of the year",
    "provision.holiday_pay": "Provision for holiday pay",
    "weekly_hours": "Weekly hours of the contract",
    "full_time_weekly_hours": "Full-time weekly hours",
    "annual_premium": "Annual premium of PC 200",
    "annual_premium_contribution": "Employer contributions on the annual premium",
    "provision.annual_premium": "Provision for the annual premium",
    "provision.eco_vouchers": "Provision for eco vouchers",
    "accident_insurance_rate": "Rate of the work-accident insurance",
    "accident_insurance": "Work-accident insurance",
    "fixed_costs": "Fixed costs of the month",
    "employer_cost": "Employer cost",
    "wage_floor_full_time": "Lowest full-time pay",
    "wage_floor": "Lowest pay allowed",
    "exceptional_monthly_pay": "Monthly pay that the payment follows",
    "exceptional_months": "Months counted",
    "months_of_year": "Months of a year",
    "earned_this_year": "Pay earned this year without holiday taken",
    "earned_before": "Pay earned in the year before without holiday taken",
    "exit_holiday_base": "Pay without holiday taken",
    "exit_holiday_pay_simple": "Simple holiday pay on leaving",
    "exit_holiday_pay_double": "Double holiday pay on leaving",
    "exit_contribution_simple": "Contribution on the simple holiday pay",
    "exit_contribution_double": "Contribution on the double holiday pay",
    "exceptional_payment": "Payment due",
    "holiday_contribution_base": "Part of the double holiday pay that bears the contribution",
    "contributory_payment": "Payment that bears employer contributions",
    "exceptional_contribution": "Social-security contribution on the payment",
    "normal_monthly_pay": "Normal monthly pay",
    "normal_monthly_contribution": "Contribution on the normal monthly pay",
    "normal_monthly_taxable": "Normal monthly taxable pay",
    "reference_pay": "Yearly reference pay",
    "exceptional_rate": "Rate of the withholding tax",
    "exempt_room": "Exempt part for dependent children",
    "exceptional_taxable": "Taxable part of the payment",
    "exceptional_tax": "Withholding tax on the payment",
    "exceptional_taxable_payment": "Taxable payment",
    "exceptional_net": "Net payment",
    "exceptional_employer_contribution": "Employer contributions on the payment",
    "exceptional_cost": "Cost of the payment",
    "exceptional_provided": "Set aside for the payment",
    "exceptional_provision_used": "Paid from what was set aside",
    "exceptional_cost_left": "Borne by the activity now",
}
LABELS.update({f"employer_contribution.{name}": label for name, label in LINES.items()})
LABELS.update({f"annual_premium_contribution.{name}": f"Premium: {label}" for name, label in LINES.items()})
LABELS.update({f"exceptional_employer_contribution.{name}": label for name, label in LINES.items()})
for _position in (1, 2, 3):
    LABELS.update(
        {
            f"quarter_month_{_position}.gross": f"Gross pay of month {_position} of the quarter",
            f"quarter_month_{_position}.hours": f"Hours of month {_position} of the quarter",
            f"quarter_month_{_position}.full_time_hours": f"Full-time hours of month {_position}",
            f"quarter_month_{_position}.reduction": f"Reduction given in month {_position}",
            f"quarter_month_{_position}.first_hire_reduction": (
                f"Reduction of a first hire given in month {_position}"
            ),
            f"quarter_month_{_position}.special_contribution": (f"Special contribution withheld in month {_position}"),
        }
    )
LABELS.update(
    {
        "quarter_settled.reduction": "Corrected when the quarter was settled before",
        "quarter_settled.first_hire_reduction": "Reduction of a first hire corrected when the quarter was settled before",
        "quarter_settled.special_contribution": "Withheld when the quarter was settled before",
    }
)

LABELS.update(
    {
        "own_car.kilometres": "Kilometres on duty with one's own car",
        "own_car.rate": "Rate paid per kilometre by car",
        "own_car.allowance": "Allowance for one's own car",
        "own_car.limit": "Highest allowance for one's own car",
        "bicycle.days": "Days by bicycle",
        "bicycle.kilometres_per_day": "Kilometres a day by bicycle",
        "bicycle.rate": "Rate paid per kilometre by bicycle",
        "bicycle.kilometres": "Kilometres by bicycle",
        "bicycle.allowance": "Bicycle allowance",
        "bicycle.limit": "Highest bicycle allowance",
        "bicycle.kilometres_counted": "Kilometres a day that PC 200 counts",
        "bicycle.sector": "Bicycle allowance of PC 200",
        "home_working": "Home-working allowance",
        "home_working.limit": "Highest home-working allowance",
        "meal_vouchers.number": "Meal vouchers",
        "meal_vouchers.employer_share": "Employer's share of a meal voucher",
        "meal_vouchers.worker_share": "Worker's share of a meal voucher",
        "meal_vouchers.face": "Face value of a meal voucher",
        "meal_vouchers.employer": "Employer's share of the meal vouchers",
        "meal_vouchers.worker": "Worker's share of the meal vouchers",
        "deduction.group_insurance": "Deduction: group insurance",
        "pay_after_levies": "Cash pay after tax and social deductions",
        "attachment_claim": "What may still be claimed by attachment",
        "earlier_pay_of_month": "Net already paid in the same month",
        "attachment_month_pay": "Net pay of the calendar month",
        "attachment_scale": "Attachable part by the scale",
        "attachment_children": "Dependent children, for the attachment",
        "attachment_children_part": "Protected for dependent children",
        "earlier_attached": "Already attached in the same month",
        "attachable": "Part that may be attached",
        "deduction.attachment": "Deduction: wage attachment",
        "pay_left": "Pay left for other deductions",
        "one_fifth": "One fifth of the cash pay",
        "deduction_limit": "Limit of the other deductions",
        "asked.advance": "Advance to be paid back",
        "asked.recovery": "Paid too much before, to be recovered",
        "asked.fine": "Fine under the work rules",
        "asked.damages": "Damages owed",
        "asked.guarantee": "Guarantee to be built up",
        "deduction.meal_vouchers": "Deduction: worker's share of meal vouchers",
        "deduction.advance": "Deduction: advance",
        "deduction.recovery": "Deduction: paid too much before",
        "deduction.fine": "Deduction: fine",
        "deduction.damages": "Deduction: damages",
        "deduction.guarantee": "Deduction: guarantee",
        "deductions_asked": "Other deductions asked",
        "deductions_carried": "Deductions that found no room",
        "non_taxable_total": "Amounts beside pay",
        "deductions_total": "Deductions from the net pay",
        "to_pay": "Amount to pay",
    }
)

FACT = Sentence("Given, not computed.")
SUM = Sentence("The sum of its parts.")
SUM_LESS = Sentence("The first of its parts less the others, not below zero.")
BRACKET = ("amount", "fixed", "rate", "lower")
BAND = "{fixed} and {rate} of what {amount} exceeds {lower}"
BRACKET_TEXT = f"{BAND}."

SENTENCES: dict[tuple[str, str], Sentence] = {
    ("social_contribution", "rate"): Sentence("{rate} of the gross pay of {gross}.", ("gross", "rate")),
    ("full_time_pay", "pro_rata"): Sentence(
        "Gross pay of {gross} brought from {hours} to {full_time_hours} hours.",
        ("gross", "full_time_hours", "hours"),
    ),
    ("employment_bonus", "sum_of"): Sentence("Part A of {part_a} and part B of {part_b}.", ("part_a", "part_b")),
    ("employment_bonus_a", "lesser"): Sentence(
        "{part} for the hours paid, at most the contribution of {contribution}.", ("part", "contribution")
    ),
    ("employment_bonus_b", "room_left"): Sentence(
        "{part} for the hours paid, at most what part A of {part_a} leaves of the contribution of {contribution}.",
        ("part", "contribution", "part_a"),
    ),
    ("social_contribution_due", "difference"): Sentence(
        "Contribution of {contribution} less employment bonus of {bonus}.", ("contribution", "bonus")
    ),
    ("taxable", "difference"): Sentence(
        "Gross pay of {gross} less contribution due of {contribution}.", ("gross", "contribution")
    ),
    ("tax_base", "sum_less_last_not_below_zero"): Sentence(
        "Taxable pay of {taxable} and taxed benefits of {benefit}, less commuting exemption of {exemption}.",
        ("taxable", "benefit", "exemption"),
    ),
    ("yearly_tax_base", "yearly"): Sentence("Twelve times the tax base of {tax_base}.", ("tax_base",)),
    ("lump_sum_expenses", "rate_at_most"): Sentence(
        "{rate} of {year}, at most {maximum}.", ("year", "rate", "maximum")
    ),
    ("yearly_net", "difference"): Sentence(
        "Yearly tax base of {year} less expenses of {expenses}.", ("year", "expenses")
    ),
    ("exempt_amount_tax", "rate"): Sentence("{rate} of the exempt amount of {exempt}.", ("exempt", "rate")),
    ("spouse_share", "rate_at_most"): Sentence(
        "{rate} of the net income of {net}, at most {maximum}.", ("net", "rate", "maximum")
    ),
    ("own_share", "difference"): Sentence("Net income of {net} less the spouse's share of {share}.", ("net", "share")),
    ("tax_on_income", "bracket"): Sentence(BRACKET_TEXT, BRACKET),
    ("tax_on_spouse_share", "bracket"): Sentence(BRACKET_TEXT, BRACKET),
    ("yearly_base_tax", "difference_not_below_zero"): Sentence(
        "Tax of {tax} less tax on the exempt amount of {exempt}, not below zero.", ("tax", "exempt")
    ),
    ("yearly_base_tax", "joint_base"): Sentence(
        "Taxes of {spouse} and {own}, less twice the tax on the exempt amount of {exempt}, not below zero.",
        ("spouse", "own", "exempt"),
    ),
    ("children_counted", "sum_of"): Sentence(
        "{children} children, of whom {disabled} disabled count twice.", ("children", "disabled")
    ),
    ("family_reduction.children", "parameter"): Sentence(
        "{amount} a year for {children} children counted.", ("amount", "children")
    ),
    ("family_reduction.children", "beyond_eight"): Sentence(
        "{amount} a year for eight children and {beyond} for each one above; {children} are counted.",
        ("amount", "beyond", "children"),
    ),
    ("family_reductions", "sum_of"): SUM,
    ("yearly_tax", "difference_not_below_zero"): Sentence(
        "Base tax of {base} less family reductions of {reductions}, not below zero.", ("base", "reductions")
    ),
    ("withholding_before_bonus", "twelfth"): Sentence("A twelfth of the yearly tax of {tax}.", ("tax",)),
    ("group_insurance_reduction", "rate"): Sentence(
        "{rate} of the worker's contribution of {contribution}.", ("contribution", "rate")
    ),
    ("withholding_left", "difference_not_below_zero"): Sentence(
        "Withholding tax of {tax} less the reduction for group insurance of {reduction}, not below zero.",
        ("tax", "reduction"),
    ),
    ("fiscal_bonus_a", "rate"): Sentence("{rate} of part A of {part}.", ("part", "rate")),
    ("fiscal_bonus_b", "rate"): Sentence("{rate} of part B of {part}.", ("part", "rate")),
    ("fiscal_bonus", "sum_at_most_last"): Sentence(
        "{part_a} and {part_b}, at most the tax of {tax}; what is not used is lost.",
        ("part_a", "part_b", "tax"),
    ),
    ("withholding_tax", "difference"): Sentence("Tax of {tax} less fiscal bonus of {bonus}.", ("tax", "bonus")),
    ("net", "difference"): Sentence(
        "Gross pay of {gross}, less contribution due of {contribution}, withholding tax of {tax}, special "
        "contribution of {special} and benefits already enjoyed of {benefit}.",
        ("gross", "contribution", "tax", "special", "benefit"),
    ),
    ("base_contribution_pay", "sum_of"): Sentence("The gross pay of {gross}.", ("gross",)),
    ("base_contribution_pay", "pay_under_ceiling"): Sentence(
        "Gross pay of {gross}, as far as the quarter's ceiling of {ceiling} is not reached.",
        ("gross", "ceiling"),
    ),
    ("employer_contribution", "sum_of"): SUM,
    ("annual_premium_contribution", "sum_of"): SUM,
    ("quarter_pay_to_date", "sum_of"): SUM,
    ("quarter_pay", "pro_rata"): Sentence(
        "Pay to date of {pay}, carried from {paid} to {expected} months.", ("pay", "expected", "paid")
    ),
    ("working_time_share", "projected_share"): Sentence(
        "Hours over full-time hours of the months, {paid} of {expected} months, over the quarter.",
        ("expected", "paid"),
    ),
    ("quarter_full_time_pay", "quarter_reference_pay"): Sentence(
        "Pay of the quarter of {pay}, brought to full-time hours.", ("pay",)
    ),
    ("structural_reduction_full_time", "two_slopes"): Sentence(
        "{alpha} of what {pay} lacks to {s0}, and {gamma} of what it lacks to {s2}.",
        ("pay", "alpha", "s0", "gamma", "s2"),
    ),
    ("working_time_factor", "parameter"): Sentence(
        "{factor}, for a share of {share} below {bound}.", ("factor", "share", "bound")
    ),
    ("working_time_factor", "rising_factor"): Sentence(
        "{start}, and {slope} of what the share of {share} exceeds {lower}.",
        ("share", "start", "lower", "slope"),
    ),
    ("working_time_factor", "inverse"): Sentence(
        "One divided by the share of {share}, from {bound} on: the full reduction is given.", ("share", "bound")
    ),
    ("structural_reduction_quarter", "product_of_three"): Sentence(
        "{full_time} at full time, times the share of {share} and the factor of {factor}.",
        ("full_time", "share", "factor"),
    ),
    ("structural_reduction_for_working_time", "product_of_three"): Sentence(
        "{full_time} at full time, times the share of {share} and the factor of {factor}.",
        ("full_time", "share", "factor"),
    ),
    ("structural_reduction_quarter", "lesser"): Sentence(
        "{amount} for the working time, at most the base contribution of {contribution}.", ("amount", "contribution")
    ),
    ("structural_reduction_to_date", "pro_rata"): Sentence(
        "{quarter} for the quarter, for {paid} of {expected} months.", ("quarter", "paid", "expected")
    ),
    ("structural_reduction", "difference"): Sentence(
        "{to_date} to date, less what the earlier months gave.", ("to_date",)
    ),
    ("structural_reduction", "nothing"): Sentence(
        "Held until the third month; the quarter's is estimated at {quarter}.", ("quarter",)
    ),
    ("structural_reduction_correction", "difference"): Sentence(
        "{quarter} for the quarter, less what its months gave.", ("quarter",)
    ),
    ("special_contribution_pay", "sum_of"): SUM,
    ("special_contribution", "difference"): Sentence(
        "{quarter} for the whole quarter, less what its first two months withheld.", ("quarter",)
    ),
    ("special_contribution_correction", "difference"): Sentence(
        "{quarter} for the quarter, less what its months withheld.", ("quarter",)
    ),
    ("first_hire_highest", "parameter"): Sentence(
        "{amount} a quarter for the worker of rank {rank}, in quarter {quarter} since the reduction began.",
        ("amount", "rank", "quarter"),
    ),
    ("first_hire_for_working_time", "product_of_three"): Sentence(
        "{amount} at full time, times the share of {share} and the factor of {factor}.", ("amount", "share", "factor")
    ),
    ("quarter_base_pay", "lesser"): Sentence("The pay of the quarter of {pay}, up to its ceiling.", ("pay",)),
    ("quarter_base_contribution", "rate"): Sentence("{rate} of {pay}.", ("pay", "rate")),
    ("quarter_base_contribution_left", "difference_not_below_zero"): Sentence(
        "Base contribution of {contribution} less structural reduction of {reduction}, not below zero.",
        ("contribution", "reduction"),
    ),
    ("first_hire_reduction_quarter", "lesser"): Sentence(
        "{amount} for the working time, at most the {left} that the structural reduction leaves.", ("amount", "left")
    ),
    ("first_hire_reduction_to_date", "pro_rata"): Sentence(
        "{quarter} for the quarter, for {paid} of {expected} months.", ("quarter", "paid", "expected")
    ),
    ("first_hire_reduction", "difference"): Sentence(
        "{to_date} to date, less what the earlier months gave.", ("to_date",)
    ),
    ("first_hire_reduction", "nothing"): Sentence(
        "Held until the third month; the quarter's is estimated at {quarter}.", ("quarter",)
    ),
    ("first_hire_reduction_correction", "difference"): Sentence(
        "{quarter} for the quarter, less what its months gave.", ("quarter",)
    ),
    ("contribution_reductions", "sum_of"): Sentence(
        "Structural reduction of {structural} and reduction of a first hire of {first_hire}.",
        ("structural", "first_hire"),
    ),
    ("wage_cost", "sum_less_last"): Sentence(
        "Gross pay of {gross} and employer contributions of {contribution}, less reductions of {reduction}.",
        ("gross", "contribution", "reduction"),
    ),
    ("end_of_year_base", "sum_of"): Sentence(
        "Gross pay of {gross} and employer contributions of {contribution}.", ("gross", "contribution")
    ),
    ("provision.end_of_year", "twelfth_cumulated"): Sentence(
        "A twelfth of {base}, rounded on the sum of the year ({before} before).", ("base", "before")
    ),
    ("double_holiday_pay", "rate"): Sentence("{rate} of the gross pay of {gross}.", ("gross", "rate")),
    ("provision.holiday_pay", "twelfth_cumulated"): Sentence(
        "A twelfth of {base}, rounded on the sum of the year ({before} before).", ("base", "before")
    ),
    ("provision.holiday_pay", "rate"): Sentence("{rate} of the gross pay of {gross}.", ("gross", "rate")),
    ("annual_premium", "pro_rata"): Sentence(
        "{premium} at full time, for {hours} of {full_time} hours a week.", ("premium", "hours", "full_time")
    ),
    ("provision.annual_premium", "month_of_year"): Sentence(
        "The part of month {month} in a year's {premium} and contributions of {contribution}.",
        ("premium", "contribution", "month"),
    ),
    ("provision.eco_vouchers", "month_of_year"): Sentence(
        "The part of month {month} in a year's {vouchers}.", ("vouchers", "month")
    ),
    ("accident_insurance", "rate"): Sentence("{rate} of the gross pay of {gross}.", ("gross", "rate")),
    ("employer_cost", "sum_of"): SUM,
    ("wage_floor_full_time", "greater"): Sentence(
        "The higher of the minimum wage of {minimum} and the sector's scale of {scale}.", ("minimum", "scale")
    ),
    ("wage_floor", "pro_rata"): Sentence(
        "{full_time} at full time, for {hours} of {full_time_hours} hours.",
        ("full_time", "hours", "full_time_hours"),
    ),
}
SENTENCES.update(
    {
        ("exceptional_payment", "pro_rata"): Sentence(
            "{year} for a full year, for {months} of {twelve} months.", ("year", "months", "twelve")
        ),
        ("exceptional_payment", "sum_of"): Sentence(
            "Simple holiday pay of {simple} and double holiday pay of {double}.", ("simple", "double")
        ),
        ("exceptional_contribution", "rate"): Sentence("{rate} of {base}.", ("base", "rate")),
        ("exceptional_contribution", "sum_of"): Sentence(
            "{simple} on the simple and {double} on the double holiday pay.", ("simple", "double")
        ),
        ("contributory_payment", "sum_of"): Sentence("{payment} of the payment.", ("payment",)),
        ("holiday_contribution_base", "pro_rata"): Sentence(
            "Of the double holiday pay of {double}, the part {bearing} of {share}.", ("double", "bearing", "share")
        ),
        ("exit_holiday_base", "sum_of"): Sentence(
            "{this_year} of this year and {before} of the year before.", ("this_year", "before")
        ),
        ("exit_holiday_pay_simple", "rate"): Sentence("{rate} of the pay of {base}.", ("base", "rate")),
        ("exit_holiday_pay_double", "rate"): Sentence("{rate} of the pay of {base}.", ("base", "rate")),
        ("exit_contribution_simple", "rate"): Sentence("{rate} of {base}.", ("base", "rate")),
        ("exit_contribution_double", "rate"): Sentence("{rate} of {base}.", ("base", "rate")),
        ("normal_monthly_contribution", "rate"): Sentence("{rate} of the monthly pay of {pay}.", ("pay", "rate")),
        ("normal_monthly_taxable", "difference"): Sentence(
            "Monthly pay of {pay} less contribution of {contribution}.", ("pay", "contribution")
        ),
        ("reference_pay", "yearly"): Sentence("Twelve times the monthly taxable pay of {taxable}.", ("taxable",)),
        ("exceptional_rate", "parameter"): Sentence(
            "{rate}, for a yearly reference pay of {reference}.", ("rate", "reference")
        ),
        ("exempt_room", "room_for_children"): Sentence(
            "What the reference pay of {reference} lacks to the limit of {limit} for {children} children counted, not below "
            "zero.",
            ("limit", "reference", "children"),
        ),
        ("exceptional_taxable", "difference_not_below_zero"): SUM_LESS,
        ("exceptional_tax", "rate"): Sentence("{rate} of {taxable}.", ("taxable", "rate")),
        ("exceptional_tax", "reduced_rate"): Sentence(
            "{rate} of {taxable}, lowered by {reduction} for dependent children.",
            ("taxable", "rate", "reduction"),
        ),
        ("exceptional_taxable_payment", "difference"): Sentence(
            "Payment of {payment} less contribution of {contribution}.", ("payment", "contribution")
        ),
        ("exceptional_net", "difference"): Sentence(
            "Payment of {payment} less contribution of {contribution} and tax of {tax}.",
            ("payment", "contribution", "tax"),
        ),
        ("exceptional_employer_contribution", "sum_of"): SUM,
        ("exceptional_cost", "sum_of"): SUM,
        ("exceptional_provision_used", "lesser"): Sentence(
            "{provided} set aside, at most the cost of {cost}.", ("provided", "cost")
        ),
        ("exceptional_cost_left", "difference"): Sentence(
            "Cost of {cost} less {used} paid from what was set aside.", ("cost", "used")
        ),
    }
)
for _part in ("a", "b"):
    SENTENCES[(f"employment_bonus_{_part}.full_time", "parameter")] = Sentence(
        "The maximum of {maximum}, for a full-time pay of {pay} up to {floor}.", ("maximum", "pay", "floor")
    )
    SENTENCES[(f"employment_bonus_{_part}.full_time", "declining")] = Sentence(
        "{maximum} less {slope} of what the full-time pay of {pay} exceeds {floor}, not below zero.",
        ("pay", "maximum", "slope", "floor"),
    )
    SENTENCES[(f"employment_bonus_{_part}.full_time", "nothing")] = Sentence(
        "Nothing, for the full-time pay of {pay} exceeds {ceiling}.", ("pay", "ceiling")
    )
    SENTENCES[(f"employment_bonus_{_part}.hours_done", "pro_rata")] = Sentence(
        "{full_time} at full time, for {hours} of {full_time_hours} hours.",
        ("full_time", "hours", "full_time_hours"),
    )
for _name in ("single_parent", "disabled", "disabled_spouse", "spouse_low_income", "spouse_low_pension"):
    SENTENCES[(f"family_reduction.{_name}", "parameter")] = Sentence("{amount} a year.", ("amount",))
for _name in ("other_dependants", "dependants_65"):
    SENTENCES[(f"family_reduction.{_name}", "product")] = Sentence(
        "{amount} a year for each of {number}.", ("amount", "number")
    )
for _code in ("special_contribution", "special_contribution_quarter"):
    SENTENCES[(_code, "bracket")] = Sentence(BRACKET_TEXT, BRACKET)
    SENTENCES[(_code, "bracket_at_least")] = Sentence(f"{BAND}, at least {{minimum}}.", (*BRACKET, "minimum"))
    SENTENCES[(_code, "bracket_at_most")] = Sentence(f"{BAND}, at most {{maximum}}.", (*BRACKET, "maximum"))
for _name in LINES:
    SENTENCES[(f"employer_contribution.{_name}", "rate")] = Sentence("{rate} of {pay}.", ("pay", "rate"))
    SENTENCES[(f"annual_premium_contribution.{_name}", "rate")] = Sentence(
        "{rate} of the premium of {premium}.", ("premium", "rate")
    )

for _name in LINES:
    SENTENCES[(f"exceptional_employer_contribution.{_name}", "rate")] = Sentence("{rate} of {pay}.", ("pay", "rate"))
SENTENCES.update(
    {
        ("own_car.allowance", "product"): Sentence("{kilometres} kilometres at {rate} each.", ("kilometres", "rate")),
        ("own_car.limit", "product"): Sentence(
            "{kilometres} kilometres at the legal {rate} each.", ("kilometres", "rate")
        ),
        ("bicycle.kilometres", "product"): Sentence("{days} days of {kilometres} kilometres.", ("days", "kilometres")),
        ("bicycle.allowance", "product"): Sentence("{kilometres} kilometres at {rate} each.", ("kilometres", "rate")),
        ("bicycle.limit", "product"): Sentence(
            "{kilometres} kilometres at the tax-free {rate} each.", ("kilometres", "rate")
        ),
        ("bicycle.kilometres_counted", "lesser"): Sentence(
            "{kilometres} kilometres, at most {most}.", ("kilometres", "most")
        ),
        ("bicycle.sector", "product_of_three"): Sentence(
            "{days} days of {kilometres} kilometres at the sector's {rate} each.",
            ("days", "kilometres", "rate"),
        ),
        ("home_working.limit", "parameter"): Sentence("{amount} a month.", ("amount",)),
        ("meal_vouchers.face", "sum_of"): Sentence(
            "{employer} of the employer and {worker} of the worker.", ("employer", "worker")
        ),
        ("meal_vouchers.employer", "product"): Sentence("{share} for each of {number}.", ("share", "number")),
        ("meal_vouchers.worker", "product"): Sentence("{share} for each of {number}.", ("share", "number")),
        ("deduction.group_insurance", "within_limit"): Sentence(
            "The worker's contribution of {contribution}, as far as the net pay of {net} allows; the limit of one "
            "fifth does not count it.",
            ("contribution", "net"),
        ),
        ("pay_after_levies", "difference_not_below_zero"): Sentence(
            "Net pay of {net}, less group insurance where there is any, not below zero.", ("net",)
        ),
        ("attachment_month_pay", "sum_of"): Sentence(
            "{pay} of this payslip and {earlier} paid before in the month.", ("pay", "earlier")
        ),
        ("attachment_scale", "bracket"): Sentence(BRACKET_TEXT, BRACKET),
        ("attachment_children_part", "product"): Sentence(
            "{amount} for each of {number} dependent children.", ("amount", "number")
        ),
        ("attachable", "difference_not_below_zero"): Sentence(
            "{scale} by the scale, less {children} for dependent children and {earlier} already attached, not below "
            "zero.",
            ("scale", "children", "earlier"),
        ),
        ("deduction.attachment", "lesser"): Sentence(
            "The claim of {claim}, at most the attachable {attachable} of the month and the pay of {pay}.",
            ("claim", "attachable", "pay"),
        ),
        ("deduction.attachment", "within_limit"): Sentence(
            "The claim of {claim} for maintenance, at most the whole pay of {pay}.", ("claim", "pay")
        ),
        ("pay_left", "difference"): Sentence("{pay}, less the attachment where there is one.", ("pay",)),
        ("one_fifth", "rate_in_whole_cents"): Sentence(
            "{rate} of the cash pay of {pay}, in whole cents.", ("pay", "rate")
        ),
        ("deduction_limit", "lesser"): Sentence("{fifth}, at most the pay left of {left}.", ("fifth", "left")),
        ("deduction_limit", "sum_of"): Sentence(
            "All the pay left, {left}: the law lifts the limit of one fifth for fraud, and for damages of a worker who "
            "left before their settlement.",
            ("left",),
        ),
        ("deductions_asked", "sum_of"): SUM,
        ("deductions_carried", "difference"): Sentence("{asked} asked, less what was deducted.", ("asked",)),
        ("non_taxable_total", "sum_of"): SUM,
        ("deductions_total", "sum_of"): SUM,
        ("to_pay", "sum_less_last"): Sentence(
            "Net pay of {net} and {beside} beside it, less deductions of {deductions}.",
            ("net", "beside", "deductions"),
        ),
    }
)
for _name in ("meal_vouchers", "advance", "recovery", "fine", "damages", "guarantee"):
    SENTENCES[(f"deduction.{_name}", "within_limit")] = Sentence(
        "{asked}, as far as the limit of {limit} leaves room after the deductions before it.", ("asked", "limit")
    )

FINDINGS: dict[str, Sentence] = {
    "gross_below_wage_floor": Sentence(
        "The gross pay of {gross} is below the lowest pay allowed of {wage_floor}.", ("gross", "wage_floor")
    ),
    "weekly_hours_below_minimum": Sentence(
        "{hours} hours a week are below the lowest share of the {full_time} full-time hours.",
        ("hours", "full_time"),
    ),
    "weekly_hours_only_under_announced_rule": Sentence(
        "{hours} of {full_time} hours a week are below one third; only the announced rule of one tenth, not yet "
        "confirmed, would allow them.",
        ("hours", "full_time"),
    ),
    "structural_reduction_lost": Sentence(
        "The share of full-time work of {share} is below {minimum}: the structural reduction is lost.",
        ("share", "minimum"),
    ),
    "reference_pay_to_confirm": Sentence(
        "The text leaves open whether the yearly reference pay is taken before or after the contribution; it is taken "
        "after it."
    ),
    "unconfirmed_parameter": Sentence("The value of {parameter} is still to be confirmed.", ("parameter",)),
    "no_outside_result": Sentence("No outside result has confirmed yet how the fact {fact} is computed.", ("fact",)),
}
FINDINGS.update(
    {
        "own_car_above_cap": Sentence(
            "{rate} per kilometre by car exceeds the legal {highest_rate} in force since {since}: what exceeds "
            "it would be pay.",
            ("rate", "highest_rate", "since"),
        ),
        "bicycle_above_cap": Sentence(
            "{rate} per kilometre by bicycle exceeds the tax-free {highest_rate} in force since {since}: what "
            "exceeds it would be pay.",
            ("rate", "highest_rate", "since"),
        ),
        "bicycle_below_sector": Sentence(
            "The bicycle allowance of {allowance} is below the {lowest} that joint committee 200 grants since {since}.",
            ("allowance", "lowest", "since"),
        ),
        "home_working_above_cap": Sentence(
            "The home-working allowance of {given} exceeds the {highest} a month in force since {since}: what exceeds "
            "it would be pay.",
            ("given", "highest", "since"),
        ),
        "meal_voucher_employer_above_cap": Sentence(
            "The employer's share of {given} in a meal voucher exceeds the {highest} in force since {since}: the "
            "vouchers would be pay.",
            ("given", "highest", "since"),
        ),
        "meal_voucher_worker_below_minimum": Sentence(
            "The worker's share of {given} in a meal voucher is below the {lowest} in force since {since}: the "
            "vouchers would be pay.",
            ("given", "lowest", "since"),
        ),
        "meal_voucher_face_above_cap": Sentence(
            "The face value of {given} of a meal voucher exceeds the {highest} in force since {since}: the vouchers "
            "would be pay.",
            ("given", "highest", "since"),
        ),
        "benefit_without_law": Sentence(
            "{subject}: no value is confirmed for {month}, and this benefit is left out until it is known.",
            ("subject", "month"),
        ),
        "group_insurance_above_net": Sentence(
            "The contribution of {contribution} to the group insurance exceeds the net pay of {net}.",
            ("contribution", "net"),
        ),
        "deductions_limited": Sentence(
            "Of the deductions of {asked}, only {limit} may be taken from this payment: {carried} waits.",
            ("asked", "limit", "carried"),
        ),
        "to_pay_below_zero": Sentence(
            "The amount to pay is {to_pay}: benefits already enjoyed exceed the net pay.", ("to_pay",)
        ),
    }
)


def label(code: str) -> str:
    """The short English name of a figure. Raises ``KeyError`` for an unknown code."""
    return LABELS[code]


def sentence(figure: Figure) -> Sentence:
    """The rule of a figure in words. Raises ``KeyError`` when the catalogue lacks it."""
    return FACT if figure.rule == "fact" else SENTENCES[(figure.code, figure.rule)]


def inputs(figure: Figure) -> dict[str, Decimal]:
    """The placeholders of a figure's sentence are filled from its parts, in order."""
    names = sentence(figure).placeholders
    return {name: part.amount for name, part in zip(names, figure.parts, strict=False)}


def explained(figure: Figure) -> str:
    """A figure's rule in English, with its inputs."""
    return sentence(figure).text.format(**inputs(figure))


def told(finding: Finding) -> str:
    """A finding in English, with its values."""
    return FINDINGS[finding.code].text.format(**finding.values)
