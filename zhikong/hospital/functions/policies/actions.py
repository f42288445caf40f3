"""All writes to policies: drafted by one, reviewed and approved by others, published, read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.policies import queries, rules
from zhikong.hospital.functions.policies.models import (
    Clause,
    ClauseLink,
    Disease,
    Policy,
    PolicyVersion,
    PublicItem,
    Question,
    Receipt,
)

State = PolicyVersion.State
REVIEW_SOURCE, READING_SOURCE = "policy_review", "policy_reading"
MOST_CLAUSES = 3000


def _must_keep(by, department_id: int | None) -> None:
    """A head of department keeps the documents of the own specialty; the hospital's are kept by its offices."""
    if department_id is None:
        require(by, Permission.KEEP_POLICIES, whole_hospital=True)
    else:
        require(by, Permission.KEEP_POLICIES, department_id)


def may_keep(user, policy: Policy) -> bool:
    return can(
        user, Permission.KEEP_POLICIES, policy.department_id, whole_hospital=policy.department_id is None
    )


@transaction.atomic
def begin(
    *, by, now: datetime, code: str, title: str, kind: str, division: str, text: str, department=None,
    diseases: Sequence[str] = (), owner=None, file_name: str = "",
) -> PolicyVersion:  # fmt: skip
    """A new document with its first draft."""
    _must_keep(by, getattr(department, "id", None))
    if Policy.objects.filter(code=code).exists():
        raise ValidationError(_("编号 %(code)s 已有制度。") % {"code": code})
    made = Policy.objects.create(
        institution_id=current_scope().institution_id, code=code, title=title, kind=kind, division=division,
        department_id=getattr(department, "id", None), diseases=list(diseases), owner=owner or by,
    )  # fmt: skip
    return _draft(made, by=by, now=now, text=text, changes="", file_name=file_name)


@transaction.atomic
def revise(policy: Policy, *, by, now: datetime) -> PolicyVersion:
    """A new draft that starts from the text in force."""
    _must_keep(by, policy.department_id)
    if policy.withdrawn_at:
        raise ValidationError(_("制度已废止，不能修订。"))
    if policy.versions.filter(state__in=queries.UNDER_WAY).exists():
        raise ValidationError(_("已有一版正在起草或审批。"))
    last = policy.versions.order_by("-number").first()
    return _draft(policy, by=by, now=now, text=last.text if last else "", changes="", file_name="")


def _draft(policy: Policy, *, by, now: datetime, text: str, changes: str, file_name: str) -> PolicyVersion:
    number = (policy.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    made = PolicyVersion.objects.create(
        institution_id=policy.institution_id, policy=policy, number=number, text=text, changes=changes,
        file_name=file_name[:160], drafted_at=now, drafted_by=by,
    )  # fmt: skip
    _number(made)
    return made


def _number(version: PolicyVersion) -> None:
    """The clauses of a draft anew, with the numbers that they had in the versions before."""
    before = version.policy.versions.exclude(pk=version.pk).order_by("-number").first()
    old = queries.parts_of(before) if before else []
    used = Clause.objects.filter(version__policy=version.policy).exclude(version=version)
    highest = max(used.values_list("key", flat=True), default=0)
    parts = rules.parts(version.text)
    if len(parts) > MOST_CLAUSES:
        raise ValidationError(_("正文超过 %(n)d 段，请分成几份制度。") % {"n": MOST_CLAUSES})
    version.clauses.all().delete()
    Clause.objects.bulk_create(
        Clause(
            institution_id=version.institution_id, version=version, key=one.key, order=place, mark=one.mark, text=one.text,
            is_heading=one.is_heading,
        )
        for place, one in enumerate(rules.numbered(parts, old, highest))
    )  # fmt: skip


@transaction.atomic
def write(version: PolicyVersion, *, by, now: datetime, text: str, changes: str = "", questions: str = "", file_name: str = "") -> PolicyVersion:  # fmt: skip
    """Save a draft: text, what changes, and the questions (a line each)."""
    _must_keep(by, version.policy.department_id)
    version = _locked(version, State.DRAFT)
    try:
        asked = rules.questions_of(questions)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    version.text, version.changes, version.drafted_by, version.drafted_at = text, changes, by, now
    version.file_name = file_name[:160] or version.file_name
    version.save()
    _number(version)
    version.questions.all().delete()
    Question.objects.bulk_create(
        Question(institution_id=version.institution_id, version=version, order=place, text=words, choices=choices, right=right)
        for place, (words, choices, right) in enumerate(asked)
    )  # fmt: skip
    return version


def _locked(version: PolicyVersion, *states: str) -> PolicyVersion:
    found = PolicyVersion.objects.select_for_update(of=("self",)).select_related("policy").get(pk=version.pk)
    if found.state not in states:
        raise ValidationError(
            _("这一版现在是“%(state)s”，不能这样做。") % {"state": found.get_state_display()}
        )
    return found


@transaction.atomic
def submit(version: PolicyVersion, *, by, now: datetime) -> PolicyVersion:
    """Hand a draft in for review; those who approve are told."""
    _must_keep(by, version.policy.department_id)
    version = _locked(version, State.DRAFT)
    if not version.clauses.exists():
        raise ValidationError(_("正文是空的，不能提交。"))
    version.state, version.returned_why = State.SUBMITTED, ""
    version.save()
    notices.send(
        by=by, now=now, title=_("待审核：%(t)s") % {"t": version}, url=address(version), roles=["quality_office", "medical_affairs"],
        source_kind="policy", source_key=str(version.pk),
    )  # fmt: skip
    return version


@transaction.atomic
def review(version: PolicyVersion, *, by, now: datetime) -> PolicyVersion:
    """Another one than the author has gone through the text."""
    if not can(by, Permission.APPROVE_POLICIES):
        require(by, Permission.KEEP_POLICIES, whole_hospital=True)
    version = _locked(version, State.SUBMITTED)
    _another(version, by)
    version.state, version.reviewed_at, version.reviewed_by = State.REVIEWED, now, by
    version.save()
    return version


@transaction.atomic
def approve(version: PolicyVersion, *, by, now: datetime) -> PolicyVersion:
    """A leader, who did not write it, approves."""
    require(by, Permission.APPROVE_POLICIES)
    version = _locked(version, State.REVIEWED)
    _another(version, by)
    version.state, version.approved_at, version.approved_by = State.APPROVED, now, by
    version.save()
    notices.send(
        by=by, now=now, title=_("已批准，可以发布：%(t)s") % {"t": version}, url=address(version), users=[version.policy.owner],
        source_kind="policy", source_key=str(version.pk),
    )  # fmt: skip
    return version


def _another(version: PolicyVersion, by) -> None:
    if version.drafted_by_id == by.pk:
        raise ValidationError(_("起草人不能审核或批准自己写的制度，请由另一人办理。"))


@transaction.atomic
def send_back(version: PolicyVersion, *, by, now: datetime, reason: str) -> PolicyVersion:
    """Back to the author with the reason; what was reviewed is to be reviewed again."""
    if not can(by, Permission.APPROVE_POLICIES):
        require(by, Permission.KEEP_POLICIES, whole_hospital=True)
    if len(reason.strip()) < 2:
        raise ValidationError(_("退回时请写明理由。"))
    version = _locked(version, State.SUBMITTED, State.REVIEWED, State.APPROVED)
    version.state, version.returned_why = State.DRAFT, reason.strip()[:300]
    version.reviewed_at = version.reviewed_by = version.approved_at = version.approved_by = None
    version.save()
    notices.send(
        by=by, now=now, title=_("制度被退回：%(t)s") % {"t": version}, text=reason, url=address(version),
        users=[version.drafted_by], source_kind="policy", source_key=str(version.pk),
    )  # fmt: skip
    return version


@transaction.atomic
def publish(
    version: PolicyVersion, *, by, now: datetime, effective_on: date, must_read: bool = False, read_by_on: date | None = None,
    departments: Sequence[int] = (), posts: Sequence[str] = (),
) -> PolicyVersion:  # fmt: skip
    """Put an approved version in force from a day on; it replaces the one before, and its readers are told."""
    _must_keep(by, version.policy.department_id)
    version = _locked(version, State.APPROVED)
    if must_read and (read_by_on is None or read_by_on < timezone.localdate(now)):
        raise ValidationError({"read_by_on": _("要求阅读确认时，请填写今天或以后的阅读期限。")})
    version.policy.versions.filter(state=State.PUBLISHED).update(state=State.REPLACED)
    version.state, version.published_at, version.published_by = State.PUBLISHED, now, by
    version.effective_on, version.review_due_on = effective_on, rules.year_later(effective_on)
    version.must_read, version.read_by_on = must_read, read_by_on if must_read else None
    version.reader_departments, version.reader_posts = list(departments), list(posts)
    version.save()
    tasks.complete_for(source_kind=REVIEW_SOURCE, source_key=str(version.policy_id), by=by, now=now)
    readers = list(queries.must_read(version, on=timezone.localdate(now)))
    if readers:
        notices.send(
            by=by, now=now, title=_("请阅读并确认：%(t)s") % {"t": version}, url=address(version), users=readers,
            text=_("自 %(on)s 起施行，请于 %(by)s 前阅读。") % {"on": effective_on, "by": read_by_on},
            source_kind="policy", source_key=str(version.pk),
        )  # fmt: skip
    return version


@transaction.atomic
def withdraw(policy: Policy, *, by, now: datetime, reason: str) -> Policy:
    """The document is no longer in force; it stays readable for those who keep it."""
    require(by, Permission.APPROVE_POLICIES)
    if len(reason.strip()) < 2:
        raise ValidationError(_("废止时请写明理由。"))
    if policy.withdrawn_at:
        raise ValidationError(_("制度已经废止。"))
    policy.withdrawn_at, policy.withdrawn_by, policy.withdrawn_why = now, by, reason.strip()[:300]
    policy.save()
    tasks.complete_for(source_kind=REVIEW_SOURCE, source_key=str(policy.pk), by=by, now=now)
    return policy


@transaction.atomic
def confirm(version: PolicyVersion, *, by, now: datetime, answers: dict[int, int]) -> bool:
    """The reader confirms; True when all questions (by id) are answered rightly, otherwise only the try is counted."""
    version = _locked(version, State.PUBLISHED)
    receipt, _made = Receipt.objects.get_or_create(
        version=version, user=by, defaults={"institution_id": version.institution_id}
    )
    if receipt.read_at:
        return True
    receipt.tries += 1
    right = all(answers.get(one.pk) == one.right for one in version.questions.all())
    if right:
        receipt.read_at = now
        tasks.complete_for(source_kind=READING_SOURCE, source_key=f"{version.pk}:{by.pk}", by=by, now=now)
    receipt.save()
    return right


@transaction.atomic
def remind(version: PolicyVersion, *, by, now: datetime) -> int:
    """Remind those who have not read it; gives how many."""
    _must_keep(by, version.policy.department_id)
    waiting = queries.reading(version, on=timezone.localdate(now)).waiting
    if waiting:
        notices.send(
            by=by, now=now, title=_("尚未阅读：%(t)s") % {"t": version}, url=address(version), users=waiting,
            text=_("阅读期限 %(by)s。") % {"by": version.read_by_on}, source_kind="policy", source_key=str(version.pk),
        )  # fmt: skip
    return len(waiting)


@transaction.atomic
def link(
    policy: Policy, *, by, now: datetime, key: int, finding=None, form: str = "", item: str = ""
) -> ClauseLink:
    """A finding or a checklist's item rests on a clause."""
    require(by, Permission.KEEP_POLICIES)
    if not Clause.objects.filter(version__policy=policy, key=key).exists():
        raise ValidationError(_("没有这一条款。"))
    found = ClauseLink.objects.filter(policy=policy, key=key, finding=finding, form=form, item=item).first()
    return found or ClauseLink.objects.create(
        institution_id=policy.institution_id, policy=policy, key=key, finding=finding, form=form, item=item,
        made_at=now, made_by=by,
    )  # fmt: skip


@transaction.atomic
def keep_diseases(*, by, department, names: Sequence[str]) -> None:
    """The diseases that a specialty's guidelines must cover; the list replaces the one before."""
    require(by, Permission.KEEP_POLICIES, department)
    Disease.objects.filter(department_id=department.id).exclude(name__in=names).delete()
    known = set(Disease.objects.filter(department_id=department.id).values_list("name", flat=True))
    Disease.objects.bulk_create(
        Disease(institution_id=current_scope().institution_id, department_id=department.id, name=one)
        for one in dict.fromkeys(names) if one not in known
    )  # fmt: skip


@transaction.atomic
def make_public(*, by, now: datetime, **values) -> PublicItem:
    """Note what was made public, where and when. values: title, channel, audience, published_on, renew_on."""
    require(by, Permission.KEEP_POLICIES, whole_hospital=True)
    return PublicItem.objects.create(institution_id=current_scope().institution_id, kept_by=by, **values)


def address(version: PolicyVersion) -> str:
    """Of the version's page."""
    return reverse("policies:version", args=[version.policy.code, version.number])
