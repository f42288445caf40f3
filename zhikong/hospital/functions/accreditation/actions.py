"""All writes of accreditation: a review from a standard or a table, who answers, ratings, checks, evidence, gaps, surveys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.files import actions as files
from zhikong.foundation.files.models import File
from zhikong.foundation.findings import actions as findings
from zhikong.foundation.organisation.queries import heads
from zhikong.foundation.packstore.queries import resolve
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.accreditation import queries, rules
from zhikong.hospital.functions.accreditation.models import Clause, Event, Evidence, Look, Review, Survey

TASK = "accreditation"


def _tell(clause: Clause, *, by, now: datetime, text: str) -> None:
    Event.objects.create(institution_id=clause.institution_id, clause=clause, at=now, by=by, text=text)


def _said(text: str, why: str) -> str:
    if len(text.strip()) < 2:
        raise ValidationError(why)
    return text.strip()


def _open(clause: Clause) -> Clause:
    """The clause, locked, of a review that is not closed."""
    found = Clause.objects.select_for_update(of=("self",)).select_related("review").get(pk=clause.pk)
    if found.review.closed_at is not None:
        raise ValidationError(_("这次自评已经结束，不能再改。"))
    if found.kind != "clause":
        raise ValidationError(_("只有条款可以评。"))
    return found


def _worker(by, clause: Clause) -> None:
    if not can(by, Permission.KEEP_ACCREDITATION):
        if clause.department_id is None:
            raise ValidationError(_("这条还没有责任科室，请先由评审办公室指定。"))
        require(by, Permission.RATE_ACCREDITATION, clause.department_id)


@transaction.atomic
def begin(*, by, now: datetime, standard_id: str, year: int, due_on: date | None = None) -> Review:
    """A review against a packaged standard."""
    require(by, Permission.KEEP_ACCREDITATION)
    found = resolve(rules.CODE, standard_id, on=timezone.localdate(now))
    if found is None:
        raise ValidationError(_("没有这个评审标准。"))
    one: rules.Standard = found.obj
    return _make(
        by=by, now=now, title=f"{one.title} {year}", year=year, nodes=one.nodes, due_on=due_on,
        source=f"{one.document} {one.clause}".strip(), standard=(one.id, found.hash),
    )  # fmt: skip


@transaction.atomic
def begin_from_table(
    *, by, now: datetime, title: str, year: int, rows: Iterable[Sequence[object]], due_on: date | None = None, source: str
) -> Review:  # fmt: skip
    """A review against the hospital's own tree. Raises ValidationError with every wrong row."""
    require(by, Permission.KEEP_ACCREDITATION)
    nodes, problems = rules.from_rows(rows)
    if problems:
        raise ValidationError(problems[:50])
    return _make(
        by=by,
        now=now,
        title=_said(title, _("请写明名称。")),
        year=year,
        nodes=nodes,
        source=source,
        due_on=due_on,
    )


def _make(
    *, by, now: datetime, title: str, year: int, nodes: Sequence[rules.Node], source: str, due_on: date | None,
    standard: tuple[str, str] = ("", ""),
) -> Review:  # fmt: skip
    made = Review.objects.create(
        institution_id=current_scope().institution_id, title=title[:120], year=year, standard_id=standard[0],
        standard_hash=standard[1], source=source[:200], due_on=due_on, made_at=now, made_by=by,
    )  # fmt: skip
    rows, chapter = [], ""
    for order, node in enumerate(nodes, 1):
        chapter = node.code if node.kind == "chapter" else chapter
        rows.append(
            Clause(
                institution_id=made.institution_id, review=made, order=order, code=node.code, title=node.title[:300],
                kind=node.kind, chapter=chapter, core=node.core, points=dict(node.points or {}), mark=node.mark,
                indicator=node.indicator,
            )
        )  # fmt: skip
    Clause.objects.bulk_create(rows)
    return made


@transaction.atomic
def give_to(review: Review, *, by, now: datetime, codes: Iterable[str], department_id: int) -> int:
    """Say which department answers for clauses (a chapter's or section's code takes all below); its head gets one task each."""
    require(by, Permission.KEEP_ACCREDITATION)
    given = 0
    for clause in queries.below(review, codes):
        clause = _open(clause)
        if clause.department_id == department_id:
            continue
        tasks.cancel_for(
            source_kind=TASK, source_key=str(clause.pk), by=by, now=now, reason=_("责任科室已改")
        )
        clause.department_id = department_id
        clause.save(update_fields=["department"])
        _tell(clause, by=by, now=now, text=_("指定责任科室"))
        given += 1
        if not clause.rating:
            _task(clause, by=by, now=now, why=_("自评"))
    return given


def _task(clause: Clause, *, by, now: datetime, why: str) -> None:
    """The head's task until the review's due date; without a date or a head nobody has one."""
    due_on = clause.review.due_on
    owner = next(iter(heads(department_id=clause.department_id, on=timezone.localdate(now))), None)
    if owner is not None and due_on is not None:
        tasks.assign(
            by=by, now=now, owner=owner, title=f"{why}：{clause}", due_on=due_on, due_reason=_("自评期限"),
            source_kind=TASK, source_key=str(clause.pk), url=clause.get_absolute_url(),
            department_id=clause.department_id,
        )  # fmt: skip


@transaction.atomic
def rate(clause: Clause, *, by, now: datetime, rating: str, reason: str) -> Clause:
    """The department's own rating with its reason; an earlier check falls away."""
    clause = _open(clause)
    _worker(by, clause)
    if rating not in rules.RATINGS:
        raise ValidationError(_("请选择 A 到 E。"))
    if clause.checked:
        raise ValidationError(_("已经核查；请由评审办公室退回后再改。"))
    if rating in ("A", "B") and not clause.evidence.filter(removed_at=None).exists():
        raise ValidationError(_("评为 A 或 B 要先有证据。"))
    clause.rating, clause.reason = rating, _said(reason, _("请写明理由。"))
    clause.rated_at, clause.rated_by, clause.reopened_reason = now, by, ""
    clause.save()
    tasks.complete_for(source_kind=TASK, source_key=str(clause.pk), by=by, now=now)
    _tell(clause, by=by, now=now, text=f"{_('自评')} {rating}：{clause.reason}")
    return clause


@transaction.atomic
def check(clause: Clause, *, by, now: datetime, rating: str, reason: str) -> Clause:
    """The office's rating; when it differs from the own one it says why. Nobody checks what they rated themselves."""
    require(by, Permission.KEEP_ACCREDITATION)
    clause = _open(clause)
    if not clause.rating:
        raise ValidationError(_("这条还没有自评。"))
    if clause.rated_by_id == by.pk:
        raise ValidationError(_("自评和核查不能是同一个人。"))
    if rating not in rules.RATINGS:
        raise ValidationError(_("请选择 A 到 E。"))
    if rating != clause.rating:
        _said(reason, _("与自评不同时请写明理由。"))
    clause.checked, clause.check_reason = rating, reason.strip()
    clause.checked_at, clause.checked_by = now, by
    clause.save()
    _tell(clause, by=by, now=now, text=f"{_('核查')} {rating} {clause.check_reason}".strip())
    return clause


@transaction.atomic
def reopen(clause: Clause, *, by, now: datetime, reason: str) -> Clause:
    """Back to the department with the reason; the ratings so far stay in the story."""
    require(by, Permission.KEEP_ACCREDITATION)
    clause = _open(clause)
    clause.reopened_reason = _said(reason, _("退回时请写明理由。"))[:300]
    clause.rating = clause.checked = clause.check_reason = ""
    clause.rated_at = clause.rated_by = clause.checked_at = clause.checked_by = None
    clause.save()
    _tell(clause, by=by, now=now, text=_("退回：") + clause.reopened_reason)
    if clause.department_id:
        _task(clause, by=by, now=now, why=_("重新自评"))
    return clause


@transaction.atomic
def add_evidence(
    clause: Clause, *, by, now: datetime, title: str, dated_on: date, kind: str = "document", key: str = "",
    url: str = "", attached: Iterable[File] = (),
) -> Evidence:  # fmt: skip
    """Link a thing of the system by its address, or a paper; title and date are kept as they are now."""
    clause, attached = _open(clause), list(attached)
    _worker(by, clause)
    if not url and not attached:
        raise ValidationError(_("请填链接，或附上文件。"))
    if url and not url.startswith("/"):
        raise ValidationError(_("链接请填本系统里的地址，以 / 开头。"))
    if dated_on > timezone.localdate(now):
        raise ValidationError(_("证据的日期不能晚于今天。"))
    if key and clause.evidence.filter(kind=kind, key=key, removed_at=None).exists():
        raise ValidationError(_("这条证据已经关联。"))
    made = Evidence.objects.create(
        institution_id=clause.institution_id, clause=clause, kind=kind, key=key[:80],
        title=_said(title, _("请写明证据名称。"))[:160], dated_on=dated_on, url=url[:300],
        file_ids=[one.pk for one in attached], added_at=now, added_by=by,
    )  # fmt: skip
    for one in attached:
        files.use(one, by=by, now=now, used_for=f"accreditation.evidence:{made.pk}")
    _tell(clause, by=by, now=now, text=_("关联证据：") + made.title)
    return made


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by, now: datetime) -> None:
    """Take evidence away; the row stays in the story."""
    clause = _open(evidence.clause)
    _worker(by, clause)
    evidence.removed_at, evidence.removed_by = now, by
    evidence.save(update_fields=["removed_at", "removed_by"])
    _tell(clause, by=by, now=now, text=_("取消证据：") + evidence.title)


@transaction.atomic
def raise_gap(clause: Clause, *, by, now: datetime, detail: str):
    """A clause that is not met becomes a finding of its department, in the common loop."""
    require(by, Permission.KEEP_ACCREDITATION)
    clause = _open(clause)
    if clause.department_id is None:
        raise ValidationError(_("请先指定责任科室。"))
    if clause.stands not in ("C", "D"):
        raise ValidationError(_("评为 C 或 D 的条款才有差距。"))
    if queries.gaps([clause.pk], open_only=True):
        raise ValidationError(_("这条已有未关闭的整改问题。"))
    made = findings.raise_finding(
        by=by, now=now, department=clause.department_id, title=_("评审差距：%(c)s") % {"c": clause}, detail=detail,
        severity="major" if clause.core or clause.stands == "D" else "minor", source_kind=TASK,
        source_key=str(clause.pk), clause_key=f"accreditation:{clause.code}", clause_text=clause.title,
    )  # fmt: skip
    _tell(clause, by=by, now=now, text=_("差距转为整改问题 ") + made.number)
    return made


@transaction.atomic
def begin_survey(review: Review, *, by, now: datetime, name: str, on: date, size: int) -> Survey:
    """Draw the clauses of a mock survey: all core ones first."""
    require(by, Permission.KEEP_ACCREDITATION)
    clauses = {one.code: one for one in review.clauses.filter(kind="clause")}
    seed = int(now.timestamp()) % 1_000_000
    made = Survey.objects.create(
        institution_id=review.institution_id, review=review, name=_said(name, _("请写明名称。"))[:80], on=on, seed=seed,
        made_at=now, made_by=by,
    )  # fmt: skip
    core = [code for code, one in clauses.items() if one.core]
    Look.objects.bulk_create(
        Look(institution_id=review.institution_id, survey=made, clause=clauses[code])
        for code in rules.sample(list(clauses), core, size, seed)
    )
    return made


@transaction.atomic
def look(found: Look, *, by, now: datetime, rating: str, surveyor: str, remark: str = "") -> Look:
    """What a surveyor found."""
    require(by, Permission.KEEP_ACCREDITATION)
    if rating not in rules.RATINGS:
        raise ValidationError(_("请选择 A 到 E。"))
    found.rating, found.surveyor = rating, _said(surveyor, _("请写评审员姓名。"))[:40]
    found.remark, found.at, found.by = remark.strip(), now, by
    found.save()
    return found


@transaction.atomic
def close(review: Review, *, by, now: datetime) -> None:
    """End a review once every clause was rated and checked."""
    require(by, Permission.KEEP_ACCREDITATION)
    waiting = review.clauses.filter(kind="clause", checked="").count()
    if waiting:
        raise ValidationError(_("还有 %(n)d 条没有自评或没有核查。") % {"n": waiting})
    review.closed_at, review.closed_by = now, by
    review.save(update_fields=["closed_at", "closed_by"])
