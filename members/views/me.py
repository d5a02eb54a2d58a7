"""My file: what the cooperative holds about me, and who has read it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coop import clock, views
from members import files, queries


@require_safe
@login_required
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Show the file of the person who is logged in; staff without a file read what they are instead."""
    person = queries.person_of(request.user)
    file = files.get_file(person=person, user=request.user, on=clock.today()) if person else None
    return views.page(request, "members/me.html", {"file": file, "today": clock.today()})
