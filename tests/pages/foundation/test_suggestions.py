"""病历建议服务 and 病历建议: off by default, set by the administrator, judged by a reviewer, refused to others."""

from datetime import UTC, datetime

import pytest

from tests.charts import note, publish, stay

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SETTINGS = {
    "enabled": "on",
    "address": "http://127.0.0.1:9/v1",
    "model": "house",
    "key": "sk-geheim",
    "seconds": "30",
}


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def chart(hospital):
    publish(hospital, now=NOW, stays=[stay("Z1")], notes=[note("Z1", 1, "37")])
    return hospital


def test_the_administrator_switches_it_on_and_the_key_is_never_shown(chart, as_role):
    from zhikong.foundation.suggestions import queries

    admin = as_role("administrator")
    assert "默认停用" in text(admin.get("/suggestions/"))
    assert admin.post("/suggestions/", SETTINGS).status_code == 302
    assert queries.is_on()
    page = text(admin.get("/suggestions/"))
    assert "已保存密钥" in page
    assert "geheim" not in page
    assert "不在院内" in text(admin.post("/suggestions/", SETTINGS | {"address": "http://8.8.8.8/v1"}))


def test_a_reviewer_sees_that_it_is_off_and_a_doctor_is_refused(chart, as_role):
    assert "没有启用建议服务" in text(as_role("quality_office").get("/suggestions/stays/Z1/"))
    doctor = as_role("doctor", chart.departments["CARD"])
    assert doctor.get("/suggestions/stays/Z1/").status_code == 403
    assert doctor.get("/suggestions/").status_code == 403


def test_a_reviewer_asks_and_decides(chart, as_role):
    from zhikong.foundation.suggestions import actions
    from zhikong.foundation.suggestions.models import Call
    from zhikong.foundation.suggestions.rules import Part, Remark

    as_role("administrator").post("/suggestions/", SETTINGS)
    head = as_role("quality_office")
    assert head.post("/suggestions/stays/Z1/ask/").status_code == 302
    assert "正在等待回答" in text(head.get("/suggestions/stays/Z1/"))
    part = Part("D1", "Z1-1", "首次病程记录", "病例特点", "拟行冠脉造影。")
    call = Call.objects.get()
    remark = Remark(part, 0, 6, "拟行冠脉造影", "写明指征。")
    actions.note_answer(call=call, found=[remark], dropped=0, now=NOW, milliseconds=5)
    page = text(head.get("/suggestions/stays/Z1/"))
    assert "写明指征。" in page
    assert "不计分" in page
    (one,) = call.suggestions.all()
    assert head.post(f"/suggestions/{one.pk}/decide/", {"taken": "1"}).status_code == 302
    one.refresh_from_db()
    assert (one.outcome, one.decided_by) == ("taken", head.user)


def test_an_unknown_stay_is_not_found(chart, as_role):
    assert as_role("quality_office").get("/suggestions/stays/Z9/").status_code == 404
