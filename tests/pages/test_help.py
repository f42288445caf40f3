"""The guides inside the product: everybody who is signed in reads them, nobody else."""

import pytest
from django.test import Client


def test_contents_search_and_a_page(as_role):
    client = as_role("head_nurse")
    page = client.get("/help/").content.decode()
    assert "您的日常工作" in page
    assert "护士长的日常工作" in page
    found = client.get("/help/", {"q": "一票否决 检查表"}).content.decode()
    assert "手册的标题里没有这些字" in found
    assert "#二核对封条" in client.get("/help/", {"q": "核对封条"}).content.decode()
    guide = client.get("/help/jobs/head_nurse/")
    assert "办理本病区的不良事件" in guide.content.decode()
    assert 'href="/help/jobs/inspector/"' in guide.content.decode()


def test_each_role_is_led_to_its_own_work(as_role):
    assert as_role("physician").get("/help/mine/").url == "/help/jobs/physician/"
    assert as_role("pharmacy").get("/help/mine/").url == "/help/jobs/functional/"
    assert 'href="/help/mine/"' in as_role("nurse").get("/").content.decode()


def test_pictures_are_sent_and_nothing_else(as_role):
    client = as_role("nurse")
    answer = client.get("/help/pictures/nurse-report.png")
    assert answer["Content-Type"] == "image/png"
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert client.get("/help/pictures/none.png").status_code == 404
    assert client.get("/help/../contents.yaml/").status_code == 404


@pytest.mark.parametrize(
    "address", ["/help/", "/help/jobs/nurse/", "/help/manual.pdf", "/help/pictures/nurse-report.png"]
)
def test_nobody_reads_without_signing_in(db, address):
    assert Client().get(address).status_code == 302


def test_the_whole_manual_is_one_pdf(as_role):
    import pypdfium2

    answer = as_role("administrator").get("/help/manual.pdf")
    assert answer["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert len(document) > 30
    for words in ("质控系统使用手册", "护士长的日常工作", "怎样写一个指标", "接口规范"):
        assert words in text


def test_the_search_of_the_product_finds_guides(as_role):
    page = as_role("auditor").get("/search/", {"q": "封条"}).content.decode()
    assert "使用说明" in page
    assert "核对封条" in page
