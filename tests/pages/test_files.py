"""Uploading, downloading and looking at files, as the browser does it."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from zhikong.foundation.files import attaching
from zhikong.foundation.files.models import File


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
