"""The home: what must I do, how do things stand, what has changed."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coop import choosing, clock, todo, views
from coop.access import visibility
from coop.access.models import Role
from members import home


@require_safe
@login_required
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Show the home of each role that the person has on what they look at."""
    user, on = request.user, clock.today()
    chooser = choosing.chooser(request)
    access = visibility.access_of(user)
    since = home.note_visit(user=user, at=clock.now())
    own = access.activities.get(Role.ENTREPRENEUR, frozenset())
    activity, cooperative = chooser.activity, None if chooser.activity else chooser.cooperative
    waiting = todo.tasks_of(user, on)
    context = {
        "waiting": waiting[: todo.SHOWN],
        "more": waiting[todo.SHOWN :],
        "deadline": None if waiting else todo.next_deadline(user, on),
        "states": todo.states_of(user, on),
        "mine": home.activity_home(user=user, activity=activity, on=on, since=since)
        if activity is not None and activity.pk in own
        else None,
        "coached": home.coach_home(user=user, on=on) if Role.COACH in access.roles else [],
        "support": home.cooperative_home(user=user, cooperative=cooperative, on=on) if cooperative else None,
        "group": home.group_home(user=user, on=on) if Role.GROUP_ADMIN in access.roles else [],
        "audit": home.audit_scopes(user=user, on=on) if Role.AUDITOR in access.roles else [],
        "since": since,
        "today": on,
        "Role": Role,
    }
    return views.page(request, "members/home.html", context)
