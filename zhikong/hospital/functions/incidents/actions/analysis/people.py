"""People of the case: named by a label, sealed, spoken with; what each has understood (认识到位)."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.analysis.common import offices_of, said, tell, writable
from zhikong.hospital.functions.incidents.models.analysis import (
    Analysis,
    CasePerson,
    CasePersonIdentity,
    TeamMember,
)
from zhikong.hospital.functions.incidents.models.analysis_work import TimelineEvent
from zhikong.hospital.functions.incidents.queries.analysis.reading import sealed_name

STEMS = "甲乙丙丁戊己庚辛壬癸"
SHORTEST = 10


def next_label(one: Analysis, group: str) -> str:
    """护士甲, 护士乙 …: the next free label of a group; after the ten stems with numbers."""
    word = CasePerson.Group(group).label
    taken = set(CasePerson.objects.filter(analysis=one).values_list("label", flat=True))
    names = [f"{word}{stem}" for stem in STEMS] + [f"{word}{number}" for number in range(11, 100)]
    return next(str(name) for name in names if str(name) not in taken)


@transaction.atomic
def add_person(one: Analysis, *, by, now: datetime, group: str, name: str = "") -> CasePerson:
    """A person of the case gets a label; the name, if told, is sealed at once and stands nowhere else."""
    held = writable(one, by=by)
    if group not in CasePerson.Group.values:
        raise ValidationError("请选择身份。")
    made = CasePerson.objects.create(
        institution_id=held.institution_id, analysis=held, label=next_label(held, group), group=group
    )
    if name.strip():
        _keep(made, held, name.strip())
    tell(held, "person", by=by, now=now, text=made.label)
    return made


def _keep(person: CasePerson, held: Analysis, name: str) -> None:
    leader = TeamMember.objects.filter(analysis=held, role=TeamMember.Role.LEADER)
    row = CasePersonIdentity(
        institution_id=held.institution_id, person=person, department_id=held.department_id,
        readers=list(leader.values_list("user_id", flat=True)), reader_roles=offices_of(held),
    )  # fmt: skip
    row.sealed = sealed_name(row, name)
    with neutral.nobody():  # whoever writes it down need not be one of those who may read it again
        row.save(force_insert=True)


@transaction.atomic
def speak(
    person: CasePerson, *, by, now: datetime, aware: str, words: str = "", support: str = ""
) -> CasePerson:
    """What came of talking with the person: understood in own words, not yet, or cannot be spoken with and why."""
    held = writable(person.analysis, by=by)
    if aware not in CasePerson.Aware.values or aware == CasePerson.Aware.PENDING:
        raise ValidationError("请选择谈话的结果。")
    asked = {
        CasePerson.Aware.REACHED: "请用本人的话写出：现在知道了什么，以后怎样做（至少 10 个字）。",
        CasePerson.Aware.NOT_REACHED: "请写明还差什么、接着怎样帮助他。",
        CasePerson.Aware.EXCUSED: "请写明为什么无法谈话。",
    }
    person.words = said(words, asked[CasePerson.Aware(aware)], SHORTEST if aware == "reached" else 4)
    person.aware, person.support, person.spoken_at, person.spoken_by = aware, support.strip(), now, by
    person.save()
    tell(held, "speak", by=by, now=now, text=f"{person.label}：{person.get_aware_display()}")
    return person


@transaction.atomic
def remove_person(person: CasePerson, *, by, now: datetime) -> None:
    """A person who was written down by mistake; one who stands in the timeline stays."""
    held = writable(person.analysis, by=by, lead=True)
    if TimelineEvent.objects.filter(person=person).exists():
        raise ValidationError(f"{person.label}在时间线里，不能删除。")
    label = person.label
    with neutral.nobody():
        CasePersonIdentity.objects.filter(person=person).delete()
        person.delete()
    tell(held, "person_removed", by=by, now=now, text=label)
