"""Read a page as a person does: the amounts that it shows, found by what they are and not by the words beside them."""

from decimal import Decimal
from typing import Any

from lxml import html

SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2212": "-"})


def words(element: Any) -> str:
    """Return the text of an element with plain spaces and a plain minus."""
    return " ".join(element.text_content().translate(SPACES).split())


class Shown:
    """A page that was answered."""

    def __init__(self, response: Any, status: int = 200) -> None:
        assert response.status_code == status, response.content.decode()
        self.tree = html.fromstring(response.content.decode())

    @property
    def text(self) -> str:
        """Everything on the page."""
        return words(self.tree)

    def classed(self, name: str) -> list[str]:
        """The texts of the elements of a class, in the order of the page."""
        path = f"//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"
        return [words(element) for element in self.tree.xpath(path)]

    def figure(self, code: str) -> str:
        """The value of a figure, by its code; the first one where it opens in several places."""
        found = self.tree.xpath(f"//*[@data-code='{code}']//*[contains(@class, 'figure-value')]")
        assert found, f"no figure {code} among {self.codes()}"
        return words(found[0])

    def figures(self, *codes: str) -> list[str]:
        """The values of several figures."""
        return [self.figure(code) for code in codes]

    def codes(self) -> list[str]:
        """The codes of the figures of the page, in order."""
        return self.tree.xpath("//*[@data-code]/@data-code")

    def lead(self, *, has: str) -> list[str]:
        """The texts of the links whose address has some words."""
        return [words(link) for link in self.tree.xpath("//a[@href]") if has in link.get("href")]

    def table(self, number: int = 0) -> list[list[str]]:
        """The rows of a table of the page."""
        return [
            [words(cell) for cell in row.xpath("./th|./td")]
            for row in self.tree.xpath("//table")[number].xpath(".//tr")
        ]


def money(amount: Decimal | str) -> str:
    """Write an amount as a French page does, with plain spaces."""
    return f"{written(amount)} €"


def written(amount: Decimal | str) -> str:
    """Write an amount without its currency as a French page does, with plain spaces."""
    return f"{Decimal(amount):,.2f}".replace(",", " ").replace(".", ",")
