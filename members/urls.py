"""Addresses of the home, of money, of statements, and of people."""

from django.urls import path, register_converter

from members.views import home, me, money, people, statement


class Period:
    """A year or a month in an address: 2026 or 2026-09."""

    regex = r"\d{4}(?:-\d{2})?"

    def to_python(self, value: str) -> str:
        """Return it as it stands; the view reads it."""
        return value

    def to_url(self, value: object) -> str:
        """Write it."""
        return str(value)


register_converter(Period, "period")

app_name = "members"
urlpatterns = [
    path("", home.show, name="home"),
    path("money", money.show, name="money"),
    path("money/<uuid:activity>", money.detail, name="money_detail"),
    path("statement", statement.show, name="statement"),
    path("statement/<uuid:activity>", statement.year, name="statement_year"),
    path("statement/<uuid:activity>/<period:period>", statement.detail, name="statement_detail"),
    path("statement/<uuid:activity>/<period:period>.xlsx", statement.workbook, name="statement_workbook"),
    path("statement/<uuid:activity>/<period:period>/pdf", statement.paper, name="statement_paper"),
    path(
        "statement/member/<uuid:person>/<uuid:cooperative>/<period:period>", statement.member, name="statement_member"
    ),
    path("me", me.show, name="me"),
    path("people", people.person_list, name="person_list"),
    path("people/new", people.admit, name="person_new"),
    path("people/<uuid:person>", people.detail, name="person_detail"),
    path("people/<uuid:person>/details", people.details, name="person_details"),
    path("people/<uuid:person>/identity", people.identity, name="person_identity"),
    path("people/<uuid:person>/login", people.login, name="person_login"),
    path("people/<uuid:person>/membership", people.membership, name="membership_new"),
    path("people/<uuid:person>/membership/<uuid:pk>/end", people.membership_end, name="membership_end"),
    path("people/<uuid:person>/activity", people.activity, name="activity_new"),
    path("people/<uuid:person>/activity/join", people.join, name="activity_join"),
    path("people/<uuid:person>/activity/<uuid:pk>/end", people.runs_end, name="activity_end"),
    path("people/<uuid:person>/contract", people.contract, name="contract_new"),
    path("people/<uuid:person>/contract/<uuid:pk>/amend", people.amend, name="contract_amend"),
    path("people/<uuid:person>/contract/<uuid:pk>/end", people.contract_end, name="contract_end"),
    path("people/<uuid:person>/contract/<uuid:pk>/declaration", people.declaration, name="contract_declaration"),
    path("people/<uuid:person>/situation", people.situation, name="situation_new"),
    path("people/<uuid:person>/accompaniment", people.accompaniment, name="accompaniment_new"),
]
