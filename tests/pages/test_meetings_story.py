"""The demo's committee meetings can be told by the demo's own accounts, once."""

from datetime import date

from django.utils import timezone

from zhikong.foundation.organisation.models import Body, Membership, Person
from zhikong.hospital.functions.meetings.models import Meeting, Resolution
from zhikong.site.demo import meetings_story

SEATS = (
    ("zhikong", "quality_office", "member"),
    ("yiwu", "medical_affairs", "member"),
    ("huli", "nursing", "member"),
    ("yaoxue", "pharmacy", "member"),
    ("yuanzhang", "hospital_leader", "chair"),
)


def test_the_story_is_told_once_and_its_pages_open(as_role, hospital):
    body = Body.objects.create(
        institution_id=hospital.id,
        kind="safety_committee",
        name="医疗安全管理委员会",
        valid_from=date(2020, 1, 1),
    )
    used = [(as_role(role, username=name, name=name), seat) for name, role, seat in SEATS]
    head = as_role("department_head", hospital.departments["CARD"], username="keshi", name="李建国")
    absent = Person.objects.create(institution_id=hospital.id, staff_number="A1", name="缺席")
    _seat(hospital, body, absent, "member")
    for client, seat in used:
        _seat(hospital, body, _person(hospital, client.user), seat)
    _person(hospital, head.user)
    now = timezone.now()
    assert meetings_story.tell(now=now)
    assert not meetings_story.tell(now=now)
    held = Meeting.objects.get(state="held")
    page = used[0][0].get(f"/meetings/{held.pk}/sitting/").content.decode()
    assert "建议写明抽查覆盖夜间" in page
    assert Resolution.objects.filter(state="proven").count() == 1
    coming = Meeting.objects.get(state="planned")
    assert coming.topics.filter(kind="decision").count() == 2
    assert head.get(f"/meetings/{coming.pk}/sitting/").status_code == 200


def _person(hospital, user):
    if user.person is None:
        user.person = Person.objects.create(
            institution_id=hospital.id, staff_number=user.username, name=user.username
        )
        user.save(update_fields=["person"])
    return user.person


def _seat(hospital, body, person, seat):
    Membership.objects.create(
        institution_id=hospital.id, body=body, person=person, seat=seat, valid_from=date(2020, 1, 1)
    )
