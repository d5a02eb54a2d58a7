"""Tell the change history who acts."""

from typing import Any

import pghistory.middleware


class HistoryMiddleware(pghistory.middleware.HistoryMiddleware):  # type: ignore[misc]
    """Put the person and the address of the request into the context of every change."""

    def get_context(self, request: Any) -> dict[str, Any]:
        """Return what is kept with each change made during the request."""
        user = request.user.pk if hasattr(request, "user") and request.user.is_authenticated else None
        return {"user": str(user) if user else None, "url": request.path}
