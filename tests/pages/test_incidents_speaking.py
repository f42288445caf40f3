"""The anonymous pages: from the form through the spool into the office's hands, and back with number and key."""

import io
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from PIL import Image

from tests.speaking import Writer, report
from zhikong.hospital.functions.incidents.actions.anonymous import committing
from zhikong.hospital.functions.incidents.models.anonymous import AnonymousThread
from zhikong.hospital.functions.incidents.models.reporting import Incident, ReporterIdentity
from zhikong.hospital.functions.incidents.queries import reporting
from zhikong.hospital.functions.incidents.spool import slots
from zhikong.hospital.functions.incidents.spool.places import places


@pytest.fixture
def writer(settings, tmp_path, hospital):
    return Writer(settings, tmp_path)


def later(hours=25):
    return timezone.now() + timedelta(hours=hours)


@pytest.mark.proves("EVT-01")
def test_a_report_waits_sealed_and_becomes_an_incident_of_nobody(writer, hospital):
    form = writer.get("/speak/?h=A&d=GSUR")
    assert form.status == 200
    assert '<option value="GSUR" selected>' in form.text
    sent = writer.post("/speak/", report(writer, h="A"))
    assert "已经加密收好" in sent.text
    assert Incident.objects.count() == 0
    assert committing.commit(now=timezone.now()).taken == 0
    assert committing.commit(now=later()).taken == 1
    made = Incident.objects.get()
    assert (made.privacy, made.harm, made.department_id) == (
        "anonymous",
        "C",
        hospital.departments["GSUR"].id,
    )
    assert (made.reported_at.minute, made.reported_at.second, made.reported_at.microsecond) == (0, 0, 0)
    assert reporting.told(made).what == "患者在走廊滑了一下，没有受伤。"
    assert ReporterIdentity.objects.count() == 0
    assert slots.waiting(places()) == []


def test_no_cookie_is_set_or_read_and_nothing_is_kept_by_the_browser(writer):
    answer = writer.get("/speak/?h=A", HTTP_COOKIE="zhikong_session=" + "x" * 32)
    assert "Set-Cookie" not in answer.headers
    assert "X-Request-ID" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text


def test_the_same_form_again_gives_the_same_receipt_and_no_second_report(writer):
    fields = report(writer, h="A")
    first, second = writer.post("/speak/", fields), writer.post("/speak/", fields)
    assert first.secrets() == second.secrets()
    committing.commit(now=later())
    assert writer.post("/speak/", fields).secrets() == first.secrets()
    committing.commit(now=later(50))
    assert Incident.objects.count() == AnonymousThread.objects.count() == 1
    assert slots.waiting(places()) == []


def test_what_may_tell_who_wrote_it_is_shown_before_anything_is_kept(writer):
    fields = report(writer, h="A", what="我值班时李主任 14:35 给患者 13800000000 换药。")
    look = writer.post("/speak/", fields)
    for word in ("我值班", "主任", "14:35", "13800000000", "还没有发送"):
        assert word in look.text
    assert slots.waiting(places()) == []
    assert "已经加密收好" in writer.post("/speak/", {**fields, "seen": "1"}).text


def test_the_gravest_goes_at_once_after_a_warning(writer):
    fields = report(writer, h="A", harm="I", at_once="1")
    look = writer.post("/speak/", fields)
    assert "您选了立即送达" in look.text
    assert slots.waiting(places()) == []
    assert "一分钟内送达受理人" in writer.post("/speak/", {**fields, "seen": "1"}).text
    assert committing.commit(now=timezone.now(), urgent_only=True).taken == 1
    assert "小时内的某个整点" in writer.post("/speak/", report(writer, h="A", at_once="1", later="1")).text
    assert committing.commit(now=timezone.now(), urgent_only=True).taken == 0
    grave = report(writer, h="A", harm="H")
    assert "后果严重：要不要立即送达？" in writer.post("/speak/", grave).text
    assert "一分钟内送达受理人" in writer.post("/speak/", {**grave, "soon": "1"}).text
    assert committing.commit(now=timezone.now(), urgent_only=True).taken == 1


def test_missing_answers_are_told_and_what_was_typed_stays(writer):
    page = writer.post("/speak/", report(writer, h="A", harm="", occurred_on="2999-01-01"))
    assert page.status == 400
    assert "请选择患者怎么样了" in page.text
    assert "发生的时间还没有到" in page.text
    assert "患者在走廊滑了一下" in page.text


def test_a_form_that_was_open_too_long_keeps_its_words(writer):
    page = writer.post("/speak/", report(writer, h="A", ticket="AAAA"))
    assert page.status == 400
    assert "这一页打开得太久" in page.text
    assert "患者在走廊滑了一下" in page.text


@pytest.mark.parametrize(
    ("change", "status"),
    [({"REQUEST_METHOD": "PUT"}, 405), ({"HTTP_SEC_FETCH_SITE": "cross-site"}, 403),
     ({"CONTENT_LENGTH": "99999999999"}, 413), ({"CONTENT_TYPE": "text/plain"}, 400), ({"HTTP_HOST": "evil.example"}, 400)],
)  # fmt: skip
def test_what_is_no_form_of_ours_is_refused(writer, change, status):
    assert writer.post("/speak/", report(writer, h="A"), **change).status == status
    assert slots.waiting(places()) == []


def photo(**exif):
    picture = Image.effect_noise((2400, 1800), 90).convert("RGB")
    data = Image.Exif()
    data[0x010F], data[0x0110] = "CanaryMaker", "CanaryPhone 7"
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=95, exif=data, comment=b"canary comment")
    return content.getvalue()


def test_photos_lose_everything_but_their_pixels_and_are_kept_with_the_incident(writer):
    fields = report(writer, h="A")
    look = writer.upload("/speak/", fields, [("photo", "IMG_2026_canary.jpg", photo())])
    assert "照片里的拍摄时间" in look.text
    kept = look.text.partition('name="kept0" value="')[2].partition('"')[0]
    sent = writer.upload("/speak/", {**fields, "seen": "1", "kept0": kept}, [])
    assert "已经加密收好" in sent.text
    committing.commit(now=later())
    from zhikong.hospital.functions.incidents import neutral

    (found,) = reporting.photos(Incident.objects.get())
    content = b"".join(neutral.file_content(by=None, now=timezone.now(), file_id=found.file))
    assert b"anary" not in content
    with Image.open(io.BytesIO(content)) as picture:
        assert max(picture.size) <= 1280
        assert not picture.getexif()


def test_other_files_and_voice_are_refused_with_a_reason(writer):
    for content, word in ((b"%PDF-1.7 ...", "只收照片"), (b"OggS" + bytes(200), "不收录音")):
        page = writer.upload("/speak/", report(writer, h="A"), [("photo", "x", content)])
        assert page.status == 400
        assert word in page.text
    assert slots.waiting(places()) == []


def test_with_a_recogniser_of_its_own_the_words_are_kept_and_the_sound_is_not(writer, settings):
    settings.SPEAK_RECOGNISER = ["sh", "-c", "wc -c > /dev/null; echo 听到的话"]
    page = writer.upload("/speak/", report(writer, h="A"), [("voice", "x.ogg", b"OggS" + bytes(200))])
    assert "听到的话" in page.text
    assert "录音已转成文字并删除" in page.text
    assert slots.waiting(places()) == []


def test_a_full_spool_says_so_and_asks_a_sum_before(writer, settings, monkeypatch):
    for n in range(14):
        slots.put(places(), tag=bytes([n]) * 16, content=bytes(slots.CONTENT))
    page = writer.post("/speak/", report(writer, h="A"))
    assert page.status == 400
    assert "请算一下" in page.text
    monkeypatch.setattr("zhikong.hospital.functions.incidents.views.anonymous.reporting.BUSY", 2)
    page = writer.post("/speak/", report(writer, h="A"))
    assert page.status == 503
    assert "暂存已满" in page.text


def test_a_failure_is_noted_without_words_and_without_a_moment(writer, monkeypatch, caplog):
    def fails(*_args, **_more):
        raise RuntimeError("患者在走廊滑了一下")

    monkeypatch.setattr(slots, "put", fails)
    page = writer.post("/speak/", report(writer, h="A"))
    assert page.status == 503
    noted = places().problems.read_text(encoding="utf-8")
    assert noted.startswith("RuntimeError ")
    assert "走廊" not in noted
    assert caplog.records == []
    assert places().problems.stat().st_mtime == slots.NO_TIME[1]


@pytest.fixture
def conversation(writer):
    """(number, key) of a report that has arrived."""
    number, key = writer.post("/speak/", report(writer, h="A")).secrets()
    committing.commit(now=later())
    return {"number": number, "key": key}


def test_the_key_opens_the_conversation_and_nothing_else_does(writer, conversation):
    page = writer.post("/speak/answer/", conversation)
    assert page.status == 200
    assert "还没有答复" in page.text
    assert writer.post("/speak/answer/", {**conversation, "key": "ABCD-EFGH"}).status == 404
    assert writer.post("/speak/answer/", {**conversation, "number": "1"}).status == 404
    assert AnonymousThread.objects.get().key_hash != conversation["key"].encode()


def test_facts_are_added_through_the_spool_too(writer, conversation):
    page = writer.post("/speak/tell/", {**conversation, "ticket": writer.ticket(), "text": "地面是湿的。"})
    assert "已经加密收好" in page.text
    assert reporting.additions(Incident.objects.get()) == []
    committing.commit(now=later())
    assert [a.text for a in reporting.additions(Incident.objects.get())] == ["地面是湿的。"]
    assert "地面是湿的" in writer.post("/speak/answer/", conversation).text


def test_one_bad_record_does_not_hold_up_the_others(writer, monkeypatch):
    writer.post("/speak/", report(writer, h="A", what="第一件"))
    writer.post("/speak/", report(writer, h="A", what="第二件"))
    real, turn = committing.placing.place, iter([True, False])

    def place(**values):
        if next(turn):
            raise ValueError("bad")
        return real(**values)

    monkeypatch.setattr(committing.placing, "place", place)
    outcome = committing.commit(now=later())
    assert (outcome.taken, outcome.failed) == (1, 1)
    monkeypatch.undo()
    assert len(slots.waiting(places())) == 1


def test_killed_between_the_database_and_the_spool_a_report_stays_one(writer, monkeypatch):
    writer.post("/speak/", report(writer, h="A"))
    real = slots.wipe
    monkeypatch.setattr(slots, "wipe", lambda *_: None)
    committing.commit(now=later())
    monkeypatch.setattr(slots, "wipe", real)
    committing.commit(now=later())
    assert Incident.objects.count() == 1
    assert slots.waiting(places()) == []


def test_every_page_speaks_of_what_remains(writer):
    for path in ("/speak/?h=A", "/speak/about/", "/speak/answer/", "/speak/nowhere/"):
        assert writer.get(path).headers["Content-Type"].startswith("text/html")
    assert "网络设备" in writer.get("/speak/?h=A").text
    assert "网络设备" in writer.get("/speak/about/").text
    assert writer.get("/speak/nowhere/").status == 404
    assert writer.get("/speak").status == 302
    assert isinstance(later(), datetime)
