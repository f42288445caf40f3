"""Signing in and out goes into the audit trail. A mistyped name is not kept: it may be a password."""

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from zhikong.foundation.access.models import User
from zhikong.foundation.audit.actions import log_sign_in


@receiver(user_logged_in)
def signed_in(sender, request, user, **_):
    log_sign_in(action="login", by=user, details=_where(request))


@receiver(user_logged_out)
def signed_out(sender, request, user, **_):
    if user is not None:
        log_sign_in(action="logout", by=user, details=_where(request))


@receiver(user_login_failed)
def failed(sender, credentials, request=None, **_):
    known = User.objects.filter(username=credentials.get("username", "")).first()
    log_sign_in(
        action="login_failed", by=known, details={**_where(request), "known_account": known is not None}
    )


def _where(request) -> dict:
    return {"address": request.META.get("REMOTE_ADDR", "")} if request is not None else {}
