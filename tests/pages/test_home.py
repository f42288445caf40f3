"""Where everybody lands: what is due, off target and changed, within the scope of the role (jobs.md)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhikong.foundation.findings import actions as findings

MOST_QUERIES = 58  # one or two for each function that has a card
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def text(response) -> str:
    return response.content.decode()


def raise_one(office, hospital, now, code="CARD", **changes):
    values = {
        "title": "三日确诊率下降",
        "detail": "十月 60 %，目标 90 %",
        "severity": "minor",
        "source_kind": "indicator",
        "source_key": "diagnosis_within_three_days@2026-10",
        "indicator_id": "diagnosis_within_three_days",
        "month": "2026-10",
    }
    return findings.raise_finding(
        by=office.user, now=now, department=hospital.departments[code], **values | changes
    )


def test_strangers_are_sent_to_the_door(client, db):
    answer = client.get("/")
    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]


def test_the_office_sees_off_target_changes_alerts_and_the_close(office, figures):
    page = text(office.get("/"))
    assert "全院 2026 年 10 月 2 项有目标的指标中 1 项未达标" in page
    assert "目前没有正在整改的问题" in page
    assert "新增未达标 1 项" in page
    assert "未达标指标" in page
    assert "尚缺分析 2 项" in page
    assert "数据截至 2026-11-22 10:00" in page
    assert "/indicators/months/2026-10/" in page


@pytest.mark.proves("ORG-02", "ORG-07")
def test_a_head_sees_the_own_department_only(head, office, figures, hospital):
    raise_one(office, hospital, NOW)
    raise_one(office, hospital, NOW, "GSUR", title="外科的问题")
    page = text(head.get("/"))
    assert "心血管内科 2026 年 10 月" in page
    assert "三日确诊率下降" in page
    assert "外科的问题" not in page
    assert "普通外科" not in page
    assert "答复整改问题" in page
    assert "核实整改效果" not in page


def test_a_physician_sees_the_department_and_no_close(as_role, figures, hospital):
    page = text(as_role("physician", hospital.departments["CARD"]).get("/"))
    assert "心血管内科" in page
    assert "月度结账" not in page


def test_the_leader_is_told_whom_to_call(as_role, office, head, figures, hospital):
    leader = as_role("hospital_leader", name="陈院长")
    page = text(leader.get("/"))
    assert "建议过问：质控科" in page
    assert "还没有人说明原因" in page
    raise_one(office, hospital, NOW - timedelta(days=20), due_on=date(2026, 11, 10), due_reason="院领导指定")
    page = text(leader.get("/"))
    assert "正在整改 1 个问题，其中 1 个逾期" in page
    assert "建议过问：心血管内科 李建国" in page


def test_an_auditor_lands_without_figures(as_role, figures):
    page = text(as_role("auditor").get("/"))
    assert "未达标" not in page
    assert "指标监测" not in page


def test_before_any_data_home_still_opens(office, hospital):
    assert office.get("/").status_code == 200


def test_home_is_made_of_few_queries(office, figures):
    office.get("/")
    with CaptureQueriesContext(connection) as seen:
        office.get("/")
    assert len(seen) <= MOST_QUERIES, [q["sql"][:90] for q in seen]
