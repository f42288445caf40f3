"""Where departments, people, roles and bodies stand: who is missing, not how many rows there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.access.queries import role_assignments
from zhikong.foundation.access.queries_passwords import standing as passwords
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.organisation import rosters
from zhikong.foundation.organisation.importing import queries as imports
from zhikong.foundation.organisation.models import Appointment, OrganisationImport, Person
from zhikong.foundation.organisation.queries import DepartmentOn, aliases, departments, in_force
from zhikong.hospital.overviews.starting.rules.steps import Found, Trouble, listed

HEAD, HEAD_NURSE, QC_OFFICER = "department_head", "head_nurse", "qc_officer"
CARING = ("clinical", "medtech")
OFFICES = ("quality_office", "medical_affairs", "nursing", "hospital_leader")
COMMITTEES = ("quality_committee", "record_committee", "infection_committee", "pharmacy_committee")


def of_departments(*, today: date, unknown: int) -> Found:
    """unknown: names in delivered files that no department is called by."""
    found = departments(on=today)
    caring = [d for d in found if d.kind in CARING]
    clinical = [d for d in found if d.kind == "clinical"]
    others = sum(len(names) for names in aliases().values())
    lines = (_("%(n)d 个科室：临床 %(clinical)d，医技 %(medtech)d，职能 %(functional)d；别名 %(aliases)d 个") % {
        "n": len(found), "clinical": len(clinical), "medtech": len(caring) - len(clinical),
        "functional": sum(d.kind == "functional" for d in found), "aliases": others,
    },)  # fmt: skip
    troubles = []
    if not clinical:
        troubles.append(Trouble(_("还没有临床科室。"), reverse("organisation:imports")))
    elif not sum(d.open_beds for d in clinical):
        troubles.append(Trouble(_("各科室都没有填开放床位，床位使用率无从核对。"), reverse("organisation:list"), blocks=False))  # fmt: skip
    if unknown:
        words = _("数据里有 %(n)d 个科室名称没有对应的科室。") % {"n": unknown}
        troubles.append(Trouble(words, f"{reverse('starting:history')}#unknown"))
    return Found(bool(caring), lines, (*troubles, *_waiting("departments")))


def of_staff(*, today: date) -> Found:
    """Who is missing where: heads, head nurses, quality control persons."""
    people = Person.objects.count()
    posts = _posts(today)
    caring = [d for d in departments(on=today) if d.kind in CARING]
    clinical = [d for d in caring if d.kind == "clinical" and d.open_beds]
    lines = (_("%(people)d 人，在岗任职 %(posts)d 条") % {"people": people, "posts": sum(map(len, posts.values()))},)  # fmt: skip
    placed = any(posts.get(d.id) for d in caring)
    troubles = [
        *_without(_("%(n)d 个科室没有登记任何人员：%(names)s"), [d for d in caring if not posts.get(d.id)]),
        *_without(_("%(n)d 个科室没有科主任：%(names)s"), _lacking(caring, posts, HEAD)),
        *_without(
            _("%(n)d 个科室没有护士长：%(names)s"), _lacking(clinical, posts, HEAD_NURSE), blocks=False
        ),
        *_without(_("%(n)d 个科室没有质控员：%(names)s"), _lacking(caring, posts, QC_OFFICER), blocks=False),
    ]
    return Found(placed, lines, (*(troubles if placed else ()), *_waiting("staff")))


def _posts(today: date) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for department, post in Appointment.objects.filter(in_force(today)).values_list("department_id", "post"):
        found.setdefault(department, []).append(post)
    return found


def _lacking(places: Iterable[DepartmentOn], posts: dict[int, list[str]], post: str) -> list[DepartmentOn]:
    """Departments with people, none of whom holds a post."""
    return [d for d in places if posts.get(d.id) and post not in posts[d.id]]


def _without(words: str, places: list[DepartmentOn], *, blocks: bool = True) -> list[Trouble]:
    if not places:
        return []
    said = words % {"n": len(places), "names": listed([d.name for d in places])}
    url = reverse("organisation:department", args=[places[0].id]) if len(places) == 1 else reverse("organisation:list")  # fmt: skip
    return [Trouble(f"{said}。", url, blocks)]


def of_roles(*, today: date, now: datetime) -> Found:
    """Which offices and departments nobody can sign in for, and who has no password of his own yet."""
    given = role_assignments(on=today)
    held = {a.role for a in given if a.user.is_active}
    heads = {a.department_id for a in given if a.role == HEAD and a.user.is_active}
    keys = passwords(now=now, on=today)
    caring = [d for d in departments(on=today) if d.kind in CARING]
    lines = (_("%(n)d 个账号：已改为自己的密码 %(own)d，首次密码待使用 %(waiting)d，还没有密码 %(none)d") % {
        "n": keys.accounts, "own": keys.own, "waiting": keys.waiting, "none": keys.none,
    },)  # fmt: skip
    offices = [str(ROLES[role].title) for role in OFFICES if role not in held]
    troubles = []
    if offices:
        troubles.append(Trouble(_("没有人担任：%(names)s。") % {"names": "、".join(offices)}, reverse("organisation:import_roles")))  # fmt: skip
    without = [d for d in caring if d.id not in heads]
    if without:
        words = _("%(n)d 个科室没有科主任账号：%(names)s。") % {"n": len(without), "names": listed([d.name for d in without])}  # fmt: skip
        troubles.append(Trouble(words, reverse("organisation:import_roles")))
    if keys.to_print:
        words = _("%(n)d 个账号还没有可用的首次密码。") % {"n": keys.to_print}
        troubles.append(Trouble(words, reverse("access:first_passwords")))
    if keys.waiting:
        troubles.append(Trouble(_("%(n)d 人还没有用首次密码登录。") % {"n": keys.waiting}, reverse("access:first_passwords"), blocks=False))  # fmt: skip
    return Found(bool(held - {"administrator", "quality_office"}), lines, tuple(troubles))


def of_committees(*, today: date) -> Found:
    """Departments without a group, groups that are not complete, committees that a hospital must have."""
    groups, bodies = rosters.groups(on=today), rosters.committees(on=today)
    lines = (_("质控小组 %(groups)d 个，委员会 %(bodies)d 个") % {"groups": len(groups), "bodies": len(bodies)},)  # fmt: skip
    without = rosters.departments_without_group(on=today)
    troubles = _without(_("%(n)d 个科室没有质控小组：%(names)s"), without)
    for group in (one for one in groups if one.problems):
        url = reverse("organisation:department", args=[group.body.department_id])
        troubles.append(Trouble(f"{group.body.name}：{'；'.join(group.problems)}", url))
    kinds = {one.body.kind for one in bodies}
    labels = dict(type(bodies[0].body).Kind.choices) if bodies else {}
    absent = [str(labels[kind]) for kind in COMMITTEES if kind not in kinds and labels]
    if absent:
        troubles.append(Trouble(_("还没有：%(names)s。") % {"names": "、".join(absent)}, reverse("organisation:imports"), blocks=False))  # fmt: skip
    begun = bool(groups or bodies)
    return Found(begun, lines, (*(_few(troubles) if begun else ()), *_waiting("committees")))


def _few(troubles: list[Trouble], most: int = 6) -> list[Trouble]:
    if len(troubles) <= most:
        return troubles
    more = Trouble(_("……另有 %(n)d 处。") % {"n": len(troubles) - most}, reverse("organisation:list"))
    return [*troubles[:most], more]


def _waiting(kind: str) -> list[Trouble]:
    """A list that was uploaded and waits for its confirmation; what the last one left out."""
    last = imports.last_imports().get(kind)
    if last is None:
        return []
    url = reverse("organisation:import_one", args=[last.pk])
    if last.state == OrganisationImport.State.PROPOSED:
        return [Trouble(_("清单“%(name)s”已上传，等待确认。") % {"name": last.file_name}, url)]
    held = last.counts.get("held", 0)
    words = _("上次导入的清单里有 %(n)d 行没有导入，原因见清单。") % {"n": held}
    return [Trouble(words, url, blocks=False)] if held else []
