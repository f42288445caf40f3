"""Whether the keys and secrets at hand are those that sealed what is kept: one thing of each is opened, none is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import connection

from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.audit import places, trail
from zhikong.foundation.audit.rules import seal_digest
from zhikong.foundation.facts import raw_keys
from zhikong.foundation.facts.models import RawItem
from zhikong.foundation.files.models import Blob
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.foundation.patients.models import PatientIdentity
from zhikong.foundation.patients.queries import bound_to
from zhikong.foundation.patients.rules import key_of, unseal
from zhikong.site.doctor.finding import Finding, error, fine
from zhikong.site.doctor.folders import NAME

BACK = "请停止服务，从备份取回原来的密钥文件（备份里与数据分开封存）。"


def keys() -> Iterator[Finding]:
    """One sentence for each key that does not fit; one when all fit."""
    troubles = [trouble for trouble in _troubles() if trouble]
    for trouble in dict.fromkeys(troubles):
        yield error(NAME, trouble, BACK)
    if not troubles:
        yield fine(NAME, "密钥与已保存的数据相符。")


def _troubles() -> Iterator[str]:
    yield audit_seal()
    for number in institution_ids().values():
        with scoped(job_scope(number, job="doctor")):
            yield raw_input()
            yield identities()
            yield stored_files()


def audit_seal() -> str:
    """The newest seal is computed again with the key at hand."""
    with connection.cursor() as cursor:
        last = trail.last_seal(cursor)
        newest = list(trail.seals(cursor, after=last[0] - 1)) if last else []
    if not newest:
        return ""
    try:
        key = places.sealing_key(may_create=False)
    except places.KeyMissing as missing:
        return str(missing)
    same = seal_digest(key, newest[0]) == newest[0].digest
    return "" if same else f"审计封存密钥 {settings.AUDIT_KEY_FILE} 不是原来那一把，或最新的封条被改过。"


def raw_input() -> str:
    """The key of the newest raw input of the institution in scope."""
    newest = RawItem.objects.filter(deleted_at=None).order_by("-pk").values_list("key", flat=True).first()
    try:
        if newest:
            raw_keys.key_named(newest)
    except (raw_keys.KeyMissing, ValueError) as missing:
        return str(missing)
    return ""


def identities() -> str:
    """One sealed identity of the institution in scope opens."""
    row = PatientIdentity.objects.order_by("-pk").first()
    try:
        if row is not None:
            unseal(row.sealed, key=key_of(settings.IDENTITY_SECRET), bound_to=bound_to(row.patient_key))
    except (InvalidTag, ValueError):
        return "secrets/identities 不是原来那一份，患者的姓名和号码打不开。"
    return ""


def stored_files() -> str:
    """The key of sealed files is there when there are any."""
    if Path(settings.FILES_KEY_FILE).exists() or not Blob.objects.filter(sealed=True).exists():
        return ""
    return f"加密文件的密钥 {settings.FILES_KEY_FILE} 不见了。"
