"""One question over everything that the reader may see."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.search import rules


@login_required
@never_cache
@require_GET
def index(request):
    """?q=: the words. The site collects the hits of all apps when the page asks for ``search_groups``.

    A number of a person is taken out of the address at once, so that it stays in no history and no link.
    """
    q = rules.cleaned(request.GET.get("q", ""))
    if rules.looks_like_identity(q) and not can(request.user, Permission.SEE_IDENTITY):
        log_read(by=request.user, subject="search", purpose=rules.masked(q), count=0)
        return redirect("/search/?identity=refused")
    request.search_query = q if rules.says_something(q) else ""
    context = {
        "q": q,
        "asked": bool(request.search_query),
        "refused": request.GET.get("identity") == "refused",
    }
    response = render(request, "search/index.html", context)
    if request.search_query:
        found = sum(len(group.hits) for group in getattr(request, "search_found", ()))
        log_read(by=request.user, subject="search", purpose=rules.masked(q), count=found)
    return response
