"""Accounts are given, and keys of second factors are unreadable in the database."""

import pytest
from cryptography.fernet import InvalidToken
from django.test import Client, RequestFactory

from zhikong.site.accounts import AccountAdapter, SecondFactorAdapter


def test_nobody_signs_up_by_himself():
    assert AccountAdapter().is_open_for_signup(RequestFactory().get("/")) is False


def test_a_totp_key_is_encrypted_with_a_secret_outside_the_database(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path / "one"))
    stored = SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in stored
    assert SecondFactorAdapter().decrypt(stored) == "JBSWY3DPEHPK3PXP"
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path / "two"))
    with pytest.raises(InvalidToken):
        SecondFactorAdapter().decrypt(stored)


@pytest.fixture
def known(make_user, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # the lock is tested, not the hash
    user = make_user("quality_office", username="lockme")
    user.set_password("a long enough password")
    user.save()
    return user


@pytest.fixture
def empty_cache(settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(tmp_path),
        }
    }


def sign_in(password):
    client = Client()
    client.post("/account/login/", {"login": "lockme", "password": password})
    return "_auth_user_id" in client.session


@pytest.mark.usefixtures("known", "empty_cache")
def test_five_wrong_passwords_lock_the_account_even_for_the_right_one():
    assert sign_in("a long enough password")
    for _ in range(5):
        assert not sign_in("wrong")
    assert not sign_in("a long enough password")
