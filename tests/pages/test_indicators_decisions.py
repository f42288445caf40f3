"""Notes on a chart and decisions about it: with reason and history, from the indicator's page (IND-52)."""

import pytest

from zhikong.hospital.functions.indicators.models.charts import ChartDecision

PAGE = "/indicators/average_length_of_stay/"


def text(response) -> str:
    return response.content.decode()


def decide(client, query="", **said):
    return client.post(f"{PAGE}decide/{query}", {"reason": "信息系统升级", **said}, follow=True)


@pytest.mark.proves("IND-52")
def test_a_new_phase_is_decided_with_a_reason_and_listed(office, figures):
    page = text(decide(office, kind="phase", first_month="2026-03"))
    assert "已记录，图和信号按这个决定重画" in page
    assert "分段：从该月起重新计算控制限" in page
    assert "信息系统升级（王敏" in page


def test_without_a_reason_or_with_a_wrong_month_nothing_is_recorded(office, figures):
    assert "理由" in text(decide(office, kind="phase", first_month="2026-03", reason=""))
    assert "起始月份" in text(decide(office, kind="phase", first_month="三月"))
    assert not ChartDecision.objects.exists()


def test_a_decision_is_withdrawn_with_a_reason_and_stays_in_the_history(office, figures):
    decide(office, kind="exclude", first_month="2026-03")
    decision = ChartDecision.objects.get()
    address = f"/indicators/decisions/{decision.pk}/withdraw/"
    assert "撤回" in text(office.post(address, {"reason": ""}, follow=True))
    page = text(office.post(address, {"reason": "核实后数据无误"}, follow=True))
    assert "核实后数据无误" in page
    assert "信息系统升级" in page


def test_a_department_head_notes_but_does_not_move_limits(head, figures):
    assert "已记录" in text(decide(head, kind="note", first_month="2026-10"))
    assert "已记录" not in text(decide(head, kind="phase", first_month="2026-03"))
    assert [d.kind for d in ChartDecision.objects.all()] == ["note"]


def test_physicians_decide_nothing(as_role, hospital, figures):
    physician = as_role("physician", hospital.departments["CARD"])
    assert (
        physician.post(
            f"{PAGE}decide/", {"kind": "note", "first_month": "2026-10", "reason": "x"}
        ).status_code
        == 403
    )
    assert "加注释或决定" not in text(physician.get(PAGE))
    assert physician.post("/indicators/decisions/1/withdraw/", {"reason": "x"}).status_code == 403
