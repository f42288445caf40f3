"""Responsibility letters: drafted, edited, issued, signed by both sides or refused, checked."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.overviews.years import rules_letters as rules
from zhikong.hospital.overviews.years.documents import letter_template
from zhikong.hospital.overviews.years.models import Letter, LetterCheck, LetterTemplate
from zhikong.hospital.overviews.years.queries import letters as queries
from zhikong.hospital.overviews.years.queries.as_of import then

State, Side = Letter.State, Letter.Side


@transaction.atomic
def draft(*, by, now: datetime, year: int, department_ids: Sequence[int] = ()) -> list[Letter]:
    """Draft the letters of departments that have none in force; drafts are written anew. Gives what was drafted."""
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    on = timezone.localdate(now)
    if not on.year - 1 <= year <= on.year + 1:
        raise ValidationError(_("只能起草上一年、今年或下一年的责任状。"))
    seen = then(now)
    if seen.shown.current is None:
        raise ValidationError(_("还没有计算结果，写不出目标和上一年的结果。请先导入数据并等待计算完成。"))
    months, found = queries.before(seen, year, on)
    standing = Letter.objects.filter(year=year, state__in=[State.ISSUED, State.SIGNED])
    taken = set(standing.values_list("department_id", flat=True))
    Letter.objects.filter(year=year, state=State.DRAFT, **_only(department_ids)).delete()
    made = []
    for place in queries.places(on):
        if place.id in taken or (department_ids and place.id not in department_ids):
            continue
        content = queries.content(seen, place, year=year, found=found, months=months)
        made.append(
            Letter.objects.create(
                institution_id=current_scope().institution_id, year=year, department_id=place.id,
                department_name=place.name, content=content, digest=rules.digest(content), made_at=now, made_by=by,
            )
        )  # fmt: skip
    return made


def _only(department_ids: Sequence[int]) -> dict:
    return {"department_id__in": list(department_ids)} if department_ids else {}


@transaction.atomic
def edit(*, by, now: datetime, found: Letter, dropped: Sequence[int] = (), added: str = "") -> Letter:
    """Take lines out of a draft by their numbers, and add one requirement in words."""
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    found = _locked(found, State.DRAFT)
    lines = [line for line in found.content["lines"] if line["number"] not in set(dropped)]
    if added.strip():
        lines.append({"kind": rules.TASK, "text": added.strip()[:300]})
    if not lines:
        raise ValidationError(_("责任状至少要有一条。"))
    found.content = found.content | {"lines": rules.numbered(lines)}
    found.digest, found.made_at, found.made_by = rules.digest(found.content), now, by
    found.save(update_fields=["content", "digest", "made_at", "made_by"])
    return found


@transaction.atomic
def issue(*, by, now: datetime, found: Letter) -> Letter:
    """Put a draft before both sides; from here on its content does not change."""
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    found = _locked(found, State.DRAFT)
    found.state, found.issued_at, found.issued_by = State.ISSUED, now, by
    found.template = queries.template()
    found.save(update_fields=["state", "issued_at", "issued_by", "template"])
    notices.send(
        by=by, now=now, title=_("请签署 %(year)d 年责任状：%(name)s") % {"year": found.year, "name": found.department_name},
        url=reverse("years:letter", args=[found.pk]), roles=("hospital_leader",), departments=[found.department_id],
        source_kind="years_letter", source_key=str(found.pk), sent_to=found.department_name,
    )  # fmt: skip
    return found


@transaction.atomic
def issue_all(*, by, now: datetime, year: int) -> int:
    """Issue every draft of a year; gives how many."""
    rows = list(Letter.objects.filter(year=year, state=State.DRAFT))
    for found in rows:
        issue(by=by, now=now, found=found)
    return len(rows)


@transaction.atomic
def sign(*, by, now: datetime, found: Letter, digest: str) -> Letter:
    """Sign for one's side. `digest` is the checksum of what was on the signer's page: it must be what stands here."""
    side = _side(by, found)
    found = _locked(found, State.ISSUED)
    if digest != found.digest:
        raise ValidationError(_("责任状的内容与您看到的不同，请重新打开后再签。"))
    if found.signed_by(side)[0] is not None:
        raise ValidationError(_("您这一方已经签署。"))
    other = found.signed_by(Side.HEAD if side == Side.LEADER else Side.LEADER)[0]
    if other is not None and other.pk == by.pk:
        raise ValidationError(_("双方不能由同一个人签署。"))
    setattr(found, f"{side}_at", now)
    setattr(found, f"{side}_by", by)
    if found.leader_at and found.head_at:
        found.state = State.SIGNED
    found.save(update_fields=[f"{side}_at", f"{side}_by", "state"])
    return found


@transaction.atomic
def sign_many(*, by, now: datetime, seen: Mapping[int, str]) -> int:
    """Sign several letters at once, all or none. seen: letter → the checksum that stood on the signer's page."""
    rows = list(Letter.objects.filter(pk__in=list(seen), state=State.ISSUED).order_by("pk"))
    for found in rows:
        sign(by=by, now=now, found=found, digest=seen[found.pk])
    return len(rows)


@transaction.atomic
def refuse(*, by, now: datetime, found: Letter, reason: str) -> Letter:
    """Refuse to sign, with a reason; the office then drafts another letter."""
    side = _side(by, found)
    found = _locked(found, State.ISSUED)
    if len(reason.strip()) < 2:
        raise ValidationError(_("请写明拒签的理由。"))
    found.state, found.refused_at, found.refused_by = State.REFUSED, now, by
    found.refused_side, found.reason = side, reason.strip()[:300]
    found.save(update_fields=["state", "refused_at", "refused_by", "refused_side", "reason"])
    notices.send(
        by=by, now=now, title=_("%(name)s的责任状被拒签") % {"name": found.department_name}, text=found.reason,
        url=reverse("years:letter", args=[found.pk]), roles=("quality_office",),
        source_kind="years_letter", source_key=str(found.pk),
    )  # fmt: skip
    return found


@transaction.atomic
def withdraw(*, by, now: datetime, found: Letter, reason: str) -> Letter:
    """Take an issued letter back before both have signed, with a reason."""
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    found = _locked(found, State.ISSUED)
    if len(reason.strip()) < 2:
        raise ValidationError(_("请写明收回的理由。"))
    found.state, found.reason = State.WITHDRAWN, reason.strip()[:300]
    found.save(update_fields=["state", "reason"])
    return found


@transaction.atomic
def check(*, by, now: datetime, found: Letter, as_of: datetime | None = None) -> LetterCheck:
    """Hold a signed letter against what was reached so far; lines that cannot be computed say why."""
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    moment = as_of or now
    if found.state != State.SIGNED:
        raise ValidationError(_("双方签署后才能核对。"))
    month = min(calendar.shifted(calendar.month_of(timezone.localdate(moment)), -1), f"{found.year}-12")
    if month < f"{found.year}-01":
        raise ValidationError(_("%(year)d 年还没有完整的一个月，不能核对。") % {"year": found.year})
    return LetterCheck.objects.create(
        institution_id=found.institution_id, letter=found, department_id=found.department_id, as_of=moment,
        last_month=month, lines=queries.checked(found, then(moment), month), made_at=now, made_by=by,
    )  # fmt: skip


@transaction.atomic
def check_all(*, by, now: datetime, year: int) -> int:
    """Check every signed letter of a year; gives how many."""
    rows = list(Letter.objects.filter(year=year, state=State.SIGNED))
    for found in rows:
        check(by=by, now=now, found=found)
    return len(rows)


@transaction.atomic
def keep_template(*, by, now: datetime, name: str, content: bytes) -> LetterTemplate:
    """Use the hospital's own Word template from now on, once it was tried out."""
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    letter_template.check(content)
    end_template(by=by, now=now)
    return LetterTemplate.objects.create(
        institution_id=current_scope().institution_id, name=name[:160], content=content,
        digest=letter_template.digest(content), kept_at=now, kept_by=by,
    )  # fmt: skip


@transaction.atomic
def end_template(*, by, now: datetime) -> int:
    """Go back to the product's template; issued letters keep the one they were issued with."""
    require(by, Permission.KEEP_YEAR, whole_hospital=True)
    return LetterTemplate.objects.filter(ended_at=None).update(ended_at=now, ended_by=by)


def _side(by, found: Letter) -> str:
    side = queries.side_of(by, found)
    if not side:
        raise PermissionDenied(_("您没有权限：签署这份责任状。"))
    return side


def _locked(found: Letter, state: str) -> Letter:
    found = Letter.objects.select_for_update(of=("self",)).select_related(*queries.PEOPLE).get(pk=found.pk)
    if found.state != state:
        raise ValidationError(
            _("责任状现在是“%(state)s”，不能这样做。") % {"state": found.get_state_display()}
        )
    return found
