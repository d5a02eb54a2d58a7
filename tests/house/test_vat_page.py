"""The page of the VAT by operation says what the code says."""

from django.conf import settings
from django.utils import translation

from invoicing.vat.page import vat_page


def test_the_page_of_the_vat_is_what_the_table_gives():
    with translation.override("en"):
        page = vat_page()

    assert (settings.BASE_DIR / "docs" / "vat.md").read_text(encoding="utf-8") == page, "run: make vat-page"
