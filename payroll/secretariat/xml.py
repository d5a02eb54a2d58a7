"""Read a table from an XML file from outside, so nothing in it is trusted: no document type, no entity, no network.

One element that comes again and again is the row of one worker; each value below it is a column, named by its path:
``Pay/Gross``, ``Pay/@currency``. Where an element stands several times in a row, its path says which one is meant, by an
attribute or a child that tells them apart (``Line[@code='100']/Amount``), or by its place. Pure: bytes in, texts out.

Limits: 10 MB, 200,000 elements, 20,000 rows, 400 columns, 2,000 characters in a value, 40 levels.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from coop.imports.reader import LARGEST_FILE, LONGEST_CELL, MOST_ROWS, FileUnreadable, Record, Table

MOST_ELEMENTS = 200_000
MOST_PATHS = 400
DEEPEST = 40
TELLING_ATTRIBUTES = ("code", "id", "type", "name", "nr", "key", "Code", "Id", "Type", "Name")
TELLING_CHILDREN = ("code", "type", "name", "Code", "Type", "Name")
DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))


@dataclass(frozen=True)
class RowElement:
    """An element that may be the row of one worker: its path from the top, and how often it comes."""

    path: str
    number: int


def is_xml(content: bytes) -> bool:
    """Tell whether a file is XML, by how it begins."""
    start = content[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return start.startswith(b"<")


def row_elements(content: bytes, *, filename: str) -> list[RowElement]:
    """Return the elements that hold others and could be the row of a worker, the most frequent first.

    Raises FileUnreadable.
    """
    counts: Counter[str] = Counter()
    for element, path in _walk(_parsed(content, filename), filename):
        if len(element):
            counts[path] += 1
    found = [RowElement(path, number) for path, number in counts.items()]
    return sorted(found, key=lambda one: (-one.number, one.path.count("/"), one.path))


def read(content: bytes, *, filename: str, row_path: str) -> Table:
    """Return the table of the elements at a path: a row per element, a column per path of a value below it.

    The line of a row is that of its element in the file. Raises FileUnreadable.
    """
    root = _parsed(content, filename)
    if not row_path:
        raise _unreadable(filename, _("It is empty."), _("Choose the file that holds the rows."))
    rows = [element for element, path in _walk(root, filename) if path == row_path]
    if not rows:
        raise _unreadable(
            filename,
            _("It has no element “%(path)s”, which was a worker’s row in the files before.") % {"path": row_path},
            _("Choose the element that stands for one worker."),
        )
    if len(rows) > MOST_ROWS:
        raise _unreadable(
            filename, _("It has more than %(rows)d rows.") % {"rows": MOST_ROWS}, _("Divide it into several files.")
        )
    values = [dict(_values(element, "", filename)) for element in rows]
    header = tuple(dict.fromkeys(path for row in values for path in row))
    if len(header) > MOST_PATHS:
        raise _unreadable(
            filename,
            _("Its rows have more than %(columns)d different values.") % {"columns": MOST_PATHS},
            _("Choose the element that stands for one worker."),
        )
    records = tuple(
        Record(element.sourceline or place, tuple(row.get(path, "") for path in header))
        for place, (element, row) in enumerate(zip(rows, values, strict=True), start=1)
    )
    return Table(header=header, header_line=root.sourceline or 1, records=records)


def _unreadable(filename: str, reason: str, remedy: str) -> FileUnreadable:
    return FileUnreadable(subject=filename, reason=reason, remedy=remedy, field="file")


def _parsed(content: bytes, filename: str) -> Any:
    """Parse a file with everything switched off that could reach outside it or grow beyond it."""
    if len(content) > LARGEST_FILE:
        raise _unreadable(filename, _("It is larger than 10 MB."), _("Divide it into several files."))
    if any(word in content for word in DOCTYPES):
        raise _unreadable(
            filename,
            _("It declares a document type, which a file of results does not need."),
            _("Ask the social secretariat for the file without it."),
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root: Any = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise _unreadable(
            filename,
            _("It is not whole XML (line %(line)d).") % {"line": line} if line else _("It is not whole XML."),
            _("Ask the social secretariat for the file again."),
        ) from error
    if root.getroottree().docinfo.doctype:
        raise _unreadable(
            filename,
            _("It declares a document type, which a file of results does not need."),
            _("Ask the social secretariat for the file without it."),
        )
    return root


def _walk(root: Any, filename: str) -> Iterator[tuple[Any, str]]:
    """Yield each element with its path from the top, names without their namespaces."""
    waiting = [(root, _name(root), 1)]
    seen = 0
    while waiting:
        element, path, depth = waiting.pop()
        seen += 1
        if seen > MOST_ELEMENTS or depth > DEEPEST:
            raise _unreadable(filename, _("It has too many elements."), _("Divide it into several files."))
        yield element, path
        below = [child for child in element if isinstance(child.tag, str)]
        waiting.extend((child, f"{path}/{_name(child)}", depth + 1) for child in reversed(below))


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _values(element: Any, path: str, filename: str) -> Iterator[tuple[str, str]]:
    """Yield the values below an element by their paths: attributes first, then texts."""
    prefix = f"{path}/" if path else ""
    for name, value in element.attrib.items():
        yield f"{prefix}@{etree.QName(name).localname}", _checked(value, element, filename)
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        if path:
            yield path, _checked(element.text or "", element, filename)
        return
    for child, name in zip(children, _told_apart(children), strict=True):
        yield from _values(child, f"{prefix}{name}", filename)


def _told_apart(children: Sequence[Any]) -> Iterator[str]:
    """Yield a name for each child by which it is told from its sisters of the same name."""
    groups: dict[str, list[Any]] = {}
    for child in children:
        groups.setdefault(_name(child), []).append(child)
    names: dict[int, str] = {}
    for name, sisters in groups.items():
        marks = _marks(sisters) if len(sisters) > 1 else [""]
        names |= {id(sister): f"{name}{mark}" for sister, mark in zip(sisters, marks, strict=True)}
    return (names[id(child)] for child in children)


def _marks(sisters: Sequence[Any]) -> list[str]:
    for attribute in TELLING_ATTRIBUTES:
        values = [sister.get(attribute) for sister in sisters]
        if all(values) and len(set(values)) == len(values):
            return [f"[@{attribute}='{value}']" for value in values]
    for tag in TELLING_CHILDREN:
        texts = [next((child.text or "" for child in sister if _name(child) == tag), "") for sister in sisters]
        if all(texts) and len(set(texts)) == len(texts):
            return [f"[{tag}='{text.strip()}']" for text in texts]
    return [f"[{place}]" for place in range(1, len(sisters) + 1)]


def _checked(text: str, element: Any, filename: str) -> str:
    text = " ".join(text.split())
    if len(text) > LONGEST_CELL:
        raise _unreadable(
            filename,
            _("Line %(line)d has a cell of more than %(length)d characters.")
            % {"line": element.sourceline or 0, "length": LONGEST_CELL},
            _("Shorten it."),
        )
    return text
