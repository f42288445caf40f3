"""Pages of disputes and sealings: what is done on them, for whom, and who is refused."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from zhikong.hospital.functions.complaints.models.disputes import Dispute, DisputeBranch
from zhikong.hospital.functions.complaints.models.disputes_parts import DisputePaper, DisputeStatement
from zhikong.hospital.functions.complaints.models.disputes_sealing import Sealing


def html(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def office(as_role):
    return as_role("medical_affairs", name="周敏")


@pytest.fixture
def head(as_role, hospital):
    return as_role("department_head", hospital.departments["CARD"], name="李建国")


@pytest.fixture
def doctor(as_role, hospital):
    return as_role("physician", hospital.departments["CARD"], name="陈医")


@pytest.fixture
def written(office, hospital):
    told = {
        "title": "术后猝死，家属认为监护不到位", "department_id": hospital.departments["CARD"].id, "origin": "notice",
        "officer": office.user.pk, "known_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "claimed_fen": "900000.50",
        "report_class": "extraordinary", "cause": "treatment",
    }  # fmt: skip
    assert office.post(reverse("complaints:dispute_new"), told).status_code == 302
    return Dispute.objects.get()


def do(client, dispute, act, child=None, **told):
    args = [dispute.pk, act] + ([child] if child else [])
    answer = client.post(
        reverse("complaints:dispute_part" if child else "complaints:dispute_act", args=args),
        told,
        follow=True,
    )
    return html(answer)


@pytest.mark.proves("CMP-09")
def test_the_office_leads_a_dispute_through_its_page(office, head, doctor, written):
    assert written.claimed_fen == 90_000_050
    board = html(office.get(reverse("complaints:disputes")))
    assert written.title in board
    assert "院内报告分管院长" in board
    today = timezone.localdate().isoformat()
    page = do(office, written, "route", route="negotiation", opened_on=today)
    assert "需要书面和解协议" in page
    branch = DisputeBranch.objects.get()
    ended = {"state": "agreed", "ended_on": today, "agreed_fen": "1000", "result": "签字"}
    assert "请先登记：书面和解协议" in do(office, written, "end", branch.pk, **ended)
    do(
        office,
        written,
        "paper",
        title="和解协议",
        code="agreement",
        branch=branch.pk,
        dated_on=today,
        kept_at="医务科",
    )
    assert DisputePaper.objects.get().branch == branch
    assert "1,000.00 元" in do(office, written, "end", branch.pk, **ended)
    do(office, written, "ask", writer=doctor.user.pk, kind="statement", ask="请说明 3 时的处置")
    statement = DisputeStatement.objects.get()
    url = reverse("complaints:dispute_statement", args=[statement.pk])
    assert "请说明 3 时的处置" in html(doctor.get(url))
    assert doctor.get(reverse("complaints:dispute", args=[written.pk])).status_code == 403
    doctor.post(url, {"text": "3:10 到场抢救。"})
    assert "3:10 到场抢救" in html(office.get(url))
    page = html(head.get(reverse("complaints:dispute", args=[written.pk])))
    assert "填写讨论报告" in page
    assert "登记结果" not in page
    assert (
        head.post(
            reverse("complaints:dispute_act", args=[written.pk, "answer"]), {"text": "科室自己答复"}
        ).status_code
        == 403
    )
    sheet = head.post(reverse("complaints:dispute_discussion", args=[written.pk]), follow=True)
    assert "简要诊疗" in html(sheet)


def test_others_are_refused_and_learn_nothing(office, written, as_role, hospital):
    stranger = as_role("department_head", hospital.departments["GSUR"], name="钱主任")
    assert stranger.get(reverse("complaints:dispute", args=[written.pk])).status_code == 404
    assert written.title not in html(stranger.get(reverse("complaints:disputes")))
    nurse = as_role("nurse", hospital.departments["CARD"], name="张护士")
    for name in ("disputes", "dispute_calendar", "dispute_figures", "sealings", "dispute_new", "sealing_new"):
        assert nurse.get(reverse(f"complaints:{name}")).status_code == 403, name


@pytest.mark.proves("CMP-17")
def test_a_record_is_sealed_and_opened_on_its_page(office, hospital):
    told = {
        "kind": "record", "department_id": hospital.departments["CARD"].id, "patient": "赵某", "stay_id": "S-77",
        "reason": "家属要求", "place": "会议室", "seal_number": "FT-1", "kept_at": "保险柜", "custodian": office.user.pk,
        "copies_given": "3", "item_0_name": "病历复制件", "item_0_pages": "86",
    }  # fmt: skip
    bad = office.post(reverse("complaints:sealing_new"), told | {"item_0_pages": "很多"})
    assert "页数要写数字" in html(bad)
    assert office.post(reverse("complaints:sealing_new"), told).status_code == 302
    sealing = Sealing.objects.get()

    def act(step, **said):
        return html(
            office.post(reverse("complaints:sealing_act", args=[sealing.pk, step]), said, follow=True)
        )

    assert "还缺" in act("seal")
    act("sign", side="hospital", relation="医务科")
    assert "签名框" in act("sign", side="patient", name="赵女", relation="女儿")
    act("sign", side="patient", name="赵女", relation="女儿", strokes="[[1,2,300,400]]")
    assert "起锁定" in act("seal")
    assert "<polyline" in html(office.get(reverse("complaints:sealing", args=[sealing.pk])))
    for name, start in (("sealing_sheet", b"PK"), ("sealing_pdf", b"%PDF")):
        assert office.get(reverse(f"complaints:{name}", args=[sealing.pk])).content.startswith(start)
    act("sign", side="hospital", relation="医务科")
    act("sign", side="patient", name="赵女", relation="女儿", strokes="[[1,2,300,400]]")
    assert "已启封" in act("open", reason="双方要求", seal_state="完好")


def test_figures_calendar_and_papers(office, written):
    later = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    do(office, written, "hearing", kind="talk", starts_at=later, place="医务科", attends="周敏、李建国")
    assert "周敏、李建国" in html(office.get(reverse("complaints:dispute_calendar")))
    figures = reverse("complaints:dispute_figures")
    assert "不能计算" in html(office.get(figures))
    told = {"person_times": "10000", "income_fen": "20000000", "source": "年报"}
    assert "1.00/万人次" in html(
        office.post(f"{figures}?year={timezone.localdate().year}", told, follow=True)
    )
    for name, args in (("dispute_workbook", []), ("dispute_report", []), ("dispute_file", [written.pk])):
        assert office.get(reverse(f"complaints:{name}", args=args)).content.startswith(b"PK"), name
    died = (timezone.localtime() - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
    assert "尸检告知书" in do(office, written, "death", died_at=died)
    assert office.get(reverse("complaints:dispute_autopsy_notice", args=[written.pk])).content.startswith(
        b"PK"
    )
