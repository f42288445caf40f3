"""The page of a push feed: its address, how to call it, its tokens. A new token is shown once."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.datasources.mappings import mappings
from zhikong.hospital.functions.datasources.models import ApiToken, Feed
from zhikong.hospital.functions.datasources.push import actions, queries, rules
from zhikong.hospital.functions.datasources.push.forms import TokenForm

CALLED = (Feed.Kind.PUSH, Feed.Kind.FHIR)
"""Kinds of feeds that others call with a token."""


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_CONNECTIONS)
def tokens(request: HttpRequest, code: str) -> HttpResponse:
    """Address, tables and tokens of a feed; POST makes a token."""
    feed = get_object_or_404(Feed, code=code, kind__in=CALLED)
    form, made = TokenForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        label, until = form.cleaned_data["label"], form.expires_at()
        made = actions.make_token(
            by=request.user, now=timezone.now(), feed=feed, label=label, expires_at=until
        )
        form = TokenForm()
    return _page(request, feed, form, made)


def _address(feed: Feed) -> str:
    if feed.kind == Feed.Kind.FHIR:
        return reverse("datasources:fhir", args=[feed.code])
    return reverse("datasources:push", args=[feed.code, "TABLE"])


def _page(
    request: HttpRequest, feed: Feed, form: TokenForm, made: tuple[ApiToken, str] | None
) -> HttpResponse:
    now = timezone.now()
    mapping = mappings().get(feed.mapping)
    sources = sorted(mapping.mapping.sources) if mapping else []
    context = {
        "feed": feed,
        "form": form,
        "made": made,
        "tokens": [(token, token.is_valid(now)) for token in queries.tokens(feed)],
        "sources": sources,
        "address": request.build_absolute_uri(_address(feed)),
        "megabytes": rules.MOST_BYTES >> 20,
        "most_rows": rules.MOST_ROWS,
        "a_minute": rules.MOST_A_MINUTE,
    }
    answer = render(request, "datasources/push_tokens.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@needs(Permission.MANAGE_CONNECTIONS)
def act(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Revoke a token, or replace it by a new one while the old one is good for another day."""
    feed = get_object_or_404(Feed, code=code, kind__in=CALLED)
    token = get_object_or_404(ApiToken, feed=feed, pk=pk)
    try:
        if "rotate" in request.POST:
            made = actions.rotate_token(by=request.user, now=timezone.now(), token=token)
            return _page(request, feed, TokenForm(), made)
        actions.revoke_token(by=request.user, now=timezone.now(), token=token)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, _("令牌 %(label)s 已吊销。") % {"label": token.label})
    return redirect("datasources:push_tokens", code=feed.code)
