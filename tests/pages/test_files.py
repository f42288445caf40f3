"""Uploading, downloading and looking at files, as the browser does it."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from zhikong.foundation.audit.models import AuditEvent
from zhikong.foundation.files import actions, attaching, guards
from zhikong.foundation.files.models import File
from zhikong.foundation.files.storage import blobs


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    settings.FILES_SCANNER = "off"


def photo(size=(64, 48), colour="red", **options):
    """A JPEG in memory."""
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG", **options)
    return made.getvalue()


def token(hospital, code="CARD", **changes):
    note = {
        "name": "evidence",
        "purpose": "tests.page",
        "department_id": hospital.departments[code].id,
        **changes,
    }
    return attaching.sign(attaching.Note(**note))


def send(client, note, *uploads):
    return client.post("/files/upload/", {"token": note, "file": list(uploads)})


def upload(name="整改照片.jpg", content=None, declared="image/jpeg"):
    return SimpleUploadedFile(name, photo() if content is None else content, declared)


@pytest.mark.proves("CAP-02")
def test_a_photo_is_uploaded_shown_and_downloaded(head, hospital):
    answer = send(head, token(hospital), upload())
    assert answer.status_code == 200, answer.content.decode()
    file = File.objects.get()
    html = answer.content.decode()
    assert f'<input type="hidden" name="evidence" value="{file.pk}">' in html
    assert f"/files/{file.pk}/thumbnail/" in html
    assert "整改照片.jpg" in html
    got = head.get(f"/files/{file.pk}/download/")
    assert got.status_code == 200
    content = b"".join(got.streaming_content)
    assert len(content) == file.size
    assert Image.open(io.BytesIO(content)).size == (64, 48)
    assert "attachment" in got["Content-Disposition"]
    assert "filename*=utf-8''%E6%95%B4%E6%94%B9%E7%85%A7%E7%89%87.jpg" in got["Content-Disposition"]
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"].startswith("sandbox")
    small = head.get(f"/files/{file.pk}/thumbnail/")
    assert Image.open(io.BytesIO(b"".join(small.streaming_content))).format == "JPEG"


def one(client, hospital, **changes):
    """One uploaded file."""
    answer = send(client, token(hospital), upload(**changes))
    assert answer.status_code == 200, answer.content.decode()
    return File.objects.latest("pk")


def text(response):
    return response.content.decode()


# ---- in ---------------------------------------------------------------------------------------------------------


def test_some_are_taken_and_the_others_explained(head, hospital):
    answer = send(head, token(hospital), upload(), upload("a.svg", b"<svg/>", "image/svg+xml"))
    assert answer.status_code == 200
    assert text(answer).count("data-attached") == 1
    assert '<span role="alert">a.svg：' in text(answer)
    answer = send(head, token(hospital), upload("a.exe", b"MZ" + b"\0" * 90, "application/x-msdownload"))
    assert answer.status_code == 422
    assert "程序，不能上传" in text(answer)
    assert File.objects.count() == 1


@pytest.mark.parametrize("note", ["", "forged", "old"])
def test_a_forged_or_old_note_is_refused(note, head, hospital, monkeypatch):
    if note == "old":
        note = token(hospital)
        monkeypatch.setattr(attaching, "HOURS", -1)
    answer = send(head, note, upload())
    assert answer.status_code == 422
    assert "刷新页面" in text(answer)
    assert not File.objects.exists()


def test_nothing_chosen_and_too_many(head, hospital):
    assert "没有收到文件" in text(send(head, token(hospital)))
    many = [upload(f"{n}.txt", b"a", "text/plain") for n in range(11)]
    assert "一次最多上传 10 个" in text(send(head, token(hospital), *many))


def test_what_is_too_large_never_reaches_the_disk_whole(head, hospital, monkeypatch):
    from zhikong.foundation.files import uploads

    monkeypatch.setattr(uploads, "LARGEST", 300_000)
    answer = send(head, token(hospital), upload("大.txt", b"a" * 900_000, "text/plain"), upload())
    assert answer.status_code == 200
    assert "大.txt：文件超过" in text(answer)
    assert File.objects.get().name == "整改照片.jpg"


def test_any_forms_upload_has_a_bound(head, settings):
    """A file field of another form, here the attach field without script: what is too large looks as if not sent."""
    from django.test import RequestFactory

    settings.FILES_LARGEST_UPLOAD = 200_000
    form = {"small": upload("小.txt", b"a" * 90), "large": upload("大.txt", b"a" * 900_000)}
    request = RequestFactory().post("/anything/", form)
    assert list(request.FILES) == ["small"]
    assert request.uploads_dropped == ["大.txt"]


def test_an_upload_needs_the_forms_token_and_a_person(head, hospital):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(head.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert send(strict, token(hospital), upload()).status_code == 403
    assert send(Client(), token(hospital), upload()).status_code == 302
    assert head.get("/files/upload/").status_code == 405
    assert not File.objects.exists()


def test_the_administrator_does_not_upload(as_role, hospital):
    answer = send(as_role("administrator"), token(hospital), upload())
    assert answer.status_code == 403


# ---- out --------------------------------------------------------------------------------------------------------


def test_only_pictures_are_shown_in_a_page(head, hospital):
    picture = one(head, hospital)
    note = one(head, hospital, name="说明.txt", content=b"<b>text</b>", declared="text/plain")
    shown = head.get(f"/files/{picture.pk}/picture/")
    assert Image.open(io.BytesIO(b"".join(shown.streaming_content))).format == "JPEG"
    assert shown["Content-Disposition"].startswith("inline")
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    for way in ("picture", "download"):
        answer = head.get(f"/files/{note.pk}/{way}/")
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Cache-Control"] == "private, no-store"
        assert b"".join(answer.streaming_content) == b"<b>text</b>"
    assert head.get(f"/files/{note.pk}/thumbnail/").status_code == 404


def test_every_look_is_in_the_trail(head, hospital):
    file = one(head, hospital)
    for way in ("download", "picture", "thumbnail"):
        b"".join(head.get(f"/files/{file.pk}/{way}/").streaming_content)
    events = AuditEvent.objects.filter(action="read", subject=f"file:{file.pk}").order_by("pk")
    assert [(e.after["purpose"], e.user_id) for e in events] == [
        ("tests.page", head.user.pk),
        ("tests.page", head.user.pk),
        ("thumbnail", head.user.pk),
    ]


@pytest.mark.parametrize("way", ["", "download/", "picture/", "thumbnail/"])
def test_another_departments_file_is_not_there(way, head, hospital, as_role):
    file = one(head, hospital)
    other = as_role("department_head", hospital.departments["GSUR"])
    assert other.get(f"/files/{file.pk}/{way}").status_code == 404
    assert other.get(f"/files/{file.pk + 999}/{way}").status_code == 404


def test_a_content_that_is_gone_from_the_disk_is_a_page_with_a_remedy(head, hospital, as_role):
    file = one(head, hospital)
    blobs.path_of(file.institution_id, file.blob.address).unlink()
    answer = head.get(f"/files/{file.pk}/download/")
    assert answer.status_code == 404
    assert "在服务器磁盘上找不到" in text(answer)
    assert "怎么办" in text(answer)
    file.blob.refresh_from_db()
    assert file.blob.problem == "missing"
    page = text(as_role("administrator").get("/files/"))
    assert "磁盘上没有" in page
    assert "整改照片" not in page


def test_what_waits_for_the_scanner_does_not_open(head, hospital, settings, tmp_path):
    settings.FILES_SCANNER = str(tmp_path / "nobody.ctl")
    answer = send(head, token(hospital), upload())
    file = File.objects.get()
    assert "隔离中，等待扫描" in text(answer)
    assert "thumbnail" not in text(answer)
    answer = head.get(f"/files/{file.pk}/download/")
    assert answer.status_code == 403
    assert "隔离中，等待扫描" in text(answer)
    assert head.get(f"/files/{file.pk}/thumbnail/").status_code == 404


# ---- those who decide -------------------------------------------------------------------------------------------


@pytest.mark.proves("F-25")
def test_medical_affairs_holds_and_releases(head, hospital, as_role):
    file, office = one(head, hospital), as_role("medical_affairs")
    assert "整改照片.jpg" in text(office.get("/files/?q=照片"))
    page = office.post(f"/files/{file.pk}/hold/", {"reason": ""})
    assert "这个字段" in text(page) or "必填" in text(page)
    page = office.post(f"/files/{file.pk}/hold/", {"reason": "患者投诉"}, follow=True)
    assert "文件已封存" in text(page)
    assert "整改照片.jpg" in text(office.get("/files/?show=held"))
    office.post(f"/files/{file.pk}/hold/", {"reason": "司法调取"})
    page = text(office.get(f"/files/{file.pk}/"))
    ids = re.findall(r' id="([^"]+)"', page.split("<main")[1])
    assert len(ids) == len(set(ids))
    hold, other = file.holds.order_by("pk")
    page = text(office.post(f"/files/{file.pk}/holds/{hold.pk}/release/", {"release-reason": ""}))
    assert page.count("<details open>") == 1
    office.post(f"/files/{file.pk}/holds/{other.pk}/release/", {"release-reason": "已归还"})
    page = office.post(f"/files/{file.pk}/holds/{hold.pk}/release/", {"release-reason": "已结"}, follow=True)
    assert "已解封" in text(page)
    assert "没有符合条件的文件" in text(office.get("/files/?show=held"))
    assert office.post(f"/files/{file.pk}/holds/{hold.pk + 9}/release/").status_code == 404


def test_destruction_is_offered_when_its_time_has_come(head, hospital, as_role, monkeypatch):
    file, office = one(head, hospital), as_role("medical_affairs")
    assert "销毁" not in text(office.get(f"/files/{file.pk}/")).replace("谁也不能销毁", "")
    refused = office.post(f"/files/{file.pk}/destroy/", {"destroy-reason": "腾空间"})
    assert "保存期未满" in text(refused)
    later = timezone.now() + timedelta(days=365 * 12)
    monkeypatch.setattr(timezone, "now", lambda: later)
    office.force_login(office.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "整改照片.jpg" in text(office.get("/files/?show=due"))
    page = office.post(f"/files/{file.pk}/destroy/", {"destroy-reason": "档案委员会同意"}, follow=True)
    assert "文件内容已销毁" in text(page)
    assert "已销毁" in text(office.get("/files/?show=deleted"))


def test_another_retention_class(head, hospital, as_role):
    file, office = one(head, hospital), as_role("medical_affairs")
    values = {"retention": "incident", "reason": "涉及投诉"}
    page = office.post(f"/files/{file.pk}/retention/", values, follow=True)
    assert "不良事件与纠纷材料：涉及投诉" in text(page)


@pytest.mark.parametrize("way", ["hold", "retention", "destroy"])
def test_a_head_of_department_decides_nothing(way, head, hospital):
    file = one(head, hospital)
    assert "封存理由" not in text(head.get(f"/files/{file.pk}/"))
    assert head.post(f"/files/{file.pk}/{way}/", {"reason": "x"}).status_code == 403
    assert head.get("/files/").status_code == 403


def test_the_administrator_sets_limits_and_sees_no_names(head, hospital, as_role):
    one(head, hospital)
    admin = as_role("administrator")
    page = text(admin.get("/files/"))
    assert "病毒扫描" in page
    assert "整改照片" not in page
    form = {
        f"{kind}-megabytes": "5"
        for kind in (["jpg", "png", "webp", "docx", "xlsx", "pptx", "csv", "txt", "mp3", "m4a", "webm"])
    }
    form |= {
        f"{kind}-allowed": "on"
        for kind in (["jpg", "png", "webp", "docx", "xlsx", "pptx", "csv", "txt", "m4a", "webm"])
    }
    assert "小于或等于50" in text(admin.post("/files/limits/", form | {"pdf-megabytes": "51"}))
    assert "已保存" in text(admin.post("/files/limits/", form | {"pdf-megabytes": "7"}, follow=True))
    answer = send(head, token(hospital), upload("a.pdf", PDF, "application/pdf"))
    assert "本院不接受 PDF 文件" in text(answer)
    assert head.get("/files/limits/").status_code == 403


PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def test_a_guarded_file_has_no_name_in_the_list(head, hospital, as_role, monkeypatch):
    monkeypatch.setattr(guards, "_guards", {"tests.page": lambda user, file: user.pk == file.uploaded_by_id})
    file, medical = one(head, hospital), as_role("medical_affairs")
    page = text(medical.get("/files/"))
    assert "整改照片" not in page
    assert f"保密（文件 {file.pk}）" in page
    for way in ("", "download/", "thumbnail/"):
        assert medical.get(f"/files/{file.pk}/{way}").status_code == 403
    assert "整改照片" in text(head.get(f"/files/{file.pk}/"))


@pytest.mark.parametrize("role", ["medical_affairs", "administrator"])
def test_the_menu_shows_the_store_once(role, as_role, head):
    assert text(as_role(role).get("/files/")).split("<main")[0].count('href="/files/"') == 1
    assert 'href="/files/"' not in text(head.get("/findings/"))


def test_the_home_page_says_what_is_to_be_decided(head, hospital, as_role, settings, tmp_path):
    settings.FILES_SCANNER = str(tmp_path / "nobody.ctl")
    one(head, hospital)
    assert "隔离中的文件" in text(as_role("medical_affairs").get("/later/"))
    assert "隔离中的文件" in text(as_role("administrator").get("/later/"))
    assert "隔离中的文件" not in text(head.get("/later/"))


def test_a_file_of_the_hospital_is_not_for_departments(office, head, hospital):
    now, given = timezone.now(), upload()
    file = actions.store(by=office.user, now=now, upload=given, purpose="tests.page")
    assert file.department_id is None
    assert head.get(f"/files/{file.pk}/").status_code == 404
    assert "全院" in text(office.get(f"/files/{file.pk}/"))
