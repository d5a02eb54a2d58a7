"""A payslip as JSON, for whoever reads it with a program: every figure down to facts and law. Nothing is calculated here.

The form is described in ``docs/payslip-json.md`` and checked against ``docs/payslip.schema.json``. Keys keep their order,
amounts are texts, and lists keep the order in which the engine worked, so that two readings of a payslip are equal byte by byte.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import translation

from coop import formatting
from coop.periods import Month
from payroll import queries, slips, texts, worktime
from payroll.engine.figures import Figure, Finding, Parameter, Payslip
from payroll.models import EmployerTerms
from payroll.models import Payslip as Row
from payroll.secretariat.queries import beside as beside_result

FORMAT = "partagee.payslip"
VERSION = 1
"""Raised when a key changes its meaning or goes away; a new key does not raise it."""


def written(payslip: Row, *, language: str) -> str:
    """Return a payslip as the text of its JSON, labels and sentences in a language."""
    return json.dumps(as_json(payslip, language=language), ensure_ascii=False, indent=2) + "\n"


def as_json(payslip: Row, *, language: str) -> dict[str, Any]:
    """Return a payslip as plain JSON values, labels and sentences in a language.

    ``payslip`` comes with person, cooperative, contract and the run that it corrects. The national number is not part of it,
    and the account is masked.
    """
    with translation.override(language):
        return _as_json(payslip, language)


def _as_json(payslip: Row, language: str) -> dict[str, Any]:
    figures = queries.figures_of(payslip)
    return {
        "format": FORMAT,
        "version": VERSION,
        "language": language,
        "currency": "EUR",
        "payslip": _payslip(payslip),
        "employer": _employer(payslip),
        "worker": _worker(payslip),
        "work": _work(payslip),
        "totals": {
            "gross": str(payslip.gross),
            "net": str(payslip.net),
            "to_pay": str(payslip.to_pay),
            "wage_cost": str(payslip.wage_cost),
            "employer_cost": str(payslip.employer_cost),
        },
        "lines": {
            "to_net": _lines(slips.to_net(figures)),
            "to_payment": _lines(slips.to_payment(figures)),
            "to_cost": _lines(slips.to_cost(figures)),
            "beside": _lines(slips.allowances(figures)),
        },
        "year": [{"label": one.label, "amount": str(one.amount)} for one in queries.year_totals(payslip)],
        "borne_by": [
            {"activity": share.activity.code, "name": share.activity.name, "weight": str(share.weight), "cost": str(share.cost)}
            for share in payslip.shares.select_related("activity").order_by("activity__code")
        ],
        "figures": [_figure(figure) for figure in figures.figures],
        "parameters": [_parameter(one) for one in parameters_of(figures)],
        "findings": [_finding(one, figures) for one in figures.findings],
        "engine": {"version": figures.engine_version, "law_digest": figures.law_digest},
    }  # fmt: skip


def _payslip(payslip: Row) -> dict[str, Any]:
    replaced, result = queries.replaces(payslip), beside_result(payslip)
    return {
        "id": str(payslip.pk),
        "month": str(Month.of(payslip.month)),
        "nature": payslip.nature,
        "nature_label": payslip.get_nature_display() if payslip.nature else "",
        "state": payslip.state,
        "state_label": payslip.get_state_display(),
        "calculated_at": payslip.calculated_at.isoformat(),
        "secretariat": result.secretariat if result else None,
        "posted_on": payslip.posted_on.isoformat() if payslip.posted_on else None,
        "corrects": {"id": str(replaced.old.pk), "reason": replaced.reason} if replaced else None,
    }


def _employer(payslip: Row) -> dict[str, Any]:
    cooperative = payslip.cooperative
    terms = EmployerTerms.objects.filter(cooperative=cooperative).on(Month.of(payslip.month).last).first()
    return {
        "name": cooperative.name,
        "legal_form": cooperative.legal_form,
        "street": cooperative.street,
        "postcode": cooperative.postcode,
        "town": cooperative.town,
        "enterprise_number": cooperative.enterprise_number,
        "onss_number": terms.onss_number if terms else None,
        "joint_committee": payslip.facts["employer"]["joint_committee"],
    }


def _worker(payslip: Row) -> dict[str, Any]:
    person = payslip.person
    return {
        "name": str(person),
        "street": person.street,
        "postcode": person.postcode,
        "town": person.town,
        "worker_number": payslip.contract.worker_number,
        "employed_since": payslip.contract.valid_from.isoformat(),
        "account": formatting.masked(person.iban) if person.iban else None,
    }


def _work(payslip: Row) -> dict[str, Any]:
    """The hours in the unit of the contract, on average a week; the basic pay is that of the contract for a whole month.

    A payment beside pay rests on no hours of a month and no place in the scale: these are null.
    """
    version = queries.terms_of(payslip)
    work, scale = payslip.facts.get("work", {}), payslip.facts.get("scale", {})
    return {
        "weekly_hours": work.get("weekly_hours"),
        "full_time_weekly_hours": work.get("full_time_weekly_hours"),
        "paid_hours": str(payslip.hours),
        "full_time_hours": str(payslip.full_time_hours),
        "basic_pay": str(version.gross) if version else None,
        "scale_class": scale.get("scale_class"),
        "scale_table": scale.get("table"),
        "experience": scale.get("experience"),
        "performance": [
            {"label": str(one.label), "days": str(one.days), "hours": str(one.hours), "paid": one.paid}
            for one in worktime.performance_of(payslip)
        ],
    }


def _lines(rows: Sequence[slips.Row]) -> list[dict[str, Any]]:
    return [
        {
            "figure": row.explanation.code,
            "label": row.label,
            "sign": row.sign,
            "amount": str(row.amount),
            "result": row.result,
        }
        for row in rows
    ]


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "code": figure.code,
        "label": texts.label(figure.code),
        "amount": str(figure.amount),
        "shown": texts.shown(figure),
        "rule": figure.rule,
        "rounding": figure.rounding,
        "sentence": texts.sentence(figure),
        "formula": texts.formula(figure),
        "parts": [
            {"figure": part.code} if isinstance(part, Figure) else {"parameter": part.name} for part in figure.parts
        ],
    }


def parameters_of(figures: Payslip) -> Iterable[Parameter]:
    """Return the values of the law that a payslip used, each once, in the order of their first use."""
    found: dict[str, Parameter] = {}
    for figure in figures.figures:
        for part in figure.parts:
            if isinstance(part, Parameter):
                found.setdefault(part.name, part)
    return found.values()


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "label": texts.parameter_label(parameter.name),
        "value": str(parameter.value),
        "shown": texts.shown(parameter),
        "since": parameter.since.isoformat(),
        "source": parameter.source,
        "confidence": parameter.mark,
        "confidence_label": str(texts.MARKS[parameter.mark]),
    }


def _finding(finding: Finding, figures: Payslip) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "sentence": texts.finding(finding, figures),
        "figures": list(finding.figures),
        "parameters": list(finding.parameters),
    }
