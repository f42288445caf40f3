"""How signing in differs from the library's defaults: accounts are given, TOTP keys are encrypted."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.contrib import messages
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.first_login import expired_sentence
from zhikong.foundation.access.first_passwords import has_expired
from zhikong.site import home


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by the hospital's administrator; nobody signs up by himself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user, **kwargs) -> HttpResponse | None:
        """A first password that is too old opens nothing, whatever it is typed into."""
        if has_expired(user, timezone.now()):
            clear_login(request)
            messages.error(request, expired_sentence())
            return redirect("account_login")
        return super().pre_login(request, user, **kwargs)

    def clean_password(self, password: str, user=None) -> str:
        """One's own password is not the one that was printed on paper."""
        cleaned = super().clean_password(password, user)
        if user is not None and user.must_change_password and check_password(password, user.password):
            raise ValidationError(_("新密码不能与初始密码相同。"))
        return cleaned

    def set_password(self, user, password: str) -> None:
        """The holder chose it: it is no first password any more."""
        user.must_change_password, user.password_expires_at = False, None
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors unreadable in a copy of the database."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> Fernet:
    key = hashlib.sha256(home.secret("second-factor").encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
