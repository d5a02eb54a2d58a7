"""The words of reminders, in the language that is active. What a cooperative wrote itself goes before ours."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from invoicing.reminders.deciding import Level


def opening(level: Level, own: Mapping[str, Mapping[str, str]], language: str) -> str:
    """Return the opening words of a level in a language, which must be the active one."""
    return own.get(level, {}).get(language, "").strip() or standard(level)


def standard(level: Level) -> str:
    """Return our own opening words of a level."""
    if level == Level.FRIENDLY:
        return _(
            "Perhaps our invoice escaped your attention: we have not yet seen your payment. Would you pay it in the next "
            "days? If you have paid meanwhile, please take no notice of this letter."
        )
    if level == Level.FORMAL:
        return _(
            "In spite of our first reminder, the invoice below is still unpaid. We ask you to pay the amount below by the day "
            "named, or to tell us by return what keeps you from paying."
        )
    return _(
        "Our reminders have stayed without result. We give you formal notice to pay the amount below by the day named. After "
        "that day we may hand the matter over for recovery, without a further letter."
    )


def title(level: Level) -> str:
    """Return what the letter of a level is called."""
    if level == Level.FRIENDLY:
        return _("Reminder")
    return _("Second reminder") if level == Level.FORMAL else _("Notice to pay")
