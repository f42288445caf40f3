"""The contest of projects: announced, entered, judges by lot, scored on the form, ranked, published."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.forms import queries as sheets
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.improvements import rules_contest as rules
from zhikong.hospital.functions.improvements.actions.projects.common import required, wide
from zhikong.hospital.functions.improvements.models.competitions import Competition, Entry, Judge, Reading
from zhikong.hospital.functions.improvements.models.projects import Member, Project
from zhikong.hospital.functions.improvements.queries.projects import people

KIND, SCORE = "improvement_contest", "improvement_score"
State = Competition.State


def url_of(contest: Competition) -> str:
    return reverse("improvements:contest", args=[contest.pk])


@transaction.atomic
def announce(
    *, by, now: datetime, title: str, year: int, due_on: date, per_entry: int = 5, trim: int = 1,
    prizes: Iterable[tuple[str, int]] = (("一等奖", 1), ("二等奖", 2), ("三等奖", 3)), judges: Iterable = (),
    form_id: str = "qcc_contest_score",
) -> Competition:  # fmt: skip
    """Open a contest for entries, with the pool from which judges are drawn."""
    require(by, Permission.JUDGE_IMPROVEMENTS, whole_hospital=True)
    pool = list(judges)
    if per_entry < 1 or len(pool) < per_entry:
        raise ValidationError(f"每个项目要 {per_entry} 位评委，评委库里只有 {len(pool)} 位。")
    contest = Competition.objects.create(
        institution_id=current_scope().institution_id, title=required(title, "请写明竞赛名称。", least=4), year=year,
        due_on=due_on, per_entry=per_entry, trim=trim, prizes=[list(one) for one in prizes], form_id=form_id,
        made_at=now, made_by=by,
    )  # fmt: skip
    Judge.objects.bulk_create(
        Judge(institution_id=contest.institution_id, competition=contest, user=one, department_id=_place(one))
        for one in pool
    )
    return contest


def _place(user) -> int | None:
    """A department that the user sees, for the task; None for who sees the whole hospital."""
    held = [grant.departments for grant in user.grants()]
    return None if not held or None in held else min((pk for own in held for pk in own), default=None)


@transaction.atomic
def enter(contest: Competition, project: Project, *, by, now: datetime) -> Entry:
    """Put a project in; its checks up to the effect must be done, because there is nothing to judge before."""
    _in(contest, State.ENTRY, "报名已经结束。")
    if not people.may_work(by, project) and not people.may_judge(by, project):
        raise PermissionDenied("只有项目成员和管理改进项目的人可以报名。")
    if project.state not in (Project.State.STANDARDISED, Project.State.CLOSED):
        raise ValidationError("完成标准化的项目才能参赛：效果还没有确认，评委无从评分。")
    entry, _new = Entry.objects.get_or_create(
        competition=contest, project=project, institution_id=contest.institution_id,
        defaults={
            "title": project.title, "circle_name": project.circle_name, "department_name": project.department_name,
            "entered_at": now, "entered_by": by,
        },
    )  # fmt: skip
    return entry


def _in(contest: Competition, state: str, otherwise: str) -> None:
    contest.refresh_from_db(from_queryset=Competition.objects.select_for_update(of=("self",)))
    if contest.state != state:
        raise ValidationError(otherwise)


@transaction.atomic
def draw(contest: Competition, *, by, now: datetime, seed: str = "") -> Competition:
    """Judges by lot for every entry; nobody judges the own team or department. The seed is kept and shown."""
    require(by, Permission.JUDGE_IMPROVEMENTS, whole_hospital=True)
    _in(contest, State.ENTRY, "已经抽过签了。")
    entries, pool = (
        list(contest.entries.select_related("project")),
        list(contest.judges.select_related("user")),
    )
    if len(entries) < 2:
        raise ValidationError("至少要有两个参赛项目才能评比。")
    contest.seed = seed or secrets.token_hex(4)
    lot = rules.draw(
        [_candidate(one) for one in pool], [_contender(one) for one in entries], per_entry=contest.per_entry,
        seed=contest.seed,
    )  # fmt: skip
    if lot.short:
        names = "、".join(one.title for one in entries if one.pk in lot.short)
        raise ValidationError(f"回避之后评委不够：{names}。请在评委库里增加其他科室的人。")
    _hand_out(contest, lot, {one.pk: one for one in pool}, entries, by=by, now=now)
    contest.state, contest.drawn_at, contest.drawn_by = State.SCORING, now, by
    contest.save()
    return contest


def _candidate(judge: Judge) -> rules.Candidate:
    teams = (
        Member.objects.filter(person_id=judge.user.person_id)
        if judge.user.person_id
        else Member.objects.none()
    )
    led = Project.objects.filter(leader=judge.user).values_list("pk", flat=True)
    projects = {*teams.values_list("project_id", flat=True), *led}
    return rules.Candidate(judge.pk, frozenset(people.own_departments(judge.user)), frozenset(projects))


def _contender(entry: Entry) -> rules.Contender:
    return rules.Contender(
        entry.pk, entry.project_id, frozenset({entry.project.department_id, *entry.project.partners})
    )


def _hand_out(
    contest: Competition, lot: rules.Lot, pool: dict, entries: list[Entry], *, by, now: datetime
) -> None:
    for entry in entries:
        chosen = [pool[pk] for pk in lot.judges[entry.pk]]
        Reading.objects.bulk_create(
            Reading(
                institution_id=contest.institution_id, entry=entry, judge=one, readers=[one.user_id],
                reader_roles=["quality_office"],
            )
            for one in chosen
        )  # fmt: skip
        project = entry.project  # judges may look at what they judge
        project.readers = sorted({*project.readers, *(one.user_id for one in chosen)})
        project.save(update_fields=["readers"])
    for pk in {pk for judges in lot.judges.values() for pk in judges}:
        tasks.assign(
            by=by, now=now, owner=pool[pk].user, title=f"竞赛评分：{contest.title}", due_on=contest.due_on,
            due_reason="竞赛规定的评分截止日期", source_kind=KIND, source_key=f"{contest.pk}:{pk}", url=url_of(contest),
            department_id=pool[pk].department_id,
        )  # fmt: skip


@transaction.atomic
def open_reading(reading: Reading, *, by, now: datetime) -> Reading:
    """The judge's score sheet; opened once."""
    if by is None or reading.judge.user_id != by.pk:
        raise PermissionDenied("这份评分分给了另一位评委。")
    contest = reading.entry.competition
    _in(contest, State.SCORING, "现在不在评分期内。")
    if reading.sheet_id is None and not reading.recused:
        with wide():
            reading.sheet = forms.open_sheet(
                by=by, now=now, form_id=contest.form_id, source_kind=SCORE, source_key=str(reading.pk), filler=by,
                confidential=True,
            )  # fmt: skip
        reading.save(update_fields=["sheet"])
    return reading


@transaction.atomic
def recuse(reading: Reading, *, by, now: datetime, reason: str) -> Reading:
    """The judge steps back from one entry; the reason stays."""
    if by is None or reading.judge.user_id != by.pk:
        raise PermissionDenied("这份评分分给了另一位评委。")
    if reading.score is not None:
        raise ValidationError("已经交了评分，不能再回避。")
    reading.recused = required(reason, "请写明回避的理由。", least=4)
    reading.save(update_fields=["recused"])
    _done(reading, by=by, now=now)
    return reading


def scored(reading: Reading, *, score: Decimal, by, now: datetime) -> None:
    """A sheet was handed in: its total is the judge's score."""
    reading.score, reading.scored_at = score, now
    reading.save(update_fields=["score", "scored_at"])
    _done(reading, by=by, now=now)


def _done(reading: Reading, *, by, now: datetime) -> None:
    """The judge's task ends when every entry is scored or left for a reason."""
    left = Reading.objects.filter(judge=reading.judge, score=None, recused="")
    if not left.exists():
        key = f"{reading.entry.competition_id}:{reading.judge_id}"
        with wide():
            tasks.complete_for(source_kind=KIND, source_key=key, by=by, now=now)


def collect(contest: Competition, *, now: datetime) -> int:
    """Take over the totals of sheets that were handed in meanwhile; gives how many."""
    found = 0
    for reading in Reading.objects.filter(entry__competition=contest, score=None, sheet__isnull=False):
        sheet = sheets.sheet(reading.sheet_id)
        if sheet is not None and sheet.submitted_at and sheet.total is not None:
            scored(reading, score=sheet.total, by=None, now=now)
            found += 1
    return found


@transaction.atomic
def rank(contest: Competition, *, by, now: datetime) -> Competition:
    """Take down the ranking by trimmed means. Raises ValidationError while a score is missing."""
    require(by, Permission.JUDGE_IMPROVEMENTS, whole_hospital=True)
    contest.refresh_from_db(from_queryset=Competition.objects.select_for_update(of=("self",)))
    if contest.state not in (State.SCORING, State.RANKED):
        raise ValidationError("抽签之后、公布之前才能排名。")
    collect(contest, now=now)
    readings = Reading.objects.filter(entry__competition=contest)
    if missing := readings.filter(score=None, recused="").count():
        raise ValidationError(f"还有 {missing} 份评分没有交，不能排名。可以在下面的进度里看到是谁。")
    scores: dict[int, list[Decimal]] = {one.pk: [] for one in contest.entries.all()}
    for entry, score in readings.exclude(score=None).values_list("entry_id", "score"):
        scores[entry].append(score)
    if bare := [pk for pk, given in scores.items() if not given]:
        raise ValidationError(f"有 {len(bare)} 个项目的评委全部回避，没有评分。")
    places = rules.ranking(scores, trim=contest.trim)
    won = rules.prizes(places, [(str(name), int(count)) for name, count in contest.prizes])
    contest.ranking = [_line(one, won.get(one.entry, "")) for one in places]
    contest.state, contest.ranked_at, contest.ranked_by = State.RANKED, now, by
    contest.save()
    return contest


def _line(place: rules.Place, prize: str) -> dict:
    line = {key: str(value) if isinstance(value, Decimal) else value for key, value in asdict(place).items()}
    return line | {"prize": prize}


@transaction.atomic
def publish(contest: Competition, *, by, now: datetime) -> Competition:
    """Make the ranking public; by another than who ranked."""
    require(by, Permission.JUDGE_IMPROVEMENTS, whole_hospital=True)
    _in(contest, State.RANKED, "先排名，再公布。")
    if by is not None and contest.ranked_by_id == by.pk:
        raise ValidationError("排名由您作出，公布须由另一位有评审权限的人批准。")
    contest.state, contest.published_at, contest.published_by = State.PUBLISHED, now, by
    contest.save()
    leaders = [one.project.leader for one in contest.entries.select_related("project__leader")]
    notices.send(
        by=by, now=now, title=f"竞赛结果已公布：{contest.title}", url=url_of(contest),
        users=[one for one in leaders if one is not None], source_kind=KIND, source_key=str(contest.pk),
    )  # fmt: skip
    return contest
