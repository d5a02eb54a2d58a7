"""Names as they are sorted and searched: unaccented, in lower case."""

import unicodedata


def sort_name(*parts: str) -> str:
    """Return the parts of a name as the columns ``sort_name`` hold them, so that « Émile » stands beside « Emile »."""
    text = unicodedata.normalize("NFKD", " ".join(part.strip() for part in parts if part.strip()))
    return "".join(letter for letter in text if not unicodedata.combining(letter)).lower()[:120]
