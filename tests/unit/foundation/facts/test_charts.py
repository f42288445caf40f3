"""A chart is one stay with its documents and events, for its departments, and every look is logged."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from tests.charts import AT, FIRST_NOTE, note, publish, stay

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def charts(hospital):
    publish(
        hospital,
        now=NOW,
        stays=[stay("Z1"), stay("Z2", discharge_department="GSUR", admission_department="GSUR")],
        notes=[note("Z1", 2, "34", at=AT + timedelta(days=1)), note("Z1", 1), note("Z2", 1)],
        transfers=[
            {"stay_id": "Z2", "seq": 1, "from_department": "ICU", "to_department": "GSUR", "at": AT},
        ],
        results=[
            {"stay_id": "Z1", "item": "K", "name": "血钾", "value": 6.8, "unit": "mmol/L", "at": AT,
             "critical": True, "notified_at": AT + timedelta(minutes=5), "kind": "lab"},
        ],
    )  # fmt: skip
    return hospital


def test_a_closed_chart_has_its_documents_in_order_and_its_events(charts):
    from zhikong.foundation.facts.charts import chart_of

    found = chart_of("Z1", by=None, purpose="测试")
    assert [one.id for one in found.documents] == ["Z1-1", "Z1-2"]
    assert found.document("Z1-1").section("病例特点").text == FIRST_NOTE
    assert (found.month, found.department, found.is_open) == ("2026-10", "CARD", False)
    titles = [(event.title, event.detail) for event in found.events if event.table == "results"]
    assert titles == [("检验检查报告", "血钾，6.8，mmol/L"), ("危急值通报", "血钾，6.8，mmol/L")]
    assert "consents" in found.missing
    assert "documents" not in found.missing


def test_an_unknown_stay_is_said_to_be_unknown(charts):
    from zhikong.foundation.facts.charts import NoSuchChart, chart_of

    with pytest.raises(NoSuchChart, match="没有找到住院 Z9"):
        chart_of("Z9", by=None, purpose="测试")


def test_other_departments_read_it_only_when_they_are_let_in(charts):
    from zhikong.foundation.access.scope import scoped
    from zhikong.foundation.facts.charts import chart_of, stays_of_months

    narrow = charts.scope(departments=frozenset({charts.departments["CARD"].id}))
    with scoped(narrow):
        assert chart_of("Z1", by=None, purpose="测试").stay_id == "Z1"
        with pytest.raises(PermissionDenied, match="不在您的权限范围内"):
            chart_of("Z2", by=None, purpose="测试")
        assert chart_of("Z2", by=None, purpose="评审", admitted=True).stay_id == "Z2"
        rows = stays_of_months(["2026-10"], by=None, columns=["resident_doctor"], purpose="测试")
    assert [(row["stay_id"], row["resident_doctor"]) for row in rows] == [("Z1", "D001")]


def test_each_look_is_logged(charts):
    from zhikong.foundation.audit.models import AuditEvent
    from zhikong.foundation.facts.charts import chart_of

    chart_of("Z1", by=None, purpose="终末评审")
    (event,) = AuditEvent.objects.filter(subject="facts.chart")
    assert event.after["purpose"] == "终末评审（住院 Z1）"


def test_an_open_stay_is_read_from_the_live_rows_in_the_same_shape(charts):
    import json

    from zhikong.foundation.facts.charts import chart_of
    from zhikong.foundation.patients.models import LiveRow

    card = charts.departments["CARD"].id
    rows = {
        "stays": ("O1", {"stay_id": "O1", "patient_key": "P9", "admitted_at": "2026-11-20T08:00:00", "current_department": "CARD"}),
        "documents": ("O1-1", {"stay_id": "O1", "document_id": "O1-1", "type": "33", "written_at": "2026-11-20T12:00:00"}),
        "document_sections": ("O1-1s", {"stay_id": "O1", "document_id": "O1-1", "seq": 1, "section": "病例特点", "text": "胸痛"}),
    }  # fmt: skip
    LiveRow.objects.bulk_create(
        LiveRow(
            institution_id=charts.id, table=table, key=json.dumps([key]), stay_id="O1", department_id=card, row=row,
            version=1, feed="emr", received_at=NOW,
        )
        for table, (key, row) in rows.items()
    )  # fmt: skip
    found = chart_of("O1", by=None, purpose="测试")
    assert (found.is_open, found.month, found.department) == (True, "", "CARD")
    assert found.documents[0].section("病例特点").text == "胸痛"
    assert [event.title for event in found.events if event.table == "stays"] == ["入院"]
