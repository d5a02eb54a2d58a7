"""Structured invoices from the command line: check files, and copy those that were issued."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coop.documents import queries, store
from coop.documents.models import Document
from coop.entities.models import Cooperative
from coop.errors import Refused
from coop.periods import Month, NotAMonth
from invoicing import structured
from invoicing.einvoice import checks
from invoicing.models import Invoice
from invoicing.services.finishing import DOCUMENT
from invoicing.services.structuring import STRUCTURED

FAILED, WRONG_CALL = 1, 2
ALL = "all"


class Command(BaseCommand):
    """Checks structured invoices by our own rules; copies the UBL and PDF of issued documents as they were stored."""

    help = (
        "validate FILE…: check UBL invoices and credit notes by our own rules (EN 16931, Peppol BIS Billing 3.0, Belgian law, "
        "to the cent); prints each finding with its rule, and the version of the rules. Exit code 0: nothing fatal; 1: some "
        "file is wrong or no invoice; 2: wrong call. export: copy the UBL and the PDF of issued invoices and credit notes. "
        "Exit code 0: all copied; 1: some could not be; 2: wrong call."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the acts and their arguments."""
        acts = parser.add_subparsers(dest="act", required=True)
        validate = acts.add_parser("validate", help="check files")
        validate.add_argument("files", nargs="+", type=Path, metavar="FILE")
        export = acts.add_parser("export", help="copy issued documents")
        export.add_argument("--cooperative", required=True, metavar="CODE|all", help="code of the cooperative, or all")
        which = export.add_mutually_exclusive_group(required=True)
        which.add_argument("--month", metavar="YYYY-MM", help="of the date of the document")
        which.add_argument("--invoice", metavar="NUMBER", help="one invoice or credit note")
        export.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder, made when it is not there")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Do the act."""
        if options["act"] == "validate":
            self._validate(options["files"])
        else:
            self._export(options["cooperative"], options["month"], options["invoice"], options["out"])

    # --- validate -----------------------------------------------------------------------------------------------------

    def _validate(self, files: Sequence[Path]) -> None:
        self.stdout.write(f"rules: {checks.VERSION}; not checked by the official XSD and Schematron")
        wrong = [file for file in files if not self._is_right(file)]
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(files)} files are wrong", returncode=FAILED)

    def _is_right(self, file: Path) -> bool:
        try:
            found = checks.check_file(file.read_bytes(), view=checks.View.OURS)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=WRONG_CALL) from None
        except Refused as refused:
            self.stdout.write(f"{file}: fatal: {refused.reason}")
            return False
        for finding in found:
            self.stdout.write(f"{file}: {finding.severity.value} {finding.rule}: {finding.reason}")
        fatal = len(checks.fatal(found))
        self.stdout.write(f"{file}: {'right' if not fatal else f'{fatal} fatal findings'}")
        return not fatal

    # --- export -------------------------------------------------------------------------------------------------------

    def _export(self, code: str, month: str | None, number: str | None, folder: Path) -> None:
        invoices = Invoice.objects.filter(number__gt="", origin=Invoice.Origin.HERE).select_related("cooperative")
        if code != ALL:
            cooperative = Cooperative.objects.filter(code=code).first()
            if cooperative is None:
                raise CommandError(f"no cooperative has the code {code}", returncode=WRONG_CALL)
            invoices = invoices.filter(cooperative=cooperative)
        if number is not None:
            invoices = invoices.filter(number=number)
        else:
            try:
                wanted = Month.parse(month or "")
            except NotAMonth as error:
                raise CommandError(str(error), returncode=WRONG_CALL) from None
            invoices = invoices.filter(issued_on__range=(wanted.first, wanted.last))
        chosen = list(invoices.order_by("cooperative__code", "kind", "number"))
        if number is not None and not chosen:
            raise CommandError(f"no document has the number {number}", returncode=WRONG_CALL)
        try:
            copied, faults = self._copy(chosen, folder)
        except OSError as error:
            raise CommandError(f"{error.filename or folder}: {error.strerror}", returncode=FAILED) from None
        self.stdout.write(f"{copied} files of {len(chosen)} documents copied to {folder}")
        if faults:
            raise CommandError("\n".join(faults), returncode=FAILED)

    def _copy(self, invoices: Sequence[Invoice], folder: Path) -> tuple[int, list[str]]:
        """Copy what was stored of some documents; return how many files there were, and what is missing."""
        keys = [invoice.pk for invoice in invoices]
        papers, structures = queries.documents_of(DOCUMENT, keys), queries.documents_of(STRUCTURED, keys)
        copied, faults = 0, []
        for invoice in invoices:
            wanted = [papers.get(invoice.pk)]
            if structured.addressable(invoice.buyer):
                wanted.append(structures.get(invoice.pk))
            for document in wanted:
                fault = self._write(document, invoice, folder)
                copied += not fault
                faults += [f"{invoice.cooperative.code} {invoice.kind} {invoice.number}: {fault}"] if fault else []
        return copied, faults

    def _write(self, document: Document | None, invoice: Invoice, folder: Path) -> str:
        """Copy a file; return what kept it from being copied, if anything did."""
        if document is None or document.state != Document.State.STORED:
            return "still being made"
        document.cooperative = invoice.cooperative
        try:
            content = queries.content(document)
        except store.Damaged as error:
            return str(error)
        place = folder / invoice.cooperative.code / invoice.kind / Path(document.filename).name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return ""
