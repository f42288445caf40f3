"""Bodies that a plan names become committees with chair and members, or the departments' quality groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.duties.models import Occurrence
from zhikong.foundation.findings.models import Referral
from zhikong.foundation.organisation import actions as organisation
from zhikong.foundation.organisation import rosters
from zhikong.foundation.organisation.models import Appointment, Body, Membership, Person
from zhikong.foundation.organisation.queries import aliases, departments, in_force
from zhikong.hospital.functions.meetings.models import Meeting
from zhikong.hospital.overviews.adopting.models import AdoptedThing
from zhikong.hospital.overviews.adopting.rules import bodies as words
from zhikong.hospital.overviews.adopting.rules.steps import Kind, Made, Outcome, Step, Way
from zhikong.hospital.overviews.adopting.rules.wishes import Paper, Wish

KIND = Kind.BODY
GROUP = Body.Kind.QC_GROUP.value
A_DAY = timedelta(days=1)
COMMITTEE_SIZE, GROUP_SIZE = (3, 99), (3, 5)


@dataclass(frozen=True)
class Wanted:
    """What is opened or filled. body: an existing one whose seats are set; seats: person → seat."""

    kind: str
    name: str
    department: int | None
    body: int | None
    seats: dict[int, str]
    cycle: int


def takes(wish: Wish, paper: Paper) -> bool:
    return wish.kind == "body"


def kind_linked(wish: Wish) -> str:
    """The kind of the body that the item is linked to; '' without a link."""
    kind, key = wish.link
    if kind != "committee":
        return ""
    found = rosters.body(pk=int(key)) if key.isdigit() else None
    return found.kind if found else key if key in words.NAMES else ""


def kind_of(wish: Wish) -> str:
    """The kind of body that a wish means: as linked, else by its words."""
    return kind_linked(wish) or words.kind_of(wish.subject) or words.kind_of(wish.text)


def plan(wishes: Sequence[Wish], paper: Paper) -> list[Step]:
    """One step for each committee; one for the groups of all departments together with those of each department."""
    grouped: dict[str, list[Wish]] = {}
    for wish in wishes:
        grouped.setdefault(kind_of(wish), []).append(wish)
    steps = [_unknown(wish, paper) for wish in grouped.pop("", [])]
    for kind, of in grouped.items():
        steps += _groups(of, paper) if kind == GROUP else [_committee(kind, of, paper)]
    return steps


def needed(kinds: dict[str, Wish], planned: Sequence[Step], paper: Paper) -> list[Step]:
    """Committees that a duty of the plan needs: without one nothing would come round, so a missing one is opened."""
    told = {step.key for step in planned}
    known = {one.body.kind: one.body for one in _standing(paper)}
    return [_needed(kind, wish, known.get(kind)) for kind, wish in kinds.items() if kind not in told]


def _standing(paper: Paper) -> list[rosters.BodyOn]:
    """The committees that stand beyond today: one that an undone adoption opened ends tonight and is missing tomorrow."""
    return rosters.committees(on=paper.today + A_DAY)


def _needed(kind: str, wish: Wish, known: Body | None) -> Step:
    if known is not None:
        url = reverse("organisation:change_body", args=[known.pk])
        return Step(KIND, Outcome.SAME, (wish,), known.name, _("已经登记。"), key=kind, url=url)
    why = _("计划规定了它的工作，本院还没有登记；成员请在组织机构里补齐。")
    name = words.NAMES[kind]
    wanted = Wanted(kind, name, None, None, {}, 3)
    return Step(KIND, Outcome.NEW, (wish,), name, why, key=kind, becomes=name, data=wanted)


def _unknown(wish: Wish, paper: Paper) -> Step:
    why = _("不在质量管理组织的名录里（六类委员会和科室质控小组）；请在核对页关联委员会，或标为知悉。")
    ways = (Way(_("回到核对页更正"), url=paper.url),)
    title = wish.subject or wish.text
    return Step(KIND, Outcome.IMPOSSIBLE, (wish,), title, why, key=f"text:{title}", ways=ways)


def _committee(kind: str, wishes: list[Wish], paper: Paper) -> Step:
    existing = next((one for one in _standing(paper) if one.body.kind == kind), None)
    seats = _seats(wishes, paper.today)
    own = wishes[0].subject
    name = own[:80] if own.endswith("委员会") and words.kind_of(own) == kind else words.NAMES[kind]
    missing = "" if Membership.Seat.CHAIR in seats.values() else _("主任委员还没有登记，请在组织机构里补齐。")
    wanted = Wanted(kind, name, None, existing.body.pk if existing else None, seats, 3)
    if existing is None:
        why = _("新建，已按计划排好 %(n)d 名成员。") % {"n": len(seats)} + missing
        return Step(
            KIND, Outcome.NEW, tuple(wishes), name, why, key=kind, becomes=_roster(seats) or name, data=wanted
        )
    url = reverse("organisation:change_body", args=[existing.body.pk])
    held = {member.person_id: member.seat for member in existing.members}
    if not seats or all(held.get(person) == seat for person, seat in seats.items()):
        return Step(KIND, Outcome.SAME, tuple(wishes), existing.body.name, _("已经登记。"), key=kind, url=url)
    wanted = Wanted(kind, existing.body.name, None, existing.body.pk, held | seats, 3)
    return Step(
        KIND, Outcome.CHANGED, tuple(wishes), existing.body.name, _("按计划调整成员。"), key=kind, url=url,
        was=_roster(held), becomes=_roster(held | seats), data=wanted,
    )  # fmt: skip


def _roster(seats: dict[int, str]) -> str:
    """主任委员（组长） 张三、委员（成员） 李四."""
    people = {one.pk: one.name for one in Person.objects.filter(pk__in=seats)}
    order = {seat: n for n, seat in enumerate(Membership.Seat.values)}
    told = sorted(seats.items(), key=lambda pair: (order[pair[1]], pair[0]))
    return "、".join(f"{Membership.Seat(seat).label} {people.get(person, '')}" for person, seat in told)[:200]


def _seats(wishes: Sequence[Wish], on: date) -> dict[int, str]:
    """Person → seat, of the people and posts that the plan names and the hospital has registered."""
    found: dict[int, str] = {}
    for wish in wishes:
        for person in _people(wish.word("chair"), on):
            found.setdefault(person, Membership.Seat.CHAIR.value)
            break  # one chair
        for person in _people(wish.word("members"), on):
            found.setdefault(person, Membership.Seat.MEMBER.value)
    return found


def _people(said: str, on: date) -> list[int]:
    """By name, by a post of the whole hospital, or the head of a department that the words name."""
    if not said:
        return []
    holders = Appointment.objects.filter(in_force(on)).select_related("person").order_by("pk")
    named = [one.person_id for one in holders if len(one.person.name) > 1 and one.person.name in said]
    tops = [post for post in words.posts_in(said) if post in ("deputy_director", "president")]
    high = [one.person_id for one in holders if one.post in tops]
    places = [pk for pk, calls in _calls(on).items() if any(call in said for call in calls)]
    heads = [
        one.person_id for one in holders if one.department_id in places and one.post == "department_head"
    ]
    return list(dict.fromkeys([*named, *high, *heads]))


def _calls(on: date) -> dict[int, list[str]]:
    others = aliases()
    return {d.id: [d.name, *others.get(d.id, [])] for d in departments(on=on)}


def _groups(wishes: list[Wish], paper: Paper) -> list[Step]:
    """A group for each clinical and medtech department that has none; one line for those that have."""
    missing = rosters.departments_without_group(on=paper.today + A_DAY)
    wanted = paper.department or wishes[0].department
    if wanted:
        missing = [one for one in missing if one.id == wanted]
    steps = [_group(one.id, one.name, wishes, paper.today) for one in missing]
    if steps:
        return steps
    url = reverse("organisation:list")
    return [
        Step(KIND, Outcome.SAME, tuple(wishes), words.NAMES[GROUP], _("各科室都已成立质控小组。"), GROUP, url=url)
    ]  # fmt: skip


def _group(department: int, name: str, wishes: list[Wish], on: date) -> Step:
    staff = rosters.staff(department_id=department, on=on)
    seats: dict[int, str] = {}
    for post, seat in (("department_head", "chair"), ("head_nurse", "deputy"), ("qc_officer", "member")):
        holder = next((one for one in staff if one.post == post and one.person_id not in seats), None)
        if holder is not None:
            seats[holder.person_id] = Membership.Seat(seat).value
    title = f"{name}质控小组"[:80]
    lacking = "" if len(seats) >= GROUP_SIZE[0] else _("不足 3 人，请在组织机构里补齐。")
    why = _("新建，已按岗位排好 %(n)d 名成员。") % {"n": len(seats)} + lacking
    return Step(
        KIND, Outcome.NEW, tuple(wishes), title, why, key=f"{GROUP}:{department}", becomes=_roster(seats) or title,
        data=Wanted(GROUP, title, department, None, seats, 1),
    )  # fmt: skip


def write(step: Step, *, by, now: datetime, paper: Paper) -> Made:
    wanted: Wanted = step.data
    before: dict[str, str] = {}
    if wanted.body is None:
        least, most = GROUP_SIZE if wanted.kind == GROUP else COMMITTEE_SIZE
        body = organisation.open_body(
            by=by, kind=wanted.kind, name=wanted.name, on=paper.today, department_id=wanted.department,
            cycle_months=wanted.cycle, remit=paper.quote(step.wishes[0], 400), size_min=least, size_max=most,
        ).pk  # fmt: skip
    else:
        body = wanted.body
        held = rosters.members(body=rosters.body(pk=body), on=paper.today)
        before = {str(member.person_id): member.seat for member in held}
    if wanted.seats:
        organisation.set_members(by=by, now=now, body_id=body, on=paper.today, seats=wanted.seats)
    url = reverse("organisation:change_body", args=[body])
    data = {"body": body, "opened": wanted.body is None, "before": before}
    return Made(step.key, step.title, url, data)


def used(thing: AdoptedThing) -> list[str]:
    """Meetings, matters laid before it, duties kept by it; seats that somebody changed."""
    body = thing.data["body"]
    if not thing.data["opened"]:
        later = Membership.objects.filter(
            body=body, valid_from__gt=timezone.localdate(thing.adoption.adopted_at)
        )
        return [_("成员此后又变动过")] if later.exists() else []
    said = []
    meetings = Meeting.objects.filter(body=body).exclude(state=Meeting.State.CANCELLED).order_by("on")
    said += [_("%(day)s 的会议") % {"day": one.on} for one in meetings[:3]]
    if n := Referral.objects.filter(body=body, withdrawn_at=None).count():
        said.append(_("已有 %(n)d 个提交给它的事项") % {"n": n})
    proved = Occurrence.objects.filter(body=body, proofs__isnull=False, proofs__withdrawn_at=None)
    if n := proved.distinct().count():
        said.append(_("%(n)d 期职责已有证据") % {"n": n})
    return said


def undo(thing: AdoptedThing, *, by, now: datetime, reason: str) -> None:
    """A body that the adoption opened ends today; of another one the seats are as they were."""
    body, today = thing.data["body"], timezone.localdate(now)
    if thing.data["opened"]:
        organisation.close_body(by=by, body_id=body, on=today)
        return
    seats = {int(person): seat for person, seat in thing.data["before"].items()}
    organisation.set_members(by=by, now=now, body_id=body, on=today, seats=seats)
