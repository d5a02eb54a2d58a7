"""What reminders tell the registries: their document, the home's task, the sweeper, their place in the timeline."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coop import formatting, shell, sweeping, todo
from coop.access import visibility
from coop.access.predicates import Subject
from coop.documents import kinds
from coop.money import ZERO
from invoicing import timeline
from invoicing.models import Invoice
from invoicing.reminders import paper, queries, services
from invoicing.reminders.models import Reminder, ReminderPause
from invoicing.timeline import Happening

NAMED = 3


def register() -> None:
    """Register all of it."""
    kinds.register(kinds.Kind(queries.DOCUMENT, build=paper.build, visible=paper.visible, proven=True))
    todo.register(tasks_of)
    sweeping.register(services.ring)
    timeline.register(happenings)
    shell.register(
        shell.Entry(
            label=gettext_lazy("Reminders"), url="reminders:proposals", icon="bell", allowed=sends_reminders, group="work",
            order=12,
        )
    )  # fmt: skip


def sends_reminders(user: Any) -> bool:
    """Tell whether a user sells or validates for an activity."""
    access = visibility.access_of(user)
    return any(
        access.activities_with(Subject.SALES, right) or access.cooperatives_with(Subject.SALES, right) for right in "wx"
    )


def tasks_of(user: Any, on: date) -> Iterator[todo.Task]:
    """Name the invoices that are to be reminded today, and the letters that no mail server took."""
    if not sends_reminders(user):
        return
    found = queries.standings(queries.remindable(user), on)
    ready = [one for one in found if one.ready]
    if ready:
        open_amount = sum((one.facts.principal for one in ready), ZERO)
        named = [f"{one.invoice.number} {one.invoice.customer}" for one in ready[:NAMED]]
        more = len(ready) - len(named)
        yield todo.Task(
            kind="invoice_to_remind",
            sentence=ngettext(
                "Remind the customer of %(count)s late invoice, %(amount)s open",
                "Remind the customers of %(count)s late invoices, %(amount)s open",
                len(ready),
            )
            % {"count": len(ready), "amount": formatting.money(open_amount)},
            url=reverse("reminders:proposals"),
            action=_("See the reminders"),
            deadline=on,
            note=", ".join(named) + (_(" and %(count)s more") % {"count": more} if more > 0 else ""),
            count=len(ready),
        )
    ended = [one for one in found if one.exhausted]
    if ended:
        yield todo.Task(
            kind="invoice_to_recover",
            sentence=ngettext(
                "Decide on the recovery of %(count)s invoice: all reminders are sent",
                "Decide on the recovery of %(count)s invoices: all reminders are sent",
                len(ended),
            )
            % {"count": len(ended)},
            url=reverse("reminders:proposals"),
            action=_("See the reminders"),
            note=", ".join(f"{one.invoice.number} {one.invoice.customer}" for one in ended[:NAMED]),
            count=len(ended),
        )
    letters = queries.waiting_to_post(user).count()
    if letters:
        yield todo.Task(
            kind="reminder_to_post",
            sentence=ngettext(
                "Post %(count)s reminder whose e-mail could not be sent",
                "Post %(count)s reminders whose e-mail could not be sent",
                letters,
            )
            % {"count": letters},
            url=reverse("reminders:proposals"),
            action=_("See the reminders"),
            deadline=on,
            count=letters,
        )


def happenings(invoice: Invoice) -> Iterator[Happening]:
    """Yield the reminders of an invoice, and what stopped them."""
    reminders = list(Reminder.objects.filter(invoice=invoice).select_related("made_by").order_by("made_at"))
    papers = queries.papers_of(reminders)
    for reminder in reminders:
        yield from _of_reminder(reminder, papers)
    for pause in ReminderPause.objects.filter(invoice=invoice).select_related("made_by", "ended_by"):
        yield Happening(
            title=_("Reminders stopped: %(why)s") % {"why": pause.get_kind_display()}, at=pause.made_at,
            who=str(pause.made_by), detail=pause.reason,
        )  # fmt: skip
        if pause.ended_at is not None:
            yield Happening(title=_("Reminders go on"), at=pause.ended_at, who=str(pause.ended_by))


def _of_reminder(reminder: Reminder, papers: Any) -> Iterator[Happening]:
    document = papers.get(reminder.pk)
    names = {"level": reminder.get_level_display(), "amount": formatting.money(reminder.total)}
    yield Happening(
        title=_("Reminded: %(level)s, %(amount)s asked") % names,
        at=reminder.made_at,
        who=str(reminder.made_by),
        detail=_("To be posted.") if reminder.channel == "post" else "",
        url=reverse("documents:document_download", args=[document.pk]) if document else "",
        url_label=document.filename if document else "",
    )
    if reminder.channel == "mail":
        address = {"address": reminder.mail_to}
        if reminder.mailed_at is not None:
            yield Happening(title=_("Reminder sent by e-mail"), at=reminder.mailed_at, detail=reminder.mail_to)
        elif reminder.mail_attempts >= queries.ATTEMPTS:
            yield Happening(
                title=_("The e-mail to %(address)s could not be sent") % address, at=reminder.made_at, state="failed",
                detail=_("Print the letter and post it."),
            )  # fmt: skip
        else:
            yield Happening(
                title=_("E-mail to %(address)s about to leave") % address, at=reminder.made_at, state="waiting"
            )
