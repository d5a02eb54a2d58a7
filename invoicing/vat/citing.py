"""The law as people read it: citations are kept in one short English form, and shown in the reader's language. Pure."""

from collections.abc import Mapping, Sequence

WORDS: Mapping[str, Sequence[tuple[str, str]]] = {
    "fr": (
        ("VAT Code", "Code de la TVA,"), ("RD no.", "AR n°"), ("directive 2006/112/EC", "directive 2006/112/CE,"),
        ("law of 2022 on the clause of one month", "loi de 2022 sur la clause d’un mois"), ("table", "tableau"),
        ("as changed from 1 March 2026", "modifié au 1er mars 2026"), (" and ", " et "), (" to ", " à "), (" §", " § "),
    ),
    "nl": (
        ("VAT Code", "Btw-Wetboek,"), ("RD no.", "KB nr."), ("directive 2006/112/EC", "Richtlijn 2006/112/EG,"),
        ("law of 2022 on the clause of one month", "wet van 2022 over de clausule van één maand"), ("table", "tabel"),
        ("as changed from 1 March 2026", "gewijzigd op 1 maart 2026"), (" and ", " en "), (" to ", " tot "), (" §", " § "),
    ),
}  # fmt: skip
"""What is written otherwise in each language, in the order in which it is replaced."""


def cited(law: str, language: str) -> str:
    """Return a citation such as “VAT Code art. 21 §2; RD no. 20, art. 1” in a language."""
    for english, own in WORDS.get(language, ()):
        law = law.replace(english, own)
    return law.replace("  ", " ")
