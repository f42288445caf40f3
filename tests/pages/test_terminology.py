"""编码对照: the tables, the local codes that wait, one code and its decision, loading an edition; refused to others."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from zhikong.foundation.terminology.models import Edition, LocalTerm

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def term(hospital):
    """A refused department name with one suggestion."""
    from zhikong.foundation.organisation.models import Department

    code = Department.objects.order_by("code").first().code
    return LocalTerm.objects.create(
        institution_id=hospital.id, system="departments", code="心脏内科门诊", places=["stays.discharge_department"],
        rows=7, first_seen=NOW, last_seen=NOW, suggestions=[{"code": code, "name": "心血管内科", "score": 80}],
    )  # fmt: skip


def test_every_table_says_whether_it_is_whole(as_role, term):
    page = as_role("record_reviewer").get(reverse("terminology:list")).content.decode()
    assert "样例，不作判断" in page
    assert "电子病历共享文档类别" in page
    assert "<strong>7</strong>" not in page  # seven rows, one code
    assert "<strong>1</strong>" in page


def test_a_suggestion_is_confirmed_from_the_list(as_role, term):
    client = as_role("administrator")
    page = client.get(reverse("terminology:terms", args=["departments"])).content.decode()
    assert "住院" in page
    assert "心血管内科" in page
    answer = client.post(
        reverse("terminology:decide", args=[term.pk]), {"target": term.suggestions[0]["code"]}
    )
    assert answer.status_code == 302
    term.refresh_from_db()
    assert (term.state, term.target) == ("mapped", term.suggestions[0]["code"])
    shown = client.get(reverse("terminology:term", args=[term.pk])).content.decode()
    assert "撤回" in shown
    assert "已对照" in client.get(reverse("terminology:history", args=["departments"])).content.decode()


def test_a_reviewer_sees_why_a_department_is_not_his_to_map(as_role, term):
    client = as_role("record_reviewer")
    assert "请系统管理员确认" in client.get(reverse("terminology:term", args=[term.pk])).content.decode()
    answer = client.post(
        reverse("terminology:decide", args=[term.pk]), {"target": term.suggestions[0]["code"]}
    )
    assert answer.status_code == 403
    term.refresh_from_db()
    assert term.state == "open"


def test_an_edition_is_loaded_in_the_browser_and_a_bad_one_says_where(as_role):
    client = as_role("record_reviewer")
    url = reverse("terminology:editions", args=["icd10"])
    bad = SimpleUploadedFile("icd10.csv", "编码,名称\nA,\n".encode())
    given = {"name": "国家临床版 2.0", "effective_from": "2026-01-01"}
    refused = client.post(url, given | {"file": bad})
    assert refused.status_code == 422
    assert "第 2 行缺少编码或名称" in refused.content.decode()
    good = SimpleUploadedFile("icd10.csv", "编码,名称\nI10.x00,高血压\n".encode("gb18030"))
    assert client.post(url, given | {"file": good}).status_code == 302
    assert Edition.objects.get().size == 1
    page = client.get(url).content.decode()
    assert "国家临床版 2.0" in page
    assert "在用" in page
    assert (
        "I10.x00" in client.get(reverse("terminology:codes", args=["icd10"]), {"q": "高血"}).content.decode()
    )


def test_a_code_is_looked_for_and_departments_have_no_editions(as_role, term):
    client = as_role("administrator")
    found = client.get(reverse("terminology:term", args=[term.pk]), {"q": "没有这样的"}).content.decode()
    assert "没有找到" in found
    assert client.get(reverse("terminology:editions", args=["departments"])).status_code == 404
    assert client.get(reverse("terminology:terms", args=["nothing"])).status_code == 404


@pytest.mark.parametrize("role", ["nurse", "physician", "auditor"])
def test_others_are_refused(as_role, term, role):
    client = as_role(role)
    for url in (reverse("terminology:list"), reverse("terminology:term", args=[term.pk])):
        assert client.get(url).status_code == 403
