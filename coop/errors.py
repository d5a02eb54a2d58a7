"""The one kind of exception that people read: a wish that cannot be granted."""

from django.utils.functional import Promise

Text = str | Promise


class Refused(Exception):
    """A wish that cannot be granted, said so that a person can act on it.

    Every refusal names the object, the reason and the remedy, each a whole translated sentence or name. Subclasses are
    named for the failed wish (``PeriodLocked``, ``NotADraft``) and stand above the function that raises them. ``field``
    names the form field at fault, when there is one.
    """

    def __init__(self, *, subject: Text, reason: Text, remedy: Text, field: str | None = None) -> None:
        self.subject, self.reason, self.remedy, self.field = subject, reason, remedy, field
        super().__init__(subject, reason, remedy)

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason} {self.remedy}"
