"""Pages of complaints: inside the house each for its readers; outside it without login, cookie or trace of the reader."""

import io
import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook
from PIL import Image

from zhikong.foundation.audit.models import AuditEvent
from zhikong.hospital.functions.complaints import voice_pass
from zhikong.hospital.functions.complaints.actions.intake import accepting, answering, arranging, verifying
from zhikong.hospital.functions.complaints.models.intake import Complainant, Complaint, VoiceSetting
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintMessage, ComplaintStatement
from zhikong.hospital.functions.complaints.rules_intake import State

WORDS = "周末两天没有人换药，问护士不解释。"
STORY = {
    "channel": "phone", "received_at": "2026-11-20T09:30", "content": WORDS, "demand": "说明原因。", "who": "family",
    "name": "陈家属", "phone": "13800138000",
}  # fmt: skip


def html(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


@pytest.fixture
def officer(as_role):
    return as_role("complaint_officer", name="吴专员")


@pytest.fixture
def head(as_role, hospital):
    return as_role("department_head", hospital.departments["CARD"], name="李建国")


@pytest.fixture
def nurse(as_role, hospital):
    return as_role("nurse", hospital.departments["CARD"], name="孙护士")


@pytest.fixture
def complaint(officer, hospital):
    told = STORY | {"department_id": hospital.departments["CARD"].id, "category": "treatment"}
    page = html(officer.post(reverse("complaints:new"), told))
    assert "查询单" in page
    return Complaint.objects.get()


def do(client, complaint, act, **told):
    return html(client.post(reverse("complaints:act", args=[complaint.pk, act]), told, follow=True))


def test_the_desk_says_what_to_do_while_it_is_empty(officer):
    assert "谁接到投诉谁登记" in html(officer.get(reverse("complaints:desk")))


@pytest.mark.proves("CMP-02", "CMP-04", "CMP-08")
def test_an_officer_carries_a_complaint_through_its_page(officer, head, complaint, hospital):
    card = hospital.departments["CARD"].id
    page = html(officer.get(reverse("complaints:desk")))
    assert WORDS[:10] in page
    url = reverse("complaints:complaint", args=[complaint.pk])
    page = html(officer.get(url))
    assert "下一步：受理" in page
    assert "陈家属" not in page
    assert "陈家属" in html(officer.get(f"{url}?person=1"))
    do(officer, complaint, "accept", category="treatment", main=card)
    do(officer, complaint, "facts", found="换药记录缺两次。")
    page = do(officer, complaint, "tell")
    assert "等科室报告" in page
    page = html(head.get(url))
    assert "科室讨论报告" in page
    assert "陈家属" not in html(head.get(f"{url}?person=1"))
    sheet = complaint.concerneddepartments.get().sheet_id
    assert "三、目前采取的措施" in html(head.get(reverse("forms:fill", args=[sheet])))
    Complaint.objects.update(state=State.DECIDING)
    decided = {
        "verdict": "founded",
        "branch": "explain",
        "communication": "yes",
        "cause": "没有解释",
        "decision": "当面解释",
    }
    assert "为什么不需要整改" in do(officer, complaint, "decide", **decided)
    do(officer, complaint, "decide", **decided, no_measure="已当场补换药并解释")
    do(officer, complaint, "answer", text="已核实，周末换药遗漏，现已改正，向您致歉。", way="phone")
    assert "还没有回访" in do(officer, complaint, "close")
    do(officer, complaint, "call", reached="yes", satisfaction="4", words="接受")
    assert "已办结" in do(officer, complaint, "close")


@pytest.mark.proves("CMP-03")
def test_a_nurse_is_told_a_complaint_and_hands_it_over(nurse, officer):
    page = html(nurse.post(reverse("complaints:new"), STORY | {"channel": "ward_book"}))
    complaint = Complaint.objects.get()
    assert "去移交" in page
    assert (complaint.first_recipient, complaint.handler) == (nurse.user, nurse.user)
    page = do(nurse, complaint, "hand_over", text="家属在护士站")
    assert "对方接收前仍由您负责" in page
    assert "下一步：接收" in html(officer.get(reverse("complaints:complaint", args=[complaint.pk])))
    do(officer, complaint, "take")
    complaint.refresh_from_db()
    assert complaint.handler == officer.user


def test_a_registration_sent_twice_is_one(officer):
    told = STORY | {"nonce": "the-page-that-was-open"}
    first = html(officer.post(reverse("complaints:new"), told))
    again = html(officer.post(reverse("complaints:new"), told))
    pair = re.compile(r"<dd>([^<]+)</dd>")
    assert pair.findall(first) == pair.findall(again)
    assert Complaint.objects.count() == 1


def test_others_find_no_such_complaint(complaint, as_role, hospital):
    url = reverse("complaints:complaint", args=[complaint.pk])
    for role, code in (
        ("physician", "CARD"),
        ("department_head", "GSUR"),
        ("administrator", None),
        ("auditor", None),
    ):
        department = hospital.departments[code] if code else None
        client = as_role(role, department)
        assert client.get(url).status_code == 404, role
        assert client.post(reverse("complaints:act", args=[complaint.pk, "close"])).status_code == 404, role
    assert Client().get(url).status_code == 302


@pytest.mark.proves("CMP-05")
def test_who_is_asked_writes_his_statement_and_sees_nothing_else(officer, complaint, as_role, hospital):
    card = hospital.departments["CARD"]
    doctor = as_role("physician", card, name="钱医师")
    do(officer, complaint, "accept", category="treatment", main=card.id)
    refused = do(
        officer, complaint, "ask", writer=doctor.user.pk, matter="陈家属说没有换药", questions="经过？"
    )
    assert "投诉人的姓名或电话" in refused
    do(
        officer,
        complaint,
        "ask",
        writer=doctor.user.pk,
        matter="术后换药",
        questions="周末谁换药？\n为什么没有解释？",
    )
    statement = ComplaintStatement.objects.get()
    url = reverse("complaints:statement", args=[statement.pk])
    page = html(doctor.get(url))
    assert "周末谁换药" in page
    assert "家属" not in page.split("<main")[1]
    doctor.post(
        url, {"course": "周六开了换药医嘱，交接遗漏。", "answer_0": "值班护士。", "answer_1": "没有注意到。"}
    )
    statement.refresh_from_db()
    assert statement.submitted_at
    assert "交接遗漏" in html(officer.get(url))
    assert as_role("nurse", card, name="别的护士").get(url).status_code == 404
    do(officer, complaint, "return_statement", statement=statement.pk, text="请补充交接单")
    assert "请补充交接单" in html(doctor.get(url))


def test_the_answer_goes_out_as_a_letter(officer, complaint, hospital):
    now = timezone.now()
    Complaint.objects.update(state=State.ANSWERING)
    answering.answer(
        complaint, by=officer.user, now=now, text="已核实，周末换药遗漏。\n科室已改正并致歉。", way="letter"
    )
    answer = officer.get(reverse("complaints:answer_letter", args=[complaint.pk]))
    said = "\n".join(p.text for p in Document(io.BytesIO(answer.content)).paragraphs)
    assert "陈家属：" in said
    assert "科室已改正并致歉。" in said
    assert "人民调解" in said


def test_figures_and_their_workbook(officer, nurse, complaint):
    page = html(officer.get(reverse("complaints:figures"), {"first": "2026-11", "last": "2026-11"}))
    assert "显示为“—”，不当作 0" in page
    answer = officer.get(reverse("complaints:figures_workbook"), {"first": "2026-11", "last": "2026-11"})
    sheet = load_workbook(io.BytesIO(answer.content))["按月"]
    assert [cell.value for cell in sheet[2]][:2] == ["2026-11", 1]
    assert nurse.get(reverse("complaints:figures")).status_code == 404


@pytest.mark.proves("CMP-16", "CMP-18")
def test_codes_posters_and_the_public_notice(officer, hospital):
    officer.post(reverse("complaints:points"), {"act": "all"})
    page = html(officer.get(reverse("complaints:points")))
    assert page.count("海报（PDF）") == len(hospital.departments)
    token = re.search(r"/voice/p/([\w-]+)/", page)[1]
    pdf = officer.get(re.search(r"/complaints/points/\d+/poster.pdf", page)[0])
    assert pdf.content.startswith(b"%PDF")
    assert officer.get(reverse("complaints:notice_pdf")).content.startswith(b"%PDF")
    place = re.search(r"/voice/p/[\w-]+/", page)[0]
    assert Client().get(place).status_code == 200
    officer.post(re.search(r"/complaints/points/\d+/end/", page)[0])
    assert Client().get(f"/voice/p/{token}/").status_code == 404


def test_a_statutory_limit_is_not_made_longer(officer):
    told = {
        "address": "门诊一楼 108", "telephone": "0571-0000", "hours": "工作日 8–17 时", "open": "on", "hourly_limit": 60,
        "retain_years": 5, "days_answer": 9,
    }  # fmt: skip
    assert "小于或等于" in html(officer.post(reverse("complaints:settings"), told))
    officer.post(reverse("complaints:settings"), told | {"days_answer": 3})
    assert VoiceSetting.objects.get().clock_days == {"answer": 3}


# ---- without login ------------------------------------------------------------------------------------------------------


def note(hospital, point=None, seconds=60):
    opened = int(timezone.now().timestamp()) - seconds
    return voice_pass.sign_form(voice_pass.FormNote(f"n{opened}", opened, hospital.id, point))


def written(hospital, **changes):
    return {
        "note": note(hospital),
        "content": WORDS,
        "who": "family",
        "name": "陈家属",
        "phone": "13800138000",
        "consent": "on",
    } | changes


@pytest.fixture
def family(hospital, monkeypatch):
    """A telephone that was never here; the test installation has two hospitals, and this one is asked."""
    from zhikong.hospital.functions.complaints.views.intake import voice

    monkeypatch.setattr(voice, "_only", lambda: hospital.id)
    return Client()


def picture():
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    Image.new("RGB", (40, 30), "red").save(stream, "JPEG", exif=exif)
    stream.seek(0)
    stream.name = "where-I-live.jpg"
    return stream


@pytest.mark.proves("CMP-03", "CMP-01")
def test_a_family_complains_follows_adds_rates_and_asks_again(family, officer, hospital):
    point = arranging.make_point(
        by=officer.user, now=timezone.now(), department_id=hospital.departments["CARD"].id
    )
    assert "心血管内科" in html(family.get(reverse("voice:place", args=[point.token])))
    assert "selected>心血管内科" in html(family.get(reverse("voice:new"), {"p": point.token}))
    page = html(
        family.post(reverse("voice:new"), written(hospital, note=note(hospital, point.pk), photos=picture()))
    )
    number, key = re.findall(r"<dd>([^<]+)</dd>", page)
    complaint = Complaint.objects.get()
    assert (complaint.department_name, complaint.handler, complaint.channel) == (
        "心血管内科",
        officer.user,
        "web",
    )
    photo = complaint.complaintfiles.get().file
    assert photo.kind == "jpg"
    assert photo.digest != photo.received_digest
    assert not family.cookies
    page = html(family.post(reverse("voice:follow"), {"number": number, "key": key.lower()}))
    assert "已收到。投诉管理部门" in page
    case = re.search(r'name="case" value="([^"]+)"', page)[1]
    page = html(
        family.post(reverse("voice:follow"), {"case": case, "act": "add", "text": "当时还有一位家属在场。"})
    )
    assert "已收到您的补充" in page
    assert ComplaintMessage.objects.get().from_complainant
    Complaint.objects.update(state=State.ANSWERING)
    answering.answer(
        complaint, by=officer.user, now=timezone.now(), text="已核实，周末换药遗漏，向您致歉。", way="page"
    )
    page = html(family.post(reverse("voice:follow"), {"number": number, "key": key}))
    assert "向您致歉" in page
    html(family.post(reverse("voice:follow"), {"case": case, "act": "rate", "rating": "2"}))
    page = html(
        family.post(reverse("voice:follow"), {"case": case, "act": "review", "text": "没有说明是谁的责任"})
    )
    assert "复核正在进行" in page
    complaint.refresh_from_db()
    assert (complaint.rating, complaint.state, complaint.reviews) == (2, State.REVIEW, 1)


def test_the_page_sent_twice_is_one_complaint(family, hospital):
    told = written(hospital)
    first, again = (html(family.post(reverse("voice:new"), told)) for _ in range(2))
    assert re.findall(r"<dd>([^<]+)</dd>", first) == re.findall(r"<dd>([^<]+)</dd>", again)
    assert Complaint.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"website": "http://buy.example"}, "提交得太快"),
        ({"consent": ""}, "请看一遍并勾选"),
        ({"content": "差"}, "多写几个字"),
        ({"note": "forged"}, "页面打开太久"),
    ],
)
def test_what_is_refused_keeps_what_was_written(family, hospital, changes, said):
    page = html(family.post(reverse("voice:new"), written(hospital, **changes)), 422)
    assert said in page
    assert "陈家属" in page
    assert not Complaint.objects.exists()


def test_a_flood_is_held_off_for_all_alike_and_nobody_is_counted(family, hospital, officer):
    arranging.save_setting(
        by=officer.user,
        now=timezone.now(),
        values={"hourly_limit": 1, "address": "一楼", "telephone": "0571"},
    )
    html(family.post(reverse("voice:new"), written(hospital, note=note(hospital, seconds=61))))
    page = html(family.post(reverse("voice:new"), written(hospital, note=note(hospital, seconds=90))), 422)
    assert "这一小时网上提交的人很多" in page
    assert WORDS in page


def test_wrong_keys_close_the_page_for_a_while(family, complaint):
    told = {"number": complaint.number, "key": "22222222"}
    for _ in range(8):
        assert "编号或密钥不对" in html(family.post(reverse("voice:follow"), told), 422)
    assert "分钟后再试" in html(family.post(reverse("voice:follow"), told), 422)
    Complaint.objects.update(key_locked_until=timezone.now() - timedelta(minutes=1))
    assert "编号或密钥不对" in html(family.post(reverse("voice:follow"), told), 422)


def test_the_pass_to_a_complaint_is_ours_and_ends(family, complaint):
    forged = signing.dumps([complaint.institution_id, complaint.pk], salt="other")
    page = html(family.post(reverse("voice:follow"), {"case": forged, "act": "add", "text": "混进来的"}), 422)
    assert "页面打开太久" in page
    assert not ComplaintMessage.objects.exists()


def test_nothing_of_the_reader_is_noted(hospital, monkeypatch, nurse):
    """A member of staff who writes at home on the same browser is not taken for its author."""
    from zhikong.hospital.functions.complaints.views.intake import voice

    monkeypatch.setattr(voice, "_only", lambda: hospital.id)
    nurse.post(
        reverse("voice:new"),
        written(hospital, who="anonymous"),
        HTTP_USER_AGENT="Canary/1.0",
        REMOTE_ADDR="10.9.8.7",
    )
    complaint = Complaint.objects.get()
    assert complaint.first_recipient is None
    assert not Complainant.objects.exists()
    rows = AuditEvent.objects.filter(subject__startswith="complaints")
    assert rows.exists()
    assert not rows.filter(user_id=nurse.user.pk).exists()
    assert not any("Canary" in str(vars(row)) or "10.9.8.7" in str(vars(row)) for row in rows)


def test_a_refused_complaint_tells_why(family, officer, complaint):
    accepting.refuse(
        complaint, by=officer.user, now=timezone.now(), reason="该事项已由人民法院受理，请按法院程序办理。"
    )
    page = html(officer.get(reverse("complaints:complaint", args=[complaint.pk])))
    assert "人民法院" in page
    key = re.search(
        r"<b>(\w{4} \w{4})</b>", html(officer.post(reverse("complaints:act", args=[complaint.pk, "key"])))
    )[1]
    page = html(family.post(reverse("voice:follow"), {"number": complaint.number, "key": key}))
    assert "人民法院" in page
    assert "补充情况" not in page


def test_an_unfinished_verification_is_not_told_to_departments(officer, complaint, hospital):
    accepting.accept(
        complaint,
        by=officer.user,
        now=timezone.now(),
        category="treatment",
        departments=[hospital.departments["CARD"].id],
    )
    assert "请先写下核实到的事实" in do(officer, complaint, "tell")
    assert not verifying.ConcernedDepartment.objects.exclude(told_at=None).exists()
