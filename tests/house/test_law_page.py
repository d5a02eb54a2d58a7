"""The page of the law says what the parameter files say."""

from django.conf import settings

from payroll.engine import Law
from payroll.engine.page import law_page

PAGE = settings.BASE_DIR / "docs" / "law.md"


def test_the_page_of_the_law_is_what_the_parameter_files_give():
    assert PAGE.read_text(encoding="utf-8") == law_page(Law.load()), "run: make law-page"
