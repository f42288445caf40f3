"""A head of department shows a correction with photographs: by script, by keyboard, and without any script."""

import io
import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.conftest import PASSWORD


def photo(name="现场照片.jpg"):
    made = io.BytesIO()
    Image.effect_noise((900, 700), 60).convert("RGB").save(made, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": made.getvalue()}


def text(name, content="讨论记录"):
    return {"name": name, "mimeType": "text/plain", "buffer": content.encode()}


@pytest.fixture
def finding(sign_in):
    """The address of a fresh minor finding of cardiology."""
    page = sign_in("zhikong").page
    page.goto("/findings/raise/")
    title = f"急救车封条破损 {uuid.uuid4().hex[:6]}"
    page.get_by_label("心血管内科", exact=True).check()
    page.get_by_label("问题").first.fill(title)
    page.get_by_label("事实和依据").fill("10 月 8 日检查，封条已破，未登记。")
    page.get_by_label("一般").check()
    page.get_by_role("button", name="发出整改通知").click()
    return page.url


@pytest.mark.proves("CAP-02")
@pytest.mark.parametrize("width", [1440, 390])
def test_photos_are_attached_seen_and_taken_away_again(finding, sign_in, width):
    page = sign_in("keshi", width=width).page
    page.goto(finding)
    page.get_by_text("已当场纠正", exact=True).click()
    box = page.locator("[data-attach]")
    expect(box.locator("input[type=file]")).to_be_hidden()
    with page.expect_file_chooser() as chooser:
        box.get_by_role("button", name="选择文件或拍照").press("Enter")
    chooser.value.set_files([photo(), text("讨论记录.txt"), text("图标.svg", "<svg/>")])
    stored = box.locator("[data-attached]")
    expect(stored).to_have_count(2)
    expect(box.get_by_role("alert")).to_contain_text("图标.svg：认不出")
    small = stored.locator("img").first
    small.scroll_into_view_if_needed()
    expect(small).to_have_js_property("naturalWidth", 320)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert Axe().run(page).response["violations"] == []
    box.get_by_role("button", name="移除 讨论记录.txt").press("Enter")
    expect(stored).to_have_count(1)
    expect(box.get_by_role("button", name="选择文件或拍照")).to_be_focused()
    page.get_by_label("整改证据").fill("已更换封条并登记，见照片。")
    page.get_by_role("button", name="提交证据").click()
    expect(page.locator("main")).to_contain_text("文件：现场照片.jpg")
    with page.expect_download() as download:
        page.get_by_role("link", name="现场照片.jpg", exact=True).click()
    assert download.value.suggested_filename == "现场照片.jpg"
    with Image.open(download.value.path()) as kept:
        assert kept.size == (900, 700)


def test_without_script_the_same_field_goes_with_its_form(finding, demo, chromium):
    context = chromium.new_context(base_url=demo, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto("/account/login/")
    page.get_by_label("用户名").fill("keshi")
    page.get_by_label("密码", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.goto(finding)
    page.get_by_text("已当场纠正", exact=True).click()
    expect(page.get_by_role("button", name="选择文件或拍照")).to_have_count(0)
    page.get_by_label("照片和文件").set_input_files([photo()])
    page.get_by_label("整改证据").fill("已更换封条。")
    page.get_by_role("button", name="提交证据").click()
    expect(page.locator("main")).to_contain_text("文件：现场照片.jpg")
    context.close()


def test_the_pages_of_stored_files_fit_and_are_accessible(sign_in):
    for account, paths in (("yiwu", ["/files/"]), ("guanli", ["/files/", "/files/limits/"])):
        for theme, width in (("light", 1440), ("dark", 390)):
            page = sign_in(account, width=width, theme=theme).page
            for path in paths:
                assert page.goto(path).status == 200
                assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
                assert Axe().run(page).response["violations"] == []
