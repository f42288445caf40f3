"""Going past a hard stop with a reason, and the tokens of record systems that ask for checks."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.patients.models import LiveRow
from zhikong.hospital.functions.records import draft_rules
from zhikong.hospital.functions.records.actions.running.checks import note, reason_of
from zhikong.hospital.functions.records.actions.running.outcomes import count_verdict
from zhikong.hospital.functions.records.models import CheckEvent, CheckToken, Defect, Override, RuleOutcome
from zhikong.hospital.functions.records.queries.running.people import accounts_of
from zhikong.hospital.functions.records.rules_running import key_of

_SEEN_EVERY = timedelta(minutes=10)
SAME_WITHIN = timedelta(minutes=10)


@transaction.atomic
def override(
    *, now: datetime, stay_id: str, rule: str, version: int, author: str, why: str, reason: str
) -> tuple[Override, bool]:
    """A doctor saves although a rule stops; gives the record of it, and True when it was recorded before.

    why: urgent, elsewhere, wrong or other. “Wrong” counts against the rule's precision. The same doctor, stay and
    rule again within ten minutes is the same override. Raises ValidationError with a sentence.
    """
    if why not in Override.Why.values:
        raise ValidationError(_("理由类别应是 urgent、elsewhere、wrong 或 other。"))
    reason = reason_of(reason, _("越过拦截必须写明理由，两个字以上。"))
    department = LiveRow.objects.filter(table="stays", stay_id=stay_id, late=False)
    found = department.values_list("department_id", flat=True).first()
    if found is None:
        raise ValidationError(_("在院患者中没有住院编号 %(stay)s。") % {"stay": stay_id})
    before = Override.objects.filter(
        stay_id=stay_id, rule=rule, author=author, at__gt=now - SAME_WITHIN
    ).first()
    if before is not None:
        return before, True
    made = Override.objects.create(
        institution_id=current_scope().institution_id, stay_id=stay_id, department_id=found, rule=rule,
        version=version, why=why, reason=reason, author=author, user=accounts_of([author]).get(author), at=now,
    )  # fmt: skip
    if why == Override.Why.WRONG:
        name = key_of("override", made.pk)
        outcome, source = RuleOutcome.Outcome.REFUTED, RuleOutcome.Source.OVERRIDE
        count_verdict(rule, version, stay_id, outcome, source=source, name=name, now=now)
    for defect in Defect.objects.filter(stay_id=stay_id, rule=rule, state__in=Defect.ALIVE):
        note(defect, CheckEvent.What.OVERRIDDEN, by=made.user, now=now, text=reason)
    return made, False


@transaction.atomic
def make_token(*, by, now: datetime, label: str) -> tuple[CheckToken, str]:
    """A new token of a record system; the text is given here and never again."""
    require(by, Permission.MANAGE_RECORD_RULES, whole_hospital=True)
    text = draft_rules.new_token()
    made = CheckToken.objects.create(
        institution_id=current_scope().institution_id, label=label, start=text[:8],
        digest=draft_rules.digest_of(text), created_at=now, created_by=by,
    )  # fmt: skip
    return made, text


@transaction.atomic
def revoke_token(token: CheckToken, *, by, now: datetime) -> CheckToken:
    """No call with it is taken any more. Raises ValidationError when it was revoked before."""
    require(by, Permission.MANAGE_RECORD_RULES, whole_hospital=True)
    found = CheckToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if found.revoked_at is not None:
        raise ValidationError(_("这个令牌已经吊销。"))
    found.revoked_at, found.revoked_by = now, by
    found.save(update_fields=["revoked_at", "revoked_by"])
    return found


def caller(*, header: str) -> CheckToken:
    """Whose call this is; needs no scope. Raises Refused 401."""
    digest = draft_rules.digest_of(draft_rules.bearer(header))
    found = CheckToken.objects.filter(digest=digest).first()
    if found is None or not hmac.compare_digest(found.digest, digest) or found.revoked_at is not None:
        raise draft_rules.unauthorised()
    return found


def note_use(token: CheckToken, *, now: datetime) -> None:
    """When a token was last used, to ten minutes."""
    if token.last_used_at is None or now - token.last_used_at > _SEEN_EVERY:
        CheckToken.objects.filter(pk=token.pk).update(last_used_at=now)
