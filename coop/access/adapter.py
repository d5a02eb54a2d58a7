"""How people get an account: only from the cooperative, never by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the cooperative."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse sign-up by oneself."""
        return False
