"""The addresses of what leaves and comes in by Peppol."""

from typing import Any

from tests.house.url_table import Row

READERS = ("elise", "amina", "greet", "jeanne")


def _received(world: Any) -> dict[str, object]:
    """An invoice of somebody outside that Archipel received for Aline."""
    from dataclasses import replace

    from invoicing.einvoice.model import Identifier, Party
    from invoicing.einvoice.writing import write
    from tests.invoicing.einvoice import documents
    from tests.invoicing.peppol import build

    archipel = Party(
        name="Archipel", legal_id=Identifier("0777700171", "0208"), vat_id="BE0777700171",
        endpoint=Identifier("0777700171", "0208"), address=documents.BUYER.address,
    )  # fmt: skip
    content = write(replace(documents.invoice(), seller=replace(documents.SELLER, name="Karel BV",
        vat_id="BE0403170701", legal_id=Identifier("0403170701", "0208"), endpoint=Identifier("0403170701", "0208")),
        buyer=archipel, buyer_reference="A-017"))  # fmt: skip
    row = build.take_in(build.switch_on(world.archipel), content, sender="0208:0403170701")
    assert row.activity == world.activities["aline"]
    return {"pk": row.pk}


def _not_sent(world: Any) -> dict[str, object]:
    from tests.invoicing import build as sales
    from tests.invoicing.peppol import build

    build.switch_on(world.archipel)
    invoice = sales.invoice(world.activities["aline"], world.aline)
    build.make_files()
    build.send()
    return {"pk": build.transmission(invoice).pk}


TABLE = {
    "peppol:outbox": Row(strangers=(), methods=("get",)),
    "peppol:send_again": Row(_not_sent, allowed=(302,), methods=("post",), forbidden=READERS),
    "peppol:inbox": Row(strangers=(), methods=("get",)),
    "peppol:received": Row(_received, methods=("get",)),
    "peppol:received_act": Row(
        lambda world: {**_received(world), "act": "accept"},
        allowed=(422,),
        methods=("post",),
        forbidden=("farid", *READERS),
    ),
    "peppol:switch_home": Row(
        owner="amina", allowed=(302,), strangers=(), forbidden=("aline", "farid", "greet", "jeanne"), methods=("get",)
    ),
    "peppol:switch": Row(
        lambda world: {"cooperative": world.archipel.pk},
        owner="amina",
        allowed=(200, 422),
        strangers=("aline", "chloe", "dirk", "ivo", "farid"),
        forbidden=("bruno", "elise", "greet", "jeanne"),
    ),
}
