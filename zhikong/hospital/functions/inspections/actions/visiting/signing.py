"""Signatures at a visit: with account and password at the inspector's phone, drawn, or drawn and confirmed later.

Only an account with its password proves who signed. A drawn signature is kept and marked as what it is.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.models import User
from zhikong.foundation.access.scope import current_scope, job_scope, scoped
from zhikong.hospital.functions.inspections.actions.planning.steps import lock
from zhikong.hospital.functions.inspections.actions.visiting.context import Context, Outcome
from zhikong.hospital.functions.inspections.models.ending import VisitSignature
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Media
from zhikong.hospital.functions.inspections.queries.planning.visits import inspects
from zhikong.hospital.functions.inspections.queries.visiting import exchange, media
from zhikong.hospital.functions.inspections.rules_planning import State
from zhikong.hospital.functions.inspections.rules_sync import Status, media_of
from zhikong.hospital.functions.inspections.rules_visiting import TAKES_WORDS

Role, How = VisitSignature.Role, VisitSignature.How
UNPROVEN = (How.DRAWN, How.TYPED)
MOST_NUMBERS = 20_000
SCALE = 1000
WRONG = "账号或密码不对，没有签名。"


@transaction.atomic
def sign_with_account(
    visit: Visit, *, by, now: datetime, sign_id: str, role: str, username: str, password: str
) -> VisitSignature:
    """Somebody signs with the own account and password on the phone of ``by``, without being signed in there.

    The caller limits how often it may be tried. Raises ValidationError with the same sentence for a wrong account, a
    wrong password and an account of another hospital, so that nobody learns which accounts there are.
    """
    lock(visit)
    _check_open(visit, by)
    known = VisitSignature.objects.filter(sign_id=sign_id).first()
    if known is not None:
        return _the_same(known, visit, by)
    person = _account(visit, by, role, username, password)
    return _made(
        visit, sign_id=sign_id, role=role, how=How.ACCOUNT, user=person, name=str(person)[:60], at=now, by=by
    )


def _check_open(visit: Visit, by) -> None:
    if not inspects(by, visit):
        raise PermissionDenied(_("只有这次检查的检查人可以请人签名。"))
    if visit.state not in TAKES_WORDS and visit.state != State.PLANNED:
        raise ValidationError(_("这次检查已经下结论或取消，不能再签名。"))


def _the_same(known: VisitSignature, visit: Visit, by) -> VisitSignature:
    if known.visit_id != visit.pk or known.by_id != by.pk:
        raise ValidationError(_("这个编号已经用于另一个签名。"))
    return known


def _account(visit: Visit, by, role: str, username: str, password: str) -> User:
    """The account whose password this is; the inspected side's must answer for the inspected department."""
    if role not in Role.values:
        raise ValidationError(_("请说明是被检科室还是检查人签名。"))
    with scoped(job_scope(current_scope().institution_id, job="inspections.sign")):
        person = User.objects.filter(
            username=username or by.username, institution_id=visit.institution_id, is_active=True
        ).first()
        if person is None:
            User().set_password(password)  # as long as a real check takes
            raise ValidationError(_(WRONG))
        if not person.check_password(password):
            raise ValidationError(_(WRONG))
        may = exchange.may_speak(person, visit) if role == Role.INSPECTED else inspects(person, visit)
    if not may:
        raise ValidationError(_("%(who)s不是这一方的人，没有签名。") % {"who": person})
    return person


def _made(visit: Visit, **said: Any) -> VisitSignature:
    revisions = {str(sheet.pk): sheet.revision for sheet in exchange.open_sheets(visit)}
    return VisitSignature.objects.create(
        institution_id=visit.institution_id, visit=visit, revisions=revisions, **said
    )


def from_phone(context: Context) -> Outcome:
    """A drawn signature: whose it is said to be, the strokes or a picture of them; typed by who cannot draw."""
    from zhikong.hospital.functions.inspections.actions.visiting.kinds import text_of

    value, visit = context.one.value, context.visit
    name, role = text_of(value, "name", most=60), value.get("role")
    if not name or role not in Role.values:
        raise ValidationError(_("请写明签名人的姓名，和代表哪一方。"))
    strokes, named = _strokes(value.get("strokes")), media_of(context.one)
    typed = value.get("typed") is True and not strokes and not named
    if not strokes and not named and not typed:
        raise ValidationError(_("签名是空的。"))
    if media.unfinished(visit, named):
        return Outcome(Status.WAITING, _("等签名图片传完后自动记入。"))
    picture = Media.objects.filter(visit=visit, media_id__in=named).first() if named else None
    how = How.TYPED if typed else How.DRAWN
    said = {"role": role, "how": how, "name": name, "strokes": strokes or None, "media": picture}
    return Outcome(
        Status.STORED,
        then=[lambda op: _made(visit, sign_id=context.one.id, at=context.when.at, by=context.author, **said)],
    )


def _strokes(raw: Any) -> list[list[int]]:
    """Lines as whole numbers x, y, x, y … between 0 and 1000; anything else is refused."""
    if raw in (None, []):
        return []
    good = isinstance(raw, list) and all(
        isinstance(line, list) and len(line) % 2 == 0 and all(_point(n) for n in line) for line in raw
    )
    if not good or sum(len(line) for line in raw) > MOST_NUMBERS:
        raise ValidationError(_("签名的笔迹不对，请重新签。"))
    return [line for line in raw if line]


def _point(n: Any) -> bool:
    return isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= SCALE


@transaction.atomic
def confirm(drawn: VisitSignature, *, by, now: datetime) -> VisitSignature:
    """The person says from the own account: this drawn signature is mine."""
    visit = lock(drawn.visit)
    if drawn.how not in UNPROVEN or VisitSignature.objects.filter(confirms=drawn).exists():
        raise ValidationError(_("这个签名不需要确认，或已经确认过了。"))
    may = exchange.may_speak(by, visit) if drawn.role == Role.INSPECTED else inspects(by, visit)
    if not may:
        raise PermissionDenied(_("您不是这一方的人，不能确认这个签名。"))
    if str(by).replace(" ", "") != drawn.name.replace(" ", ""):
        raise ValidationError(_("签名写的是%(name)s，与您的姓名不一致，不能确认。") % {"name": drawn.name})
    return _made(
        visit,
        sign_id=str(uuid.uuid4()),
        role=drawn.role,
        how=How.CONFIRMED,
        user=by,
        name=str(by)[:60],
        confirms=drawn,
        at=now,
        by=by,
    )
