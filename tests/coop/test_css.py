"""The style sheet keeps its promises: contrast by the WCAG formula, colours in one place, vendored files unchanged."""

import gzip
import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
TEMPLATES = STATIC.parent / "templates"
SHEETS = {name: (STATIC / "css" / name).read_text() for name in ("tokens.css", "partagee.css", "chart.css")}


def tokens(theme: str) -> dict[str, str]:
    """Return the colours of a theme; dark overrides light."""
    light, dark = SHEETS["tokens.css"].split("@media screen and (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", light))
    return found if theme == "light" else {**found, **dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", dark))}


def luminance(colour: str) -> Decimal:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [Decimal(int(colour[place : place + 2], 16)) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / Decimal("12.92")
        if part <= Decimal("0.04045")
        else ((part + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
        for part in parts
    )
    return Decimal("0.2126") * red + Decimal("0.7152") * green + Decimal("0.0722") * blue


def contrast(one: str, other: str) -> Decimal:
    """Return the contrast ratio of two colours."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + Decimal("0.05")) / (low + Decimal("0.05"))


GROUNDS = ("page", "card", "raised")
TEXT = Decimal("4.5")
SHAPE = Decimal(3)
PAIRS = [
    *((text, ground, TEXT) for text in ("ink", "muted", "link") for ground in GROUNDS),
    *((text, ground, TEXT) for text in ("primary", "bad", "warning", "good", "info") for ground in ("page", "card")),
    *((kind, f"{kind}-ground", TEXT) for kind in ("good", "warning", "bad", "info")),
    *(("ink", f"{kind}-ground", TEXT) for kind in ("good", "warning", "bad", "info")),
    ("on-primary", "primary", TEXT),
    ("on-primary", "primary-strong", TEXT),
    ("card", "bad", TEXT),
    *(("edge", ground, SHAPE) for ground in GROUNDS),
    *((f"chart-{number}", ground, SHAPE) for number in (1, 2, 3, 4) for ground in ("page", "card")),
]


def test_the_formula_agrees_with_the_known_extremes():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == Decimal("4.48")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("one", "other", "least"), PAIRS)
def test_the_contrast_is_enough(theme, one, other, least):
    colours = tokens(theme)

    assert contrast(colours[one], colours[other]) >= least


def test_both_themes_name_the_same_colours():
    light, dark = SHEETS["tokens.css"].split("@media screen and (prefers-color-scheme: dark)")

    assert set(re.findall(r"--([a-z0-9-]+):", light)) == set(re.findall(r"--([a-z0-9-]+):", dark))


def test_only_the_tokens_name_colours():
    screen = SHEETS["partagee.css"].split("@media print")[0] + SHEETS["chart.css"]
    colours = re.findall(r"#[0-9a-f]{3,8}\b|rgba?\([^)]*\)", screen)

    # Shadows of overlays are black; pictures for cameras (QR codes) stay on white in both themes.
    assert {colour for colour in colours if not colour.startswith("rgb(0 0 0 /")} == {"#fff"}


def test_every_variable_that_a_sheet_uses_is_defined():
    text = "".join(SHEETS.values())
    defined = set(re.findall(r"(--[a-z0-9-]+):", text))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", text))

    assert {name for name in used - defined if not name.startswith("--bs-")} == set()


def test_every_file_that_a_sheet_names_exists():
    for name, text in SHEETS.items():
        for place in re.findall(r'url\("([^"]+)"\)', text):
            assert (STATIC / "css" / place).is_file(), f"{name}: {place}"


def test_vendored_files_are_as_published():
    packages = json.loads((STATIC / "vendor" / "manifest.json").read_text())
    listed = {path: digest for package in packages for path, digest in package["files"].items()}

    assert {path: hashlib.sha256((STATIC / path).read_bytes()).hexdigest() for path in listed} == listed
    present = {
        str(path.relative_to(STATIC)) for folder in ("vendor", "fonts") for path in (STATIC / folder).rglob("*.*")
    }
    assert present - {"vendor/manifest.json"} <= set(listed)
    assert all(package["licence"] and package["version"] for package in packages)
    assert all(any("LICENSE" in path for path in package["files"]) for package in packages)


def test_vendored_files_name_no_source_map():
    for path in (STATIC / "vendor").rglob("*.*"):
        assert "sourceMappingURL" not in path.read_text()


def test_no_template_carries_a_style_or_a_script():
    for path in TEMPLATES.rglob("*.html"):
        if "pdf" in path.relative_to(TEMPLATES).parts:
            continue
        text = path.read_text()

        assert not re.search(r"<[^>]*\sstyle=", text), path
        assert "<style" not in text, path
        assert not re.search(r"\son[a-z]+=", text), path
        assert "hx-on" not in text, path
        scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text)
        assert all('type="application/json"' in script for script in scripts), path


def test_the_first_load_stays_small():
    total = sum(len(gzip.compress((STATIC / "css" / name).read_bytes())) for name in SHEETS)
    total += len(gzip.compress((STATIC / "vendor" / "bootstrap" / "bootstrap.min.css").read_bytes()))
    total += len(gzip.compress((STATIC / "js" / "partagee.js").read_bytes()))

    assert total <= 60 * 1024  # of 120 KB in all; htmx brings 17 KB
