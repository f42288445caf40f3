"""Whoever signs in with a first password sets his own before he sees anything else."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.first_passwords import has_expired

OPEN = frozenset({"account_change_password", "account_logout", "set_language"})


class FirstLoginMiddleware:
    """Sends a signed-in account with a first password to the page for changing it.

    Addresses that need no login (programs with tokens, anonymous reports) stay open; there the session counts for
    nothing, so that none of them is a way around.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        user = getattr(request, "user", None)
        if not getattr(user, "must_change_password", False):
            return None
        expired = has_expired(user, timezone.now())
        if not expired and request.resolver_match.view_name in OPEN:
            return None
        if not getattr(view, "login_required", True):
            _as_a_stranger(request)
            return None
        return _signed_out(request) if expired else _sent_to_change(request)


def _as_a_stranger(request: HttpRequest) -> None:
    request.user = AnonymousUser()
    request.__dict__.pop("scope", None)


def expired_sentence() -> str:
    """What the login page says to the holder of an old slip."""
    return _("初始密码已过有效期，不能再登录。请到信息科领取新的密码条。")


def _signed_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.error(request, expired_sentence())
    return _towards(request, reverse("account_login"))


def _sent_to_change(request: HttpRequest) -> HttpResponse:
    address = reverse("account_change_password")
    if not request.htmx and not request.accepts("text/html"):
        return JsonResponse({"error": _("请先登录网页，修改初始密码。")}, status=403)
    if request.htmx and (request.htmx.current_url_abs_path or "").startswith(address):
        return HttpResponse(status=204)  # a counter that asks by itself must not empty a half-filled form
    return _towards(request, address)


def _towards(request: HttpRequest, address: str) -> HttpResponse:
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
