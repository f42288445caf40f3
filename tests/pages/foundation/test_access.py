"""Signing in, lockout, the own account, and accounts for the administrator."""

import re

import pytest
from django.core.cache import cache

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.audit.models import AuditEvent

PASSWORD = "Lang-genug-2026"


@pytest.fixture
def account(make_user):
    cache.clear()
    user = make_user("quality_office", username="wangmin", name="王敏")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, username="wangmin", password=PASSWORD):
    return client.post("/account/login/", {"login": username, "password": password})


@pytest.mark.parametrize("path", ["/", "/organisation/", "/audit/", "/calendar/", "/access/accounts/"])
def test_nobody_gets_in_without_signing_in(client, db, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


def test_signing_in_and_out_is_recorded(client, account):
    page = client.get("/account/login/").content.decode()
    assert "登录" in page
    assert "Sign" not in page
    assert sign_in(client)["Location"] == "/"
    assert client.get("/access/me/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/access/me/").status_code == 302
    recorded = AuditEvent.objects.filter(user_id=account.pk, action__in=("login", "logout"))
    assert sorted(recorded.values_list("action", flat=True)) == ["login", "logout"]


def test_five_wrong_passwords_lock_the_account(client, account):
    for _ in range(5):
        assert "不正确" in sign_in(client, password="falsch").content.decode()
    locked = sign_in(client)
    assert locked.status_code == 200
    assert "次数过多" in locked.content.decode()
    assert client.get("/access/me/").status_code == 302
    failed = AuditEvent.objects.filter(action="login_failed")
    assert failed.count() == 5
    assert all(event.user_id == account.pk for event in failed)


def test_a_mistyped_name_is_not_kept(client, account):
    sign_in(client, username="mein-passwort-2026")
    [event] = AuditEvent.objects.filter(action="login_failed")
    assert event.user_id is None
    assert "mein-passwort" not in str([event.actor, event.after])


@pytest.mark.parametrize(
    ("new", "refusal"),
    [("kurz", "10"), ("1234567890123", "数字"), ("password123", "常见"), ("wangmin2026", "相似")],
)
def test_weak_passwords_are_refused(client, account, new, refusal):
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert refusal in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/account/password/change/",
        "/account/logout/",
        "/account/2fa/",
        "/account/2fa/webauthn/",
        "/account/2fa/recovery-codes/",
        "/account/reauthenticate/",
    ],
)
def test_account_pages_are_chinese_and_ours(client, account, path):
    sign_in(client)
    answer = client.get(path, follow=True)
    assert answer.status_code == 200 or answer.resolver_match.view_name == "mfa_view_recovery_codes"
    text = answer.content.decode()
    if answer.status_code == 200:
        assert "app.css" in text
        assert 'lang="zh-hans"' in text
        visible = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", text, flags=re.S)
        assert not re.search(r"\b(Change|Sign|Two-Factor|Security|Recovery|Enter|Please)\b", visible)


def test_totp_can_be_switched_on_and_is_asked_for(client, account):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    sign_in(client)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    assert "data:image/svg+xml" in page.content.decode()
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    client.post("/account/2fa/totp/activate/", {"code": code})
    recorded = [e for e in AuditEvent.objects.filter(subject="mfa_authenticator")]
    assert recorded
    assert secret not in str([(e.before, e.after) for e in recorded])
    client.post("/account/logout/")
    cache.clear()
    assert "/account/2fa/authenticate/" in sign_in(client)["Location"]


def test_my_account_shows_roles_and_scope(as_role, hospital):
    page = as_role("department_head", hospital.departments["CARD"]).get("/access/me/").content.decode()
    assert "科主任" in page
    assert "心血管内科" in page
    assert "审核科室的整改措施" in page


def test_administrator_opens_an_account_and_grants_a_role(as_role, hospital):
    admin = as_role("administrator")
    form = {"username": "zhang.san", "name": "张三", "password": PASSWORD}
    answer = admin.post("/access/accounts/open/", form, follow=True)
    made = User.objects.get(username="zhang.san")
    assert made.institution_id == hospital.id
    card = hospital.departments["CARD"].id
    no_department = {"role": "physician", "department": "", "on": "2026-01-01"}
    assert "须指定科室" in admin.post(f"/access/accounts/{made.pk}/", no_department).content.decode()
    admin.post(f"/access/accounts/{made.pk}/", {**no_department, "department": card})
    assignment = RoleAssignment.objects.get(user=made)
    assert (assignment.role, assignment.department_id) == ("physician", card)
    admin.post(f"/access/roles/{assignment.pk}/end/")
    assert RoleAssignment.objects.get(user=made).valid_to is not None
    answer = admin.post(f"/access/accounts/{made.pk}/password/")
    shown = re.search(r"<strong>([a-z0-9-]{17})</strong>", answer.content.decode()).group(1)
    assert User.objects.get(pk=made.pk).check_password(shown)
    admin.post(f"/access/accounts/{made.pk}/active/", {"active": "no"})
    assert not User.objects.get(pk=made.pk).is_active


def test_nobody_grants_himself_a_role(as_role):
    admin = as_role("administrator")
    form = {"role": "hospital_leader", "department": "", "on": "2026-01-01"}
    answer = admin.post(f"/access/accounts/{admin.user.pk}/", form)
    assert answer.status_code == 403
    assert RoleAssignment.objects.filter(user=admin.user).count() == 1


def test_the_quality_office_does_not_manage_accounts(as_role):
    client = as_role("quality_office")
    assert client.get("/access/accounts/").status_code == 403
    assert client.get("/access/accounts/open/").status_code == 403


def test_another_hospitals_account_is_not_found(as_role, other_hospital, hospital):
    foreign = User(username="foreign", institution_id=other_hospital.id)
    from zhikong.foundation.access.scope import rescope

    rescope(other_hospital.scope())
    foreign.save()
    rescope(hospital.scope())
    admin = as_role("administrator")
    assert admin.get(f"/access/accounts/{foreign.pk}/").status_code == 404
    assert "foreign" not in admin.get("/access/accounts/").content.decode()


def test_an_account_without_institution_sees_nothing(client, hospital):
    lost = User.objects.get(pk=_lost_account())
    client.force_login(lost, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/organisation/")
    assert answer.status_code == 403
    assert "没有归属任何机构" in answer.content.decode()


def _lost_account():
    from zhikong.foundation.access.scope import SETTINGS, _set

    _set(dict.fromkeys(SETTINGS, ""), "default")
    return User.objects.create(username="lost").pk
