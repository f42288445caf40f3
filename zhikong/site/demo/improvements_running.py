"""The demo's circle that is half-way, on figures that the demo hospital really has; and a PDCA that was just proposed;
suggestions of employees, and a contest that takes entries."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.organisation.queries import in_force, resolve
from zhikong.hospital.functions.improvements.actions.projects import (
    competing,
    registering,
    stepping,
    suggesting,
)
from zhikong.hospital.functions.improvements.models.projects import Link, Member, Project
from zhikong.hospital.functions.improvements.models.suggestions import Suggestion
from zhikong.hospital.functions.indicators.models import IndicatorValue
from zhikong.site.demo import improvements_circle as told
from zhikong.site.demo.acting import at

INDICATOR = "diagnosis_within_three_days"
SURGEON, HEAD, OFFICE = "guke", "keshi", "zhikong"
TITLE = "提高入院三日确诊率"
CAUSES = (
    ("人", "上级查房不及时"), ("人", "下级医师不敢下诊断"), ("法", "检查预约排队"), ("法", "会诊超过 24 小时"), ("法", "没有三日未确诊提醒"),
    ("物", "影像报告滞后"), ("物", "诊断编码难找"), ("环", "周末入院检查少"), ("环", "节假日门诊停检"), ("测", "确诊时间登记不准"),
)  # fmt: skip


def tell(users: dict[str, User], finished: Project, *, now: datetime) -> None:
    """Nothing where the demo has no such figures or people."""
    if SURGEON in users:
        _half_way(users[SURGEON], users[OFFICE], now)
    if HEAD in users:
        _just_begun(users[HEAD], now)
    _suggestions(users, now)
    _contest(users, finished, now)


def _half_way(leader: User, judge: User, now: datetime) -> None:
    place = resolve(name_or_code="ORTH", on=timezone.localdate(now))
    values = IndicatorValue.objects.filter(indicator_id=INDICATOR, department_id=place.id) if place else ()
    rows = (
        [(one.month, int(one.numerator), int(one.denominator)) for one in values.order_by("-month")[:3]]
        if place
        else []
    )
    if place is None or not rows or leader.person_id is None:
        return
    start = timezone.localdate(now) - timedelta(days=40)
    project = registering.propose(
        by=leader, now=at(now, -40), kind_id="qcc_problem", title=TITLE, department_id=place.id, starts_on=start,
        ends_on=start + timedelta(days=170), ends_reason="年度品管圈计划：半年一期", line="clinical", measured="入院三日确诊率",
        direction=Project.Direction.UP, indicator_id=INDICATOR, circle_name="精准圈", why="三日确诊率低于目标，住院日因此延长。",
        circle_meaning="“精准”指诊断又快又准；圈徽是对准骨骼的准星。",
    )  # fmt: skip
    registering.set_team(project, by=leader, now=at(now, -40), seats=_seats(leader, judge, place.id, now))
    registering.link(
        project, by=leader, now=at(now, -40), what=Link.What.INDICATOR, key=INDICATOR, label="入院三日确诊率"
    )
    registering.approve(project, by=judge, now=at(now, -38), text="同意立项。")
    _plan_half(project, leader, rows, now)


def _seats(leader: User, judge: User, place: int, now: datetime) -> dict[int, tuple[str, str]]:
    here = Appointment.objects.filter(in_force(timezone.localdate(now)), department_id=place).values(
        "person_id"
    )
    people = Person.objects.filter(pk__in=here).exclude(pk=leader.person_id).order_by("pk")[:5]
    seats = {leader.person_id: (Member.Role.LEADER, "统筹")} | {
        one.pk: (Member.Role.MEMBER, "资料收集") for one in people
    }
    others = Person.objects.exclude(pk__in=[*seats, *([judge.person_id] if judge.person_id else [])])
    return seats | {others.order_by("-pk").first().pk: (Member.Role.TUTOR, "指导方法")}


def _plan_half(project: Project, leader: User, rows: list[tuple[str, int, int]], now: datetime) -> None:
    candidates = [
        {"id": "c1", "name": TITLE},
        {"id": "c2", "name": "缩短术前等待日"},
        {"id": "c3", "name": "降低切口换药次数"},
    ]
    stepping.save_step(
        project, "theme", by=leader, now=at(now, -37),
        content={
            "candidates": candidates, "chosen": "c1", "background": "三日确诊率连续几个月低于目标值，影响治疗方案和平均住院日。",
            "definition": "分子：入院三日内确诊的出院人数；分母：同期出院人数。口径见指标定义。",
        },
    )  # fmt: skip
    for index, member in enumerate(one for one in project.members.order_by("pk") if one.votes):
        points = {
            item: dict.fromkeys(
                ("policy", "feasible", "urgent", "ability"), 5 if item == "c1" else 3 if index % 2 else 1
            )
            for item in ("c1", "c2", "c3")
        }
        stepping.cast_ballot(project, "theme", by=leader, now=at(now, -36), member=member, points=points)
    stepping.finish_step(project, "theme", by=leader, now=at(now, -35))
    _dates(project, leader, now)
    events, n = sum(row[1] for row in rows), sum(row[2] for row in rows)
    items = [("检查结果回报晚", 0.42), ("上级查房晚", 0.27), ("会诊等待", 0.17), ("疑难病例", 0.14)]
    missed = n - events
    stepping.save_step(
        project, "as_is", by=leader, now=at(now, -20),
        content={
            "flow": "入院\n首次病程记录与初步诊断\n检查预约（常等待）\n检查回报\n上级医师查房确诊", "method": "按指标口径取出院病例，未确诊的逐份查原因",
            "place": "本科室", "checker": "质控员与住院总", "from": f"{rows[-1][0]}-01", "to": f"{rows[0][0]}-28", "n": n, "events": events,
            "items": [
                {"id": f"it{i}", "name": name, "count": round(missed * part)} for i, (name, part) in enumerate(items, 1)
            ],
        },
    )  # fmt: skip
    stepping.finish_step(project, "as_is", by=leader, now=at(now, -15))
    stepping.save_step(
        project, "causes", by=leader, now=at(now, -3),
        content={
            "effect": "为什么三日内没有确诊",
            "causes": [
                {"id": f"ca{i}", "bone": bone, "middle": "", "name": name, "chief": i in (3, 5)}
                for i, (bone, name) in enumerate(CAUSES, 1)
            ],
        },
    )  # fmt: skip


def _dates(project: Project, leader: User, now: datetime) -> None:
    spans = (
        (0, 9),
        (10, 14),
        (15, 29),
        (30, 34),
        (35, 44),
        (45, 50),
        (51, 118),
        (119, 152),
        (153, 161),
        (162, 169),
    )
    keys = list(project.steps.order_by("position").values_list("key", flat=True))
    dates = {
        key: (project.starts_on + timedelta(days=a), project.starts_on + timedelta(days=b))
        for key, (a, b) in zip(keys, spans, strict=True)
    }
    stepping.plan_steps(project, by=leader, now=at(now, -34), dates=dates)
    who = dict.fromkeys(keys, str(leader))
    stepping.save_step(project, "plan", by=leader, now=at(now, -34), content={"who": who})
    stepping.finish_step(project, "plan", by=leader, now=at(now, -33))


def _just_begun(head: User, now: datetime) -> None:
    """A PDCA from a finding of the department that the demo's story raised."""
    place = resolve(name_or_code="CARD", on=timezone.localdate(now))
    finding = Finding.objects.filter(department_id=place.id).order_by("pk").first() if place else None
    if finding is None:
        return
    project = registering.propose(
        by=head, now=at(now, -2), kind_id="pdca", title=f"改进：{finding.title}"[:120], department_id=finding.department_id,
        why=finding.detail, origin=Project.Origin.FINDING, line="clinical", indicator_id=finding.indicator_id,
    )  # fmt: skip
    registering.link(
        project, by=head, now=at(now, -2), what=Link.What.FINDING, key=str(finding.pk),
        label=f"{finding.number} {finding.title}",
    )  # fmt: skip


def _suggestions(users: dict[str, User], now: datetime) -> None:
    for days, (by, title, text, benefit, hidden, answered) in enumerate(told.SUGGESTIONS):
        made = suggesting.suggest(
            by=users[by],
            now=at(now, -12 + 4 * days),
            title=title,
            text=text,
            benefit=benefit,
            name_hidden=hidden,
        )
        if answered:
            state, answer, thanks = answered
            suggesting.answer(
                Suggestion.objects.get(pk=made.pk), by=users[OFFICE], now=at(now, -9 + 4 * days), text=answer, state=state, thanks=thanks,
            )  # fmt: skip


def _contest(users: dict[str, User], finished: Project, now: datetime) -> None:
    judges = [
        users[name] for name in ("yuanzhang", "yiwu", "huli", "guke", "bingan", "yuangan") if name in users
    ]
    contest = competing.announce(
        by=users[OFFICE], now=at(now, -5), title=f"{now.year} 年改进项目竞赛", year=now.year,
        due_on=timezone.localdate(now) + timedelta(days=21), per_entry=3, trim=0, judges=judges,
    )  # fmt: skip
    competing.enter(contest, finished, by=users["hushizhang"], now=at(now, -4))
