"""The shell and the components: what each promises to the pages that use it."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import lucide
import pytest
from django import forms as django_forms
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from coop import forms, shell, styleguide, views
from coop.errors import Refused
from coop.templatetags import partagee

compiler = CottonCompiler()


def drawn(source: str, **context) -> str:
    """Render a piece of a template as the loaders would, with spaces made single."""
    request = RequestFactory().get("/list/", {"page": "2", "customer": "karel"})
    html = Template(compiler.process(source)).render(RequestContext(request, context))
    return re.sub(r"\s+", " ", html).strip()


# --- amounts and states ---------------------------------------------------------------------------------------------


def test_an_amount_is_a_link_when_it_has_an_address():
    assert drawn('<c-amount :value="x" currency href="/m" />', x=Decimal("-5")) == (
        '<a class="amount" href="/m">−€5.00</a>'
    )
    assert drawn('<c-amount :value="x" />', x=None) == '<span class="amount">–</span>'


def test_a_figure_with_an_explanation_opens_and_one_without_does_not():
    opening = drawn('<c-figure label="Gross" :value="x"><c-explain rule="It is so." /></c-figure>', x=Decimal("1600"))
    plain = drawn('<c-figure label="Gross" :value="x" strong sum />', x=Decimal("1600"))

    assert opening.startswith("<details")
    assert "<summary" in opening
    assert "<p>It is so.</p>" in opening
    assert plain.startswith("<div")
    assert "<details" not in plain
    assert "figure-strong figure-sum" in plain


def test_an_explanation_names_value_validity_and_source():
    html = drawn(
        '<c-explain-part label="Rate" value="13.07%" since="1 July 2026" source="Law" href="https://law.example" />'
    )

    assert "<dt>Rate</dt><dd>13.07%</dd>" in html
    assert 'since 1 July 2026 · <a href="https://law.example">Law</a>' in html


def test_the_balance_band_shows_three_amounts_each_a_link_to_its_movements():
    html = drawn(
        '<c-balance-band :accounting="a" :collected="c" :free="f" href="/all" free-href="/free" />',
        a=Decimal("6450"), c=Decimal("3450"), f=Decimal("1146.01"),
    )  # fmt: skip

    assert re.findall(r'<a href="([^"]+)" class="balance', html) == ["/all", "/all", "/free"]
    assert re.findall(r'balance-value">([^<]+)<', html) == ["€6,450.00", "€3,450.00", "€1,146.01"]


@pytest.mark.parametrize("kind", ["neutral", "draft", "info", "good", "warning", "bad"])
def test_a_state_is_a_word_with_an_icon_and_a_ground(kind):
    html = drawn(f'<c-state kind="{kind}">L\'état</c-state>')

    assert f"state-{kind}" in html
    assert 'aria-hidden="true"' in html
    assert "<span>L'état</span>" in html


def test_an_unknown_kind_of_state_fails_loudly():
    with pytest.raises(KeyError):
        drawn('<c-state kind="purple">Late</c-state>')


# --- page parts -----------------------------------------------------------------------------------------------------


def test_the_page_header_says_what_why_and_next():
    html = drawn(
        '<c-page-header title="{{ t }}" what="W." why="Y." next="N."><c-slot name="state">S</c-slot></c-page-header>',
        t="A & B",
    )

    assert "<h1>A &amp; B</h1>S" in html
    assert [html.index(part) for part in ("W.", "Y.", "N.")] == sorted(html.index(part) for part in ("W.", "Y.", "N."))


def test_a_component_takes_nothing_from_the_page_around_it():
    html = drawn('<c-task title="Do it" />', href="/elsewhere", note="not mine", deadline=date(2026, 1, 1))

    assert "elsewhere" not in html
    assert "not mine" not in html
    assert "2026" not in html


def test_a_task_says_its_deadline_in_words_by_urgency():
    day = date(2026, 11, 20)

    assert "overdue since 20 November 2026" in drawn('<c-task title="T" :deadline="d" when="overdue" />', d=day)
    assert "by 20 November 2026" in drawn('<c-task title="T" :deadline="d" />', d=day)


def test_an_event_says_when_who_and_whether_it_is_still_awaited():
    html = drawn('<c-event title="Issued" :at="t" who="Lina" />', t=datetime(2026, 11, 24, 13, 2, tzinfo=UTC))

    assert '<time datetime="2026-11-24T13:02:00+00:00">24 November 2026, 14:02</time> · Lina' in html
    assert "(awaited)" in drawn('<c-event title="Payment" state="waiting" />')


@pytest.mark.parametrize(("state", "polls"), [("queued", True), ("running", True), ("done", False), ("failed", False)])
def test_a_job_is_polled_until_its_last_answer(state, polls):
    html = drawn(f'<c-job id="j" :done="128" :total="200" state="{state}" poll="/progress" />')

    assert ('hx-trigger="every 2s"' in html) is polls
    assert '<span role="status">128 of 200</span>' in html
    assert '<progress max="200" value="128"' in html


def test_a_document_that_is_not_stored_is_no_link():
    html = drawn('<c-document href="/d" label="2026-0001.pdf" :stored="stored" />', stored=False)

    assert "href" not in html
    assert "being made" in html


def test_a_disabled_button_says_why_beside_it():
    html = drawn('<c-button disabled why="Only the accountant can.">Approve</c-button>')

    assert " disabled" in html
    assert '<span class="btn-why">Only the accountant can.</span>' in html


def test_attributes_that_a_component_does_not_know_land_on_its_element():
    assert 'hx-get="/x"' in drawn('<c-button href="/y" hx-get="/x">Go</c-button>')


def test_pages_keep_the_rest_of_the_address():
    html = drawn('<c-pagination :page="page" />', page=Paginator(range(340), 50).page(2))

    assert "51 to 100 of 340" in html
    assert "?page=3&amp;customer=karel" in html
    assert '<span class="here" aria-current="page">2</span>' in html


# --- forms ----------------------------------------------------------------------------------------------------------


def refused_form() -> styleguide.ExampleForm:
    """Return the example form as it comes back with faults."""
    return styleguide.context({"errors": "1"})["form"]


def test_the_error_summary_links_each_fault_to_its_field():
    html = drawn('<c-form :form="form" submit="Send" />', form=refused_form())

    assert 'role="alert" tabindex="-1" data-error-summary' in html
    targets = re.findall(r'<li><a href="#([^"]+)"', html)
    assert targets == ["id_customer", "id_price", "id_issued_on", "id_agreed"]
    assert all(f'id="{target}"' in html for target in targets)


def test_a_fault_is_tied_to_its_input():
    html = drawn('<c-field :field="form.price" suffix="€" />', form=refused_form())

    widget = re.search(r"<input[^>]*>", html).group()
    assert 'aria-invalid="true"' in widget
    assert 'aria-describedby="id_price_error"' in widget
    assert 'inputmode="decimal"' in widget
    assert 'id="id_price_error"' in html


def test_an_ambiguous_amount_comes_back_as_typed_with_its_readings_as_buttons():
    html = drawn('<c-field :field="form.price" />', form=refused_form())

    assert 'value="1.250"' in html
    assert re.findall(r'data-choice="([^"]+)"', html) == ["1,250.00", "1.25"]


def test_the_help_of_a_field_is_read_with_it():
    html = drawn('<c-field :field="form.description" />', form=styleguide.ExampleForm())

    assert 'aria-describedby="id_description_helptext"' in html
    assert 'id="id_description_helptext"' in html


def test_a_day_stands_in_words_beside_its_field():
    form = styleguide.ExampleForm({"issued_on": "2411"})

    assert ">24 November 2026</p>" in drawn('<c-field :field="form.issued_on" />', form=form)


def test_a_group_of_choices_is_a_fieldset_with_a_legend():
    html = drawn('<c-field :field="form.target" />', form=styleguide.ExampleForm())

    assert html.startswith("<fieldset")
    assert "<legend" in html
    assert html.count('class="form-check-input"') == 3


def test_a_form_carries_its_key_its_version_and_all_its_fields():
    html = drawn('<c-form :form="form" submit="Send" />', form=styleguide.ExampleForm(version=7))

    assert re.search(r'name="idempotency_key" value="[0-9a-f-]{36}"', html)
    assert 'name="row_version" value="7"' in html
    assert all(f'name="{name}"' in html for name in ("customer", "price", "issued_on", "month", "target", "agreed"))


def test_a_refusal_above_a_form_stands_in_its_summary():
    form = styleguide.ExampleForm({})
    form.is_valid()
    forms.refuse(form, Refused(subject="Invoice", reason="The month is locked.", remedy="Choose December."))

    assert "<li>Invoice: The month is locked. Choose December.</li>" in drawn(
        '<c-form-errors :form="form" />', form=form
    )


def test_the_summary_names_the_faults_of_rows_too():
    class Row(django_forms.Form):
        text = django_forms.CharField(label="Description")

    rows = django_forms.formset_factory(Row, extra=0)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-text": "a", "form-1-text": ""}
    )
    rows.is_valid()

    html = drawn('<c-form-errors :form="form" :formset="rows" />', form=forms.Form(), rows=rows)

    assert re.findall(r'href="#([^"]+)"', html) == ["id_form-1-text"]
    assert "One thing to put right" in html


# --- shell ----------------------------------------------------------------------------------------------------------


class Somebody:
    """A person with a role."""

    is_authenticated = True

    def __init__(self, role: str) -> None:
        self.role = role


@pytest.fixture
def entries(monkeypatch):
    """Give an empty navigation."""
    monkeypatch.setattr(shell, "_entries", {})


def entry(label: str, url: str, **options) -> None:
    """Register an entry for everybody, unless told otherwise."""
    shell.register(
        shell.Entry(**{"label": label, "url": url, "icon": "house", "allowed": lambda user: True, **options})
    )


def test_each_person_sees_the_entries_of_their_role_in_order(entries):
    entry("Password", "account_change_password", group="administration")
    entry("Late", "health", group="work", order=2)
    entry("Early", "read_day", group="work", order=1)
    entry("Run", "mfa_index", allowed=lambda user: user.role == "payroll_officer")

    assert [link.label for link in shell.links(user=Somebody("coach"), path="/")] == ["Early", "Late", "Password"]
    assert shell.links(user=Somebody("payroll_officer"), path="/")[0].label == "Run"


def test_the_entry_of_the_page_is_active_by_the_longest_address(entries):
    entry("Two-step login", "mfa_index")
    entry("App", "mfa_activate_totp")

    active = [
        link.label for link in shell.links(user=Somebody("coach"), path="/account/2fa/totp/activate/") if link.active
    ]

    assert active == ["App"]


def test_an_entry_registered_again_replaces_the_first(entries):
    entry("Old", "health")
    entry("New", "health")

    assert [link.label for link in shell.links(user=Somebody("coach"), path="/")] == ["New"]


def test_an_unknown_group_is_refused():
    with pytest.raises(shell.UnknownGroup, match="'cellar' is no group"):
        entry("Wine", "health", group="cellar")


def test_the_phone_shows_four_entries_the_marked_ones_first():
    links = [shell.Link(str(number), "/", "house", "", number in (3, 5), False) for number in range(6)]
    surroundings = shell.Shell(links, [], [])

    assert [link.label for link in surroundings.phone] == ["3", "5", "0", "1"]
    assert [link.label for link in surroundings.more] == ["2", "4"]


# --- whole pages ----------------------------------------------------------------------------------------------------


def test_the_login_page_is_in_the_language_of_the_visitor(client):
    for language in ("fr", "nl", "en"):
        client.cookies["django_language"] = language

        page = client.get("/account/login/").content.decode()

        assert f'<html lang="{language}">' in page
        assert "Partagée" in page


def test_a_visitor_without_a_language_reads_french(client):
    assert '<html lang="fr">' in client.get("/account/login/").content.decode()


@pytest.mark.django_db
def test_a_wrong_password_comes_back_with_a_summary(client):
    page = client.post("/account/login/", {"login": "nobody@example.be", "password": "wrong"}).content.decode()

    assert "data-error-summary" in page
    assert 'value="nobody@example.be"' in page


def test_sign_up_is_closed(client):
    page = client.get("/account/signup/", headers={"accept-language": "en"}).content.decode()

    assert "Accounts are made by the cooperative" in page
    assert 'name="password1"' not in page


@pytest.mark.parametrize("address", ["/account/login/", "/account/password/reset/", "/account/signup/", "/nothing/"])
def test_every_page_names_everything_in_its_content_security_policy(client, address):
    policy = client.get(address).headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_somebody_who_changes_the_language_keeps_it_in_the_profile(client, django_user_model):
    lina = django_user_model.objects.create_user("lina@example.be", "correct horse battery", name="Lina")
    client.force_login(lina)

    answer = client.post("/language", {"language": "nl", "next": "/account/2fa/"})

    lina.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"], lina.language) == (302, "/account/2fa/", "nl")
    assert '<html lang="nl">' in client.get("/account/2fa/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/account/password/change/", "/account/2fa/", "/account/email/", "/account/logout/"]
)
def test_the_account_pages_of_a_person_stand_in_the_shell(client, django_user_model, address):
    client.force_login(
        django_user_model.objects.create_user("lina@example.be", "correct horse battery", name="Lina V.")
    )

    page = client.get(address).content.decode()

    assert 'class="skip" href="#main"' in page
    assert "Lina V." in page
    assert '"allowEval":false' in page


def test_the_day_is_read_in_words_as_the_form_reads_it(client, settings):
    settings.REFERENCE_DAY = date(2026, 11, 24)

    assert (
        client.get("/typed/day", {"text": "2411"}, headers={"accept-language": "en"}).content.decode()
        == "24 November 2026"
    )
    assert client.get("/typed/day", {"text": "31/02/2026"}).content.decode() == ""


@pytest.mark.django_db
def test_health_answers_when_the_database_does(client):
    answer = client.get("/health")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_an_unknown_address_gives_a_reference_that_is_in_the_log(client, caplog):
    page = client.get("/nothing/")

    reference = re.search(r"[0-9A-F]{8}", page.content.decode()).group()
    assert page.status_code == 404
    assert reference in caplog.text


def test_a_form_without_a_token_is_refused_with_a_page(settings):
    page = Client(enforce_csrf_checks=True).post("/language", {"language": "nl"}, headers={"accept-language": "en"})

    assert page.status_code == 403
    assert "This form is no longer valid" in page.content.decode()


def test_a_request_that_is_too_large_says_so(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    page = client.post("/language", {"language": "nl" * 50}, content_type="application/x-www-form-urlencoded")

    assert page.status_code == 413
    assert "10" in page.content.decode()


@pytest.mark.parametrize("template", ["400", "403", "404", "413", "429", "500", "503"])
def test_every_error_page_says_what_to_do(template):
    with translation.override("en"):
        html = render_to_string(f"{template}.html", {"reference": "ABCD1234", "status": template})

    assert html.count("<h1>") == 1
    assert re.search(r'class="btn btn-primary" href="/"', html)
    assert "ABCD1234" in html


def test_a_page_that_holds_a_refused_form_answers_422(rf):
    request = rf.post("/x")
    request.user = AnonymousUser()

    assert views.page(request, "parts/error.html", form=refused_form()).status_code == 422
    assert views.page(request, "parts/error.html", form=styleguide.ExampleForm()).status_code == 200
    assert views.page(request, "parts/error.html").status_code == 200


def test_every_component_is_drawn_in_the_style_guide_and_described():
    templates = Path(__file__).resolve().parent.parent.parent / "templates"
    guide = (templates / "parts" / "styleguide.html").read_text()
    description = (templates.parent / "docs" / "components.md").read_text()
    names = {path.stem.replace("_", "-") for path in (templates / "cotton").glob("*.html")}

    assert {name for name in names if f"<c-{name}" not in guide} <= {"amount", "filters", "form-errors"}
    assert {name for name in names if f"c-{name}" not in description} == set()


def test_every_icon_that_a_template_or_an_entry_names_exists():
    root = Path(__file__).resolve().parent.parent.parent
    named = {}
    for path in (root / "templates").rglob("*.html"):
        for name in re.findall(r'(?:{% icon |[\s-]icon=)"([a-z0-9-]+)"', path.read_text()):
            named[name] = path
    for entry_ in shell._entries.values():
        named[entry_.icon] = entry_.url

    missing = {}
    for name, place in named.items():
        try:
            partagee.icon(name)
        except lucide.IconDoesNotExist:
            missing[name] = place

    assert missing == {}
