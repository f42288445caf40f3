"""Trying a feed of database views: can it be reached, which columns are there, what do the first rows look like."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.audit.actions import log_read
from zhikong.hospital.functions.datasources.models import Feed
from zhikong.hospital.functions.datasources.sql.pulling import tried


@require_POST
@needs(Permission.MANAGE_CONNECTIONS)
def attempt(request: HttpRequest, code: str) -> HttpResponse:
    """Connect and look; nothing is kept. POST, because it reaches out to another machine."""
    feed = get_object_or_404(Feed, code=code, kind=Feed.Kind.SQL)
    found = tried(feed)
    shown = sum(len(seen.rows) for _query, seen, _fault in found if seen is not None)
    log_read(by=request.user, subject=f"datasources.feed:{feed.code}", purpose="try", count=shown)
    context = {"feed": feed, "found": found, "now": timezone.now()}
    return render(request, "datasources/sql_try.html", context)
