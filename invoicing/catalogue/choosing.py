"""Which service of a catalogue a typed text means, and what it is called in a language. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coop.names import sort_name


@dataclass(frozen=True)
class Named:
    """A service by its names, in the order in which they are tried when a language has none."""

    key: str
    names: Mapping[str, str]

    def name_in(self, language: str) -> str:
        """Return the name in a language, or in the first that has one."""
        return self.names.get(language) or next(name for name in self.names.values() if name)


def meant(text: str, services: Iterable[Named]) -> Sequence[Named]:
    """Return the services that a text can mean: those named exactly so, else those beginning so, else those containing it.

    Case and accents do not count, nor does the language of the name.
    """
    wanted = sort_name(text)
    if not wanted:
        return []
    known = [(service, [sort_name(name) for name in service.names.values() if name]) for service in services]
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [service for service, names in known if any(fits(name, wanted) for name in names)]
        if found:
            return found
    return []
