"""The pages of payroll: what each role sees and does, and what it does not."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from coop.documents import kinds
from coop.ledger import sources
from members.models import Reading
from payroll import documents as payslip_documents
from payroll import services
from payroll.models import PayrollRun, Payslip, RunMember, SalaryOrder
from tests import cast
from tests.cast import at
from tests.payroll import build

pytestmark = pytest.mark.django_db

ON = "2026-09-22 12:00:00+02:00"


@pytest.fixture
def world() -> cast.World:
    """Lina and Aline are employed, with their quarter known and money on their activities."""
    world = cast.world()
    build.employer(world.archipel)
    for name, gross in (("lina", "1450.00"), ("aline", "1500.00")):
        made = build.contract(world.people[name], world.archipel, gross=gross)
        for month in (build.JULY, build.AUGUST):
            build.opening(made, month, gross=gross)
        build.money(world, name, "9000.00")
    return world


@pytest.fixture(autouse=True)
def today():
    """It is noon on 22 September 2026."""
    with time_machine.travel(ON, tick=False):
        yield


def browse(user) -> Client:
    """Log somebody in."""
    client = Client()
    client.force_login(user)
    return client


def test_a_member_sees_what_a_wish_gives_and_orders_it(world: cast.World) -> None:
    client = browse(world.lina)
    address = reverse("payroll:salary_month", args=[build.SEPTEMBER])

    page = client.get(address, {"target": "gross", "amount": "1600.00"})
    live = client.get(reverse("payroll:salary_estimate", args=[build.SEPTEMBER]), {"target": "net", "amount": "1400"})
    sent = client.post(address, {"target": "gross", "amount": "1600.00"})

    assert page.status_code == 200
    assert "€1,600.00" in page.content.decode()
    assert "€1,571.16" in live.content.decode()
    assert sent.status_code == 302
    order = SalaryOrder.objects.get()
    assert (order.amount, order.state, order.person) == (Decimal("1600.00"), "submitted", world.people["lina"])
    assert client.get(address).status_code == 200


def test_an_order_below_the_floor_answers_422_with_the_floor(world: cast.World) -> None:
    answer = browse(world.lina).post(
        reverse("payroll:salary_month", args=[build.SEPTEMBER]), {"target": "gross", "amount": "1000.00"}
    )

    assert answer.status_code == 422
    assert "€1,316.61" in answer.content.decode()
    assert not SalaryOrder.objects.exists()


def test_a_candidate_and_a_self_employed_associate_read_why_they_have_no_salary(world: cast.World) -> None:
    for user, words in ((world.hugo, "candidate-entrepreneur"), (world.ivo, "self-employed associate")):
        page = browse(user).get(reverse("payroll:salary_month", args=[build.SEPTEMBER]))

        assert page.status_code == 200
        assert words in page.content.decode()
        assert 'name="amount"' not in page.content.decode()


def test_the_run_goes_from_opening_to_approval_on_its_page_and_the_payslip_opens_explained(
    world: cast.World, django_capture_on_commit_callbacks
) -> None:
    elise, bruno = browse(world.elise), browse(world.bruno)
    opened = elise.post(
        reverse("payroll:run_open"), {"cooperative": str(world.archipel.pk), "month": str(build.SEPTEMBER)}
    )
    run = PayrollRun.objects.get()
    assert opened.status_code == 302
    progress = elise.get(reverse("payroll:run_progress", args=[run.pk]))
    assert 'hx-trigger="every 2s"' in progress.content.decode()
    while services.calculate_members(run=run.pk, at=at("2026-09-22 12:01")):
        pass
    ended = elise.get(reverse("payroll:run_progress", args=[run.pk]))
    assert "hx-trigger" not in ended.content.decode()
    assert ended["HX-Refresh"] == "true"

    page = elise.get(reverse("payroll:run_detail", args=[run.pk]))
    elise.post(reverse("payroll:run_submit", args=[run.pk]))
    own = browse(world.elise).post(reverse("payroll:run_approve", args=[run.pk]), {"typed": "2026-09"})
    wrong = bruno.post(reverse("payroll:run_approve", args=[run.pk]), {"typed": "2026-08"})
    right = bruno.post(reverse("payroll:run_approve", args=[run.pk]), {"typed": "2026-09"})
    services.continue_approval(run=run.pk, at=at("2026-09-22 12:05"))

    assert "Lina Maes" in page.content.decode()
    assert own.status_code == 403
    assert wrong.status_code == 422
    assert right.status_code == 302
    run.refresh_from_db()
    assert run.state == PayrollRun.State.APPROVED
    slip = Payslip.objects.get(person=world.people["lina"])
    mine = browse(world.lina).get(reverse("payroll:payslip_detail", args=[slip.pk]))
    assert mine.status_code == 200
    assert "no-store" in mine["Cache-Control"]
    text = mine.content.decode()
    assert "13.07% of the gross pay of €1,450.00." in text
    assert "ONSS" in text
    assert browse(world.lina).get(reverse("payroll:payslip_list")).status_code == 200


def test_the_accountant_sees_totals_and_no_person(world: cast.World) -> None:
    run = build.calculated(world.archipel)
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-09-22"))

    page = browse(world.bruno).get(reverse("payroll:run_detail", args=[run.pk])).content.decode()

    assert "€2,950.00" in page  # the gross of both
    assert "Lina" not in page
    assert "Aline" not in page
    assert "1,450.00" not in page


@pytest.mark.parametrize("name", ["farid", "amina", "greet", "chloe", "dirk", "ivo"])
def test_nobody_else_sees_pay(world: cast.World, name: str) -> None:
    order = build.order(world, "aline", "1500.00")
    run = build.approved(world)
    slip = Payslip.objects.get(person=world.people["aline"])
    client = browse(world.users[name])

    for address in (
        reverse("payroll:payslip_detail", args=[slip.pk]),
        reverse("payroll:run_detail", args=[run.pk]),
        reverse("payroll:run_progress", args=[run.pk]),
        reverse("payroll:order_detail", args=[order.pk]),
        reverse("payroll:run_list"),
        reverse("payroll:order_list"),
        reverse("payroll:terms"),
    ):
        assert client.get(address).status_code in {403, 404}, address
    assert not kinds.get("payslip").visible(slip.document, world.users[name])
    assert not Payslip.objects.visible_to(world.users[name]).exists()


def test_a_member_does_not_see_a_payslip_that_is_being_checked_nor_a_colleague(world: cast.World) -> None:
    build.calculated(world.archipel)
    slip = Payslip.objects.get(person=world.people["lina"])

    assert browse(world.lina).get(reverse("payroll:payslip_detail", args=[slip.pk])).status_code == 404
    assert browse(world.aline).get(reverse("payroll:payslip_detail", args=[slip.pk])).status_code == 404
    assert browse(world.elise).get(reverse("payroll:payslip_detail", args=[slip.pk])).status_code == 200


def test_a_failed_member_is_named_on_the_run_with_its_remedy_in_the_readers_language(world: cast.World) -> None:
    made = build.contract(world.people["chloe"], world.archipel, situation=False)
    for month in (build.JULY, build.AUGUST):
        build.opening(made, month)
    run = build.calculated(world.archipel)

    page = browse(world.elise).get(reverse("payroll:run_detail", args=[run.pk]), headers={"accept-language": "en"})

    assert "Chloé Martin has no family situation on 1 September 2026." in page.content.decode().replace("&#x27;", "'")
    member = RunMember.objects.get(contract__person=world.people["chloe"])
    assert set(member.failure) == {"fr", "nl", "en"}


def test_members_who_failed_for_the_same_reason_are_named_once_together(world: cast.World) -> None:
    run = build.calculated(world.archipel, build.OCTOBER.plus(1))  # nobody is paid in October

    page = browse(world.elise).get(reverse("payroll:run_detail", args=[run.pk])).content.decode()

    assert "Lina Maes, Aline Dubois" in page or "Aline Dubois, Lina Maes" in page
    assert page.count("The pay of October 2026, an earlier month of the same quarter, is not known") == 1
    assert "Do what the remedies below say, then calculate again." in page


def test_the_officer_decides_orders_on_their_page(world: cast.World) -> None:
    first, second = build.order(world, "lina", "1500.00"), build.order(world, "aline", "1600.00")
    elise = browse(world.elise)

    shown = elise.get(reverse("payroll:order_detail", args=[first.pk]))
    elise.post(reverse("payroll:order_detail", args=[first.pk]), {"act": "approve"})
    no_reason = elise.post(reverse("payroll:order_detail", args=[second.pk]), {"act": "refuse", "reason": ""})
    elise.post(reverse("payroll:order_detail", args=[second.pk]), {"act": "refuse", "reason": "Wait for October."})
    listed = elise.get(reverse("payroll:order_list"), {"month": "2026-09"})

    assert shown.status_code == listed.status_code == 200
    assert no_reason.status_code == 422
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.reason) == ("approved", "refused", "Wait for October.")
    assert browse(world.aline).get(reverse("payroll:salary_month", args=[build.SEPTEMBER])).status_code == 200


def test_the_terms_of_the_employer_are_recorded_on_their_page(world: cast.World) -> None:
    page = browse(world.elise).get(reverse("payroll:terms"))
    answer = browse(world.elise).post(
        reverse("payroll:terms"),
        {
            "cooperative": str(world.archipel.pk), "valid_from": "01/11/2026", "joint_committee": "200",
            "headcount_class": "<10", "onss_number": "0123456789", "cut_off_day": "20", "pay_day": "28",
            "accident_insurance_rate": "0.3", "fixed_costs": "40.00", "holiday_provision": "accrual",
            "reduction_policy": "hold", "eco_vouchers": "on",
        },
    )  # fmt: skip

    assert page.status_code == 200
    assert answer.status_code == 302
    assert world.archipel.employer_terms.count() == 2
    assert world.archipel.employer_terms.get(valid_until=None).headcount_class == "<10"


def test_an_entry_of_pay_is_linked_without_a_name_and_opens_only_for_those_who_may(world: cast.World) -> None:
    build.approved(world)
    slip = Payslip.objects.get(person=world.people["lina"])
    key = ("payroll.payslip", str(slip.pk))

    for user, opens in ((world.lina, True), (world.elise, True), (world.bruno, False), (world.aline, False)):
        link = sources.links([key], user)[key]
        assert link.label == "Payslip of September 2026"
        assert bool(link.url) is opens


def test_the_payroll_page_says_what_stands_in_the_way_of_the_month(world: cast.World) -> None:
    world.archipel.employer_terms.update(valid_until=date(2026, 9, 1))

    page = browse(world.elise).get(reverse("payroll:run_list"))

    assert "has not recorded its terms as an employer" in page.content.decode()


def test_the_list_of_runs_asks_the_same_number_of_questions_however_many_there_are(world: cast.World) -> None:
    client, address = browse(world.elise), reverse("payroll:run_list")
    build.approved(world)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    build.calculated(world.archipel, build.OCTOBER)

    with CaptureQueriesContext(connection) as two:
        page = client.get(address)

    assert len(page.context["runs"]) == 2
    assert len(two) == len(one)


@pytest.mark.parametrize(("name", "noted"), [("elise", 1), ("jeanne", 1), ("lina", 0)])
def test_who_opens_a_payslip_of_another_is_noted_and_the_member_sees_it(
    world: cast.World, name: str, noted: int
) -> None:
    build.approved(world)
    slip = Payslip.objects.get(person=world.people["lina"])

    page = browse(world.users[name]).get(reverse("payroll:payslip_detail", args=[slip.pk]))

    assert page.status_code == 200
    assert Reading.objects.filter(person=world.people["lina"], what="payslip").count() == noted
    mine = browse(world.lina).get("/me").content.decode()
    assert ("a payslip" in mine) is bool(noted)


def test_an_auditor_who_opens_a_run_has_read_the_pay_of_everybody_in_it(world: cast.World) -> None:
    run = build.calculated(world.archipel)

    page = browse(world.jeanne).get(reverse("payroll:run_detail", args=[run.pk]))

    assert "Lina" in page.content.decode()
    assert {one.person for one in Reading.objects.filter(by=world.jeanne, what="run")} == {
        world.people["lina"], world.people["aline"],
    }  # fmt: skip


def test_after_the_last_day_the_page_says_so_instead_of_offering_the_order(world: cast.World) -> None:
    with time_machine.travel("2026-09-23 12:00:00+02:00", tick=False):
        page = browse(world.lina).get(reverse("payroll:salary_month", args=[build.SEPTEMBER])).content.decode()

    assert "The last day for orders of this month is over" in page
    assert "Order this salary" not in page


def test_an_order_sent_after_a_correction_is_its_next_version(world: cast.World) -> None:
    order = build.order(world, "lina", "1500.00")
    services.correct_order(
        order=order.pk, target="gross", amount=Decimal("1550.00"), reason="Agreed", by=world.elise,
        on=date(2026, 9, 22), at=at("2026-09-22"),
    )  # fmt: skip

    again = build.order(world, "lina", "1600.00")

    assert again.version == 3
    assert SalaryOrder.objects.live().get() == again


def _september_paid(world: cast.World) -> Payslip:
    """Lina's payslip of September is approved."""
    build.approved(world)
    return Payslip.objects.get(person=world.people["lina"])


def test_a_payslip_is_corrected_from_the_page_of_the_officer_to_the_one_of_the_member(world: cast.World) -> None:
    old = _september_paid(world)
    elise, bruno, lina = browse(world.elise), browse(world.bruno), browse(world.lina)
    address = reverse("payroll:payslip_correct", args=[old.pk])

    assert "Correct this payslip" in elise.get(reverse("payroll:payslip_detail", args=[old.pk])).content.decode()
    assert elise.get(address).status_code == 200
    sent = elise.post(address, {"gross": "1600.00", "hours": "19", "reason": "A bonus was forgotten."})
    again = elise.post(address, {"gross": "1600.00", "hours": "19", "reason": "A bonus was forgotten."})
    run = PayrollRun.objects.get(kind="correction")
    page = reverse("payroll:run_detail", args=[run.pk])
    assert sent.url == again.url == page

    checked = elise.get(page).content.decode()
    assert "Correction of a payslip, September 2026" in checked
    assert "1,450.00" in checked
    assert "1,600.00" in checked
    assert "+150.00" in checked
    elise.post(reverse("payroll:run_submit", args=[run.pk]), {"reason": ""})
    read = bruno.get(page).content.decode()
    assert "A bonus was forgotten." in read
    assert "Maes" not in read
    with time_machine.travel("2026-10-05 10:00+02:00", tick=False):
        assert bruno.post(reverse("payroll:run_approve", args=[run.pk]), {"typed": "2026-09"}).status_code == 302
        services.continue_approval(run=run.pk, at=at("2026-10-05 10:01"))
        new = Payslip.objects.get(member__run=run)
        before = lina.get(reverse("payroll:payslip_detail", args=[old.pk])).content.decode()
        now = lina.get(reverse("payroll:payslip_detail", args=[new.pk])).content.decode()
        listed = lina.get(reverse("payroll:payslip_list")).content.decode()
        runs = bruno.get(reverse("payroll:run_list")).content.decode()
    assert "This payslip was corrected and no longer counts" in before
    assert str(new.pk) in before
    assert "more than before" in now
    assert "A bonus was forgotten." in now
    assert str(old.pk) in now
    assert "Correct this payslip" not in now
    assert "corrected" in listed
    assert str(new.pk) in listed
    assert "correction" in runs


def test_a_correction_that_is_refused_answers_422_with_the_sentence_and_what_was_typed(world: cast.World) -> None:
    old = _september_paid(world)

    same = browse(world.elise).post(
        reverse("payroll:payslip_correct", args=[old.pk]), {"gross": "1450.00", "hours": "19", "reason": "Look again."}
    )
    without = browse(world.elise).post(
        reverse("payroll:payslip_correct", args=[old.pk]), {"gross": "1500.00", "hours": "19", "reason": " "}
    )

    assert (same.status_code, without.status_code) == (422, 422)
    assert "nothing changes" in same.content.decode()
    assert "Look again." in same.content.decode()
    assert not PayrollRun.objects.filter(kind="correction").exists()


def test_the_paper_of_a_corrected_payslip_says_what_it_replaces(world: cast.World) -> None:
    old = _september_paid(world)
    run = services.open_correction(
        payslip=old.pk, gross=Decimal("1400.00"), hours=Decimal("18"), reason="Unpaid leave.", by=world.elise,
        at=at("2026-10-02 10:00"),
    )  # fmt: skip
    services.submit_run(run=run.pk, by=world.elise, at=at("2026-10-02 11:00"))
    services.approve_run(run=run.pk, by=world.bruno, on=date(2026, 10, 5), at=at("2026-10-05 10:00"))
    new = Payslip.objects.get(member__run=run)

    with translation.override("fr"):
        context = payslip_documents.context_of(new)
    said = render_to_string("payroll/correction_words.html", {"replacement": context["correction"]})

    assert "Unpaid leave." in said
    assert "less than before, to be recovered" in said
    assert payslip_documents.build(new.document).startswith(b"%PDF")
