"""The demo hospital's improvement projects: a circle that is done, one half-way on real figures, a PDCA just proposed;
suggestions of employees, and a contest that takes entries."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from docx import Document

from zhikong.foundation.access.models import User
from zhikong.foundation.files.actions import store
from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.organisation.queries import in_force, resolve
from zhikong.hospital.functions.improvements.actions.projects import (
    measuring,
    registering,
    stepping,
)
from zhikong.hospital.functions.improvements.forms_projects import PURPOSE
from zhikong.hospital.functions.improvements.models.projects import Member, Project
from zhikong.site.demo import improvements_circle as told
from zhikong.site.demo import improvements_running
from zhikong.site.demo.acting import at

HEAD_NURSE, OFFICE = "hushizhang", "zhikong"
DAYS, ENDED = 180, 14  # how long the finished circle took, and how long ago it ended
# of each step: first and last day of the project's days
SPANS = (
    (0, 9),
    (10, 13),
    (14, 33),
    (34, 37),
    (38, 47),
    (48, 53),
    (54, 125),
    (126, 161),
    (162, 171),
    (172, 179),
)


def tell(*, now: datetime) -> None:
    """Once; a second start finds everything there."""
    if Project.objects.exists():
        return
    users = {user.username: user for user in User.objects.filter(is_active=True)}
    finished = Circle(users[HEAD_NURSE], users[OFFICE], "CARD", now=now).run()
    improvements_running.tell(users, finished, now=now)


class Circle:
    """One circle that goes through all ten steps, as its leader enters them; every step passes its checks."""

    def __init__(self, leader: User, judge: User, place: str, *, now: datetime):
        self.leader, self.judge, self.now = leader, judge, now
        found = resolve(name_or_code=place, on=timezone.localdate(now))
        if found is None:
            raise LookupError(f"the demo has no department {place}")
        self.place, self.begun = found.id, timezone.localdate(now) - timedelta(days=DAYS + ENDED)
        self.project: Project | None = None

    def day(self, number: int) -> date:
        return self.begun + timedelta(days=number)

    def moment(self, number: int, hour: int = 15) -> datetime:
        return at(self.now, number - DAYS - ENDED, hour)

    def run(self) -> Project:
        """From the proposal to the judgement."""
        self.project = self._proposed()
        for step in (
            self._theme, self._plan, self._as_is, self._target, self._causes, self._measures, self._doing, self._effect,
            self._standard, self._review,
        ):  # fmt: skip
            step()
        registering.close(
            self.project,
            by=self.judge,
            now=at(self.now, -ENDED + 2),
            success=Project.Success.REACHED,
            text=told.JUDGED,
        )
        for index, (events, cases) in enumerate(told.WATCHED):
            period = f"{self.day(DAYS - 80 + 30 * index):%Y-%m}"
            measuring.watch(
                self.project, by=self.leader, now=self.now, period=period, events=events, cases=cases
            )
        return self.project

    def _proposed(self) -> Project:
        project = registering.propose(
            by=self.leader, now=self.moment(0, 9), kind_id="qcc_problem", title=told.TITLE, department_id=self.place, why=told.WHY,
            starts_on=self.begun, ends_on=self.day(DAYS - 1), ends_reason="年度品管圈计划：半年一期", line="nursing",
            measured=told.MEASURED, circle_name=told.CIRCLE, circle_meaning=told.MEANING,
        )  # fmt: skip
        registering.set_team(project, by=self.leader, now=self.moment(0, 10), seats=self._seats(project))
        registering.approve(
            project, by=self.judge, now=self.moment(1, 10), text="同意立项，请质控科派辅导员。"
        )
        return project

    def _seats(self, project: Project) -> dict[int, tuple[str, str]]:
        """The leader, six of the department, and a tutor of another one."""
        on = timezone.localdate(self.now)
        here = Appointment.objects.filter(in_force(on), department_id=self.place).values("person_id")
        own = self.leader.person_id
        people = list(Person.objects.filter(pk__in=here).exclude(pk=own).order_by("pk")[: len(told.TEAM)])
        seats = {one.pk: (Member.Role.MEMBER, duty) for one, duty in zip(people, told.TEAM, strict=False)}
        seats = {own: (Member.Role.LEADER, "统筹")} | seats
        others = Person.objects.exclude(
            pk__in=[*seats, *([self.judge.person_id] if self.judge.person_id else [])]
        )
        return seats | {others.order_by("pk").first().pk: (Member.Role.TUTOR, "指导方法")}

    def _save(self, number: int, key: str, **content) -> None:
        stepping.save_step(
            self.project, key, by=self.leader, now=self.moment(SPANS[number - 1][0]), content=content
        )

    def _finish(self, number: int, key: str) -> None:
        stepping.finish_step(self.project, key, by=self.leader, now=self.moment(SPANS[number - 1][1], 17))

    def _vote(self, number: int, key: str, points: dict[str, dict[str, int]], moment: str = "") -> None:
        """Every voting member; each gives one item a little less than the others do."""
        steps = {5: 3, 4: 3, 3: 1, 2: 1, 1: 1}
        for index, member in enumerate(one for one in self.project.members.order_by("pk") if one.votes):
            own = {item: dict(given) for item, given in points.items()}
            item = sorted(own)[index % len(own)]
            criterion = sorted(own[item])[index % len(own[item])]
            own[item][criterion] = steps[own[item][criterion]] if index % 2 else own[item][criterion]
            stepping.cast_ballot(
                self.project, key, by=self.leader, now=self.moment(SPANS[number - 1][1]), member=member, points=own, moment=moment,
            )  # fmt: skip

    def _theme(self) -> None:
        rows = [
            {"id": f"c{i}", "name": name, "problem": problem}
            for i, (name, problem, _) in enumerate(told.CANDIDATES, 1)
        ]
        definition = "分子：查检时不符合标准的抢救车药品物品项数；分母：查检的总项数。备用车不计。"
        self._save(1, "theme", candidates=rows, chosen="c1", background=told.WHY, definition=definition)
        codes = ("policy", "feasible", "urgent", "ability")
        odd = {4: 5}  # a theme is voted on with 5, 3 and 1
        points = {
            f"c{i}": {code: odd.get(p, p) for code, p in zip(codes, given, strict=True)}
            for i, (_, _, given) in enumerate(told.CANDIDATES, 1)
        }
        self._vote(1, "theme", points)
        self._finish(1, "theme")

    def _plan(self) -> None:
        keys = list(self.project.steps.order_by("position").values_list("key", flat=True))
        dates = {key: (self.day(a), self.day(b)) for key, (a, b) in zip(keys, SPANS, strict=True)}
        stepping.plan_steps(self.project, by=self.leader, now=self.moment(10), dates=dates)
        names = list(
            self.project.members.exclude(role="tutor").order_by("pk").values_list("person__name", flat=True)
        )
        self._save(2, "plan", who={key: names[i % len(names)] for i, key in enumerate(keys)})
        self._finish(2, "plan")

    def _as_is(self) -> None:
        items = [
            {"id": f"it{i}", "name": name, "count": count, "vital": i <= 3}
            for i, (name, count, _) in enumerate(told.ITEMS, 1)
        ]
        self._save(
            3, "as_is", flow=told.FLOW, method="按查检表逐项看数量、效期、标识、电量和登记", place="本科室三辆抢救车", checker="查检小组两人一组",
            **{"from": self.day(14).isoformat(), "to": self.day(31).isoformat()}, n=told.BEFORE[1], events=told.BEFORE[0], items=items,
        )  # fmt: skip
        self._finish(3, "as_is")

    def _target(self) -> None:
        rows = [{"id": f"ab{i}", "name": name} for i, name in enumerate(told.ABILITIES, 1)]
        self._save(
            4, "target", why="院级检查标准要求抢救车完好率 100%；先以公式目标为本期目标。", ability=rows
        )
        points = {row["id"]: {"score": 4 if i % 2 else 3} for i, row in enumerate(rows)}
        self._vote(4, "target", points)
        self._finish(4, "target")

    def _causes(self) -> None:
        causes = [
            {"id": f"ca{i}", "bone": bone, "middle": middle, "name": name, "chief": chief}
            for i, (bone, middle, name, chief) in enumerate(told.CAUSES, 1)
        ]
        where = f"本科室，{self.day(40)} 至 {self.day(46)}"
        checks = [
            {"id": f"ch{i}", "cause": f"ca{cause + 1}", "how": how, "where": where, "who": "查检小组", "n": n, "hits": hits,
             "true": true}
            for i, (cause, how, n, hits, true) in enumerate(told.CHECKS, 1)
        ]  # fmt: skip
        self._save(5, "causes", effect="抢救车为什么不合格", causes=causes, checks=checks)
        self._vote(
            5, "causes", {row["id"]: {"weight": 5 if row["chief"] else 1} for row in causes}
        )  # fmt: skip
        self._finish(5, "causes")

    def _measures(self) -> None:
        people = list(Person.objects.filter(pk__in=self.project.members.values("person_id")).order_by("pk"))
        points = {}
        for i, (cause, title, how, given, taken, *_rest) in enumerate(told.MEASURES):
            made = measuring.add_measure(
                self.project, by=self.leader, now=self.moment(48), title=title, how=how, cause=f"ca{cause + 1}", place="本科室",
                responsible=people[i % len(people)], planned_from=self.day(54 + 6 * i), planned_to=self.day(90 + 6 * i),
                strength="medium", state="taken" if taken else "left",
            )  # fmt: skip
            points[str(made.pk)] = {
                code: 5 if p == 4 else p
                for code, p in zip(("feasible", "cost", "benefit"), given, strict=True)
            }
        self._save(6, "measures", note="四条备选对策，三条达到满分的 80%。")
        self._vote(6, "measures", points)
        self._finish(6, "measures")

    def _doing(self) -> None:
        for measure, (*_head, taken, before, after, check, act) in zip(
            self.project.measures.order_by("number"), told.MEASURES, strict=True
        ):
            if not taken:
                continue
            started, ended = self.day(56 + 6 * measure.number), self.day(96 + 6 * measure.number)
            proof = self._file(
                f"对策{measure.number}实施记录.txt", f"{measure.title}\n{check}\n".encode(), 100
            )
            measuring.attach(
                self.project, "doing", by=self.leader, now=self.moment(120), files=[proof], measure=measure
            )
            measuring.change_measure(
                measure, by=self.leader, now=self.moment(120), state="done", done_text=measure.how, done_from=started, done_to=ended,
                check_text=check, before_events=before[0], before_n=before[1], after_events=after[0], after_n=after[1], act_text=act,
            )  # fmt: skip
        self._save(7, "doing", note="二维码初期受消毒液影响脱落，改用覆膜标签。")
        self._finish(7, "doing")

    def _file(self, name: str, content: bytes, day: int, kind: str = "text/plain"):
        upload = SimpleUploadedFile(name, content, content_type=kind)
        return store(
            by=self.leader, now=self.moment(day), upload=upload, department_id=self.place, purpose=PURPOSE
        )

    def _effect(self) -> None:
        abilities = [{"id": f"ab{i}", "name": name} for i, (name, _, _) in enumerate(told.GROWTH, 1)]
        items = [
            {"id": f"it{i}", "name": name, "count": after} for i, (name, _, after) in enumerate(told.ITEMS, 1)
        ]
        self._save(
            8, "effect", **{"from": self.day(128).isoformat(), "to": self.day(150).isoformat()}, place="本科室三辆抢救车",
            n=told.AFTER[1], events=told.AFTER[0], same_way="same", claim="reached", items=items, abilities=abilities,
            tangible="每月清点工时由 6.5 小时降到 4 小时；过期报损由每季 412 元降到 0。",
            side="交接班时间由平均 12 分钟升到 14 分钟，两周后回到 12 分钟；未见其他不良影响。",
        )  # fmt: skip
        for moment, place in (("before", 1), ("after", 2)):
            points = {f"ab{i}": {"score": row[place]} for i, row in enumerate(told.GROWTH, 1)}
            self._vote(8, "effect", points, moment)
        self._finish(8, "effect")

    def _standard(self) -> None:
        paper = Document()
        paper.add_heading("抢救车药品物品管理标准", level=1)
        for _cause, title, how, *_rest in told.MEASURES[:3]:
            paper.add_paragraph(f"{title}：{how}")
        saved = io.BytesIO()
        paper.save(saved)
        word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        file = self._file("抢救车药品物品管理标准.docx", saved.getvalue(), 165, word)
        measuring.attach(
            self.project, "standard", by=self.leader, now=self.moment(165), files=[file], standard=True
        )
        training = [
            {
                "id": "tr1",
                "on": self.day(168).isoformat(),
                "who": "全体护士",
                "people": 21,
                "passed": 21,
            }
        ]
        self._save(
            9, "standard", name="抢救车药品物品管理标准", code="HL-QJ-012", scope="本科室，护理部拟推广到全院病区",
            **{"from": self.day(170).isoformat()}, approver="护理部", training=training,
        )  # fmt: skip
        self._finish(9, "standard")

    def _review(self) -> None:
        rows = [
            {"id": f"st{i}", "step": step, "good": good, "bad": "", "next": after}
            for i, (step, good, after) in enumerate(told.REVIEW, 1)
        ]
        self._save(
            10, "review", steps=rows, left="夜间单人班的扫码核对仍需两分钟，正在优化。", next="缩短出院带药等候时间",
            watch_until=f"{self.day(DAYS + 180):%Y-%m}", watcher=str(self.leader),
        )  # fmt: skip
        self._finish(10, "review")
