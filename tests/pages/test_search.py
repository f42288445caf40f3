"""The search: everything that I may see, nothing else, and no number of a person in clear."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from zhikong.foundation.findings import actions as findings
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.organisation import actions as organisation
from zhikong.foundation.tasks import actions as tasks

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def text(response) -> str:
    return response.content.decode()


def search(client, q):
    return text(client.get("/search/", {"q": q}))


@pytest.fixture
def surgeon(as_role, hospital):
    return as_role("department_head", hospital.departments["GSUR"], name="孙立")


@pytest.fixture
def things(hospital, office, head):
    """A finding, a task and a notice about blue boxes, in cardiology."""
    card = hospital.departments["CARD"]
    findings.raise_finding(
        by=office.user, now=NOW, department=card, title="蓝色药盒缺药", detail="患者王五", severity="minor",
        source_kind="manual", source_key="", owner=head.user,
    )  # fmt: skip
    tasks.assign(
        by=office.user, now=NOW, owner=head.user, title="清点蓝色药盒", due_on=date(2026, 12, 1), due_reason="每月",
        source_kind="test", source_key="1", url="/somewhere/", department_id=card.id,
    )  # fmt: skip
    notices.send(by=None, now=NOW, title="蓝色药盒管理办法", users=[head.user])


def test_every_kind_is_found_under_its_heading(things, head):
    page = search(head, "蓝色药盒")
    for word in (
        "蓝色药盒缺药",
        "清点蓝色药盒",
        "蓝色药盒管理办法",
        "<h2>问题</h2>",
        "<h2>待办</h2>",
        "<h2>通知</h2>",
    ):
        assert word in page


def test_what_is_out_of_scope_is_not_found(things, surgeon):
    page = search(surgeon, "蓝色药盒")
    assert "没有找到" in page
    for word in ("蓝色药盒缺药", "清点蓝色药盒", "蓝色药盒管理办法"):
        assert word not in page


def test_texts_of_findings_are_not_searched(things, head):
    assert "蓝色药盒缺药" not in search(head, "王五")


def test_indicators_are_found_by_their_words_in_both_languages(head, as_role):
    assert "/indicators/average_length_of_stay/" in search(head, "住院日")
    assert "/indicators/average_length_of_stay/" in search(head, "length stay")
    assert "/indicators/" not in search(as_role("administrator"), "住院日").split("<main")[1]


def test_departments_are_found_by_name_code_and_alias(head, hospital):
    card = hospital.departments["CARD"].id
    organisation.add_alias(by=None, department_id=card, alias="心内")
    for q in ("心血管", "card", "心内"):
        assert f"/organisation/departments/{card}/" in search(head, q), q


def test_people_are_found_with_their_posts(head, hospital):
    organisation.appoint_by_number(
        by=None, staff_number="0815", name="欧阳娜", profession="doctor", post="physician",
        department_id=hospital.departments["CARD"].id, on=date(2026, 1, 1),
    )  # fmt: skip
    page = search(head, "欧阳")
    assert "欧阳娜" in page
    assert "心血管内科 医师" in page
    assert "欧阳娜" in search(head, "0815")


def test_more_than_a_few_are_announced_and_not_listed(head):
    for number in range(9):
        notices.send(by=None, now=NOW, title=f"蓝色药盒 {number}", users=[head.user])
    page = search(head, "蓝色药盒")
    assert page.count(">蓝色药盒 ") == 5
    assert "只列前 5 项" in page


def recorded():
    with connection.cursor() as cursor:
        cursor.execute("SELECT after::text FROM audit_auditevent WHERE subject = 'search' ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("number", ["110101199003078515", "13800138000", "患者 00123456"])
def test_a_number_of_a_person_is_refused_without_the_permission_and_kept_nowhere(office, number):
    answer = office.get("/search/", {"q": number})
    assert answer.status_code == 302
    assert number[-6:] not in answer.url
    page = text(office.get(answer.url))
    assert "不按患者身份查找" in page
    assert number[-6:] not in page
    assert len(recorded()) == 1
    assert number[-6:] not in recorded()[0]


def test_with_the_permission_it_is_searched_and_still_masked_in_the_trail(head):
    assert "没有找到" in search(head, "110101199003078515")
    assert "0785" not in recorded()[0]


def test_a_search_is_recorded_with_its_number_of_hits(things, head):
    search(head, "蓝色药盒")
    assert '"count": 5' in recorded()[0]  # the finding, its task and notice, and the other two
    assert "蓝色药盒" in recorded()[0]


@pytest.mark.parametrize("q", ["", "a", "%", "_%", "'; DROP TABLE", "\x00", "🙂"])
def test_odd_questions_are_answered(head, q):
    assert head.get("/search/", {"q": q}).status_code == 200


def test_the_top_bar_asks_on_every_page(head):
    page = text(head.get("/tasks/"))
    assert 'action="/search/"' in page
