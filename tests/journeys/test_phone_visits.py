"""An inspector's phone in a ward: without a network, with a storage that is cleared, with a session that has ended."""

import os
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.conftest import chosen_variants
from tests.phones import ORIGIN, Phone
from tests.visits import NOW, make_round
from tests.visits import photo as picture
from zhikong.hospital.functions.inspections.models.visiting import Media, Op

expect.set_options(timeout=20_000)  # a machine that runs many tests at once is slow; nothing here is timed
THOROUGH = pytest.mark.skipif(not os.environ.get("ZHIKONG_TEST_ALL"), reason="make test-all")
PLAIN = {"id", "visit", "author", "sent", "done", "until", "iv", "data", "content"}


@pytest.fixture
def clock(monkeypatch):
    """The server's clock: ``clock[0]``."""
    now = [NOW]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    return now


@pytest.fixture
def visited(hospital, make_user, clock):
    return make_round(hospital, make_user)


@pytest.fixture
def phone_of(chromium):
    """phone_of(user) → a phone in that person's hand; a page that broke fails the test."""
    phones = []

    def take(user, **kwargs):
        phones.append(Phone(chromium, user, **kwargs))
        return phones[-1]

    yield take
    for phone in phones:
        phone.close()
        assert phone.problems == []


@pytest.fixture
def phone(phone_of, visited):
    """The lead inspector's phone with the visit on it."""
    return phone_of(visited.lead).open().fetch()


def status(phone, item):
    return phone.item(item).locator(".status")


@pytest.mark.proves("INS-12")
def test_answers_of_a_ward_without_a_network_arrive_later_and_once(phone, visited):
    phone.cut = True
    phone.tap("towel", "no")
    phone.tap("soap", "yes")
    expect(status(phone, "towel")).to_contain_text("已保存在手机")
    expect(phone.chip).to_contain_text("未上传 2")
    phone.cut = False
    phone.sync()
    expect(phone.chip).to_contain_text("已全部上传")
    expect(status(phone, "towel")).to_contain_text("已上传")
    assert {name: visited.answers[name] for name in ("towel", "soap")} == {"towel": "no", "soap": "yes"}


def test_an_answer_to_the_phone_that_is_lost_on_the_way_doubles_nothing(phone, visited):
    phone.lose = "/ops/"  # the server takes the batch, the phone never hears of it
    phone.tap("towel", "no")
    phone.tap("rub_date", "na")
    expect(phone.chip).to_contain_text("无网络")
    expect(phone.chip).to_contain_text("未上传 2")
    taken = Op.objects.count()
    assert taken >= 1
    phone.lose = ""
    phone.sync()
    expect(phone.chip).to_contain_text("已全部上传")
    assert Op.objects.count() == 2
    assert visited.answers["towel"] == "no"


def test_what_lies_on_the_phone_is_sealed_and_the_key_cannot_be_taken_out(phone):
    phone.cut = True
    phone.tap("towel", "no")
    expect(phone.chip).to_contain_text("未上传 1")
    stored = phone.stored()
    assert len(stored["packages"]) == len(stored["ops"]) == 1
    assert all(set(record) <= PLAIN for name in ("packages", "ops", "media") for record in stored[name])
    taken_out = phone.page.evaluate(
        """() => new Promise((done) => {
          indexedDB.open("zhikong-visits").onsuccess = (event) => {
            event.target.result.transaction("keys").objectStore("keys").get("identity").onsuccess = async (found) => {
              const key = found.target.result.key;
              event.target.result.close();
              done([key.extractable, await crypto.subtle.exportKey("raw", key).then(() => "taken", () => "refused")]);
            };
          };
        })"""
    )
    assert taken_out == [False, "refused"]


@THOROUGH
def test_a_storage_that_is_cleared_under_the_open_page_is_written_again(phone):
    phone.cut = True
    phone.tap("towel", "no")
    expect(phone.chip).to_contain_text("未上传 1")
    phone.page.evaluate(
        "new Promise((done) => (indexedDB.deleteDatabase('zhikong-visits').onsuccess = () => done(1)))"
    )
    expect(phone.page.locator("#toasts")).to_contain_text("已从内存重新保存")
    phone.cut = False
    phone.open()
    expect(phone.chip).to_contain_text("已全部上传")
    assert Op.objects.get().value == "no"


def test_a_storage_that_was_cleared_meanwhile_is_noticed_and_the_servers_share_is_named(phone):
    phone.tap("towel", "no")
    expect(phone.chip).to_contain_text("已全部上传")
    phone.cut = True
    phone.tap("soap", "no")
    expect(phone.chip).to_contain_text("未上传 1")
    phone.page.goto("about:blank")
    browser = phone.context.new_cdp_session(phone.page)
    browser.send("Storage.clearDataForOrigin", {"origin": ORIGIN, "storageTypes": "indexeddb"})
    phone.cut = False
    phone.open()
    expect(phone.notices).to_contain_text("有 1 条未上传")
    expect(phone.notices).to_contain_text("心血管内科已有 1 条记录")
    phone.fetch()
    assert (phone.answered("towel"), phone.answered("soap")) == ("no", "")


def test_a_session_that_ends_in_mid_visit_costs_nothing(phone, visited):
    phone.sign_out()
    phone.tap("towel", "no")
    expect(phone.notices).to_contain_text("登录已过期")
    phone.tap("soap", "yes")
    expect(phone.chip).to_contain_text("未上传 2")
    assert phone.notices.get_by_role("link", name="登录").get_attribute("href").startswith("/account/login/")
    phone.sign_in(visited.lead)
    phone.open()
    expect(phone.chip).to_contain_text("已全部上传")
    assert visited.answers["soap"] == "yes"


def test_another_account_on_the_phone_sends_nothing_under_its_own_name(phone, visited):
    phone.cut = True
    phone.tap("towel", "no")
    expect(phone.chip).to_contain_text("未上传 1")
    phone.sign_in(visited.member)
    phone.cut = False
    phone.open()
    expect(phone.page.get_by_text("另一个账号的记录")).to_be_visible()
    expect(phone.page.get_by_role("button", name="下载到手机")).to_be_visible()
    assert not Op.objects.exists()
    phone.sign_in(visited.lead)
    phone.open()
    expect(phone.chip).to_contain_text("已全部上传")
    assert Op.objects.get().author == visited.lead


def test_two_phones_answer_one_item_and_a_person_chooses(phone, phone_of, visited):
    second = phone_of(visited.member).open().fetch()
    second.cut = True
    second.tap("towel", "yes")
    phone.tap("towel", "no")
    expect(phone.chip).to_contain_text("已全部上传")
    second.cut = False
    second.sync()
    conflict = second.item("towel").get_by_role("group", name="这一项有两个答案")
    expect(conflict).to_contain_text("王敏")
    expect(conflict.get_by_role("button", name="用这个：我的")).to_be_visible()
    assert visited.answers["towel"] == "no", "nothing is merged"
    second.page.get_by_role("button", name="要处理 1").click()
    expect(second.item("soap")).to_be_hidden()
    conflict.get_by_role("button", name="用这个：我的").click()
    expect(conflict).to_have_count(0)
    expect(second.chip).to_contain_text("已全部上传")
    assert visited.answers["towel"] == "yes"
    phone.sync()
    expect(phone.item("towel").locator("input:checked")).to_have_value("yes")
    phone.item("towel").get_by_role("button", name="更多").click()
    phone.item("towel").get_by_role("button", name="修改记录").click()
    expect(phone.item("towel").locator(".entries li")).to_have_count(3)


@THOROUGH
def test_another_device_continues_where_the_first_one_stopped(phone, phone_of, visited):
    phone.tap("towel", "no")
    expect(phone.chip).to_contain_text("已全部上传")
    second = phone_of(visited.lead).open().fetch()
    assert second.answered("towel") == "no"
    second.tap("towel", "yes")
    expect(second.chip).to_contain_text("已全部上传")
    phone.sync()
    expect(phone.item("towel").locator("input:checked")).to_have_value("yes")


def test_after_a_day_the_visit_is_wiped_and_what_was_not_sent_waits_sealed(phone, visited, clock):
    phone.tap("soap", "yes")
    expect(phone.chip).to_contain_text("已全部上传")
    phone.cut = True
    phone.tap("towel", "no")
    expect(phone.chip).to_contain_text("未上传 1")
    phone.context.clock.fast_forward("24:01:00")
    clock[0] = NOW + timedelta(hours=24, minutes=1)
    expect(phone.page.get_by_text("这些记录加密保留着")).to_be_visible()
    stored = phone.stored()
    assert (len(stored["packages"]), len(stored["ops"])) == (0, 1)
    phone.cut = False
    phone.sign_in(visited.lead)  # a session is shorter than a day
    phone.page.get_by_role("button", name="立即上传").click()
    expect(phone.page.get_by_text("这些记录加密保留着")).to_be_hidden()
    assert visited.answers["towel"] == "no"
    assert phone.stored()["ops"] == []


@THOROUGH
def test_a_phone_that_stayed_shut_for_a_day_wipes_before_it_shows(phone):
    phone.page.goto("about:blank")
    phone.context.clock.fast_forward("25:00:00")
    phone.cut_data = True
    phone.open()
    expect(phone.page.get_by_role("heading", name="在手机上的检查")).to_have_count(0)
    assert phone.stored()["packages"] == []


def test_signing_out_wipes_and_keeps_what_was_not_sent_for_its_author(phone, visited):
    phone.cut_data = True
    phone.tap("towel", "no")
    expect(phone.chip).to_contain_text("未上传 1")
    phone.page.get_by_role("link", name="检查列表").click()
    phone.page.get_by_text("手机上存了什么").click()
    phone.page.get_by_role("button", name="退出登录").click()
    phone.page.get_by_role("button", name="加密保留并退出").click()
    phone.page.wait_for_url("**/account/login/**")
    phone.cut_data = False
    phone.open()
    expect(phone.notices).to_contain_text("登录已过期")
    stored = phone.stored()
    assert (len(stored["packages"]), len(stored["ops"])) == (0, 1)
    phone.sign_in(visited.lead)
    phone.open()
    expect(phone.chip).to_contain_text("已全部上传")
    assert visited.answers["towel"] == "no"


def test_signing_out_on_another_page_leaves_nothing_readable(phone):
    phone.page.goto("/tasks/")
    phone.page.locator("form[action*='logout']").evaluate("(form) => form.requestSubmit()")
    phone.page.wait_for_url("**/account/login/**")
    phone.open()
    assert phone.stored()["packages"] == []


@THOROUGH
def test_a_clock_that_is_a_day_off_is_said_and_the_servers_time_counts(phone_of, visited):
    phone = phone_of(visited.lead, now=NOW + timedelta(days=1)).open().fetch()
    phone.tap("towel", "no")
    expect(phone.notices).to_contain_text("快 1 天")
    assert abs(Op.objects.get().at - NOW) < timedelta(minutes=1)


def test_a_photo_is_made_small_loses_its_position_and_is_marked_for_blurring(phone, visited):
    from io import BytesIO

    from PIL import Image

    taken = Image.open(BytesIO(picture(size=(4000, 3000))))
    marks = Image.Exif()
    marks[0x010F] = "Camera"
    out = BytesIO()
    taken.save(out, format="JPEG", exif=marks)
    phone.tap("sterile_valid", "no")
    item = phone.item("sterile_valid")
    expect(item).to_contain_text("总分不超过 89 分")
    expect(item).to_contain_text("请拍照作为证据")
    with phone.page.expect_file_chooser() as chooser:
        item.get_by_role("button", name="拍照").click()
    chooser.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()})
    phone.page.get_by_role("button", name="加一个框").click()
    phone.page.keyboard.press("ArrowLeft")
    phone.page.keyboard.press("Shift+ArrowDown")
    phone.page.get_by_role("button", name="保存照片").click()
    expect(item.locator(".photo")).to_contain_text("已上传")
    expect(phone.chip).to_contain_text("已全部上传")
    kept = Media.objects.get()
    assert kept.total < 600_000
    assert visited.answers["sterile_valid__files"]
    assert "content" in phone.stored()["media"][0]
    assert phone.stored()["media"][0]["done"] is True


def test_a_voice_is_not_offered_where_it_cannot_be_recorded_and_a_note_always(phone, visited):
    phone.tap("towel", "no")
    item = phone.item("towel")
    item.get_by_role("button", name="写说明").click()
    item.get_by_label("写说明").fill("干手纸用完未补")
    phone.tap("soap", "no")  # an answer elsewhere leaves what is being typed alone
    expect(item.get_by_label("写说明")).to_have_value("干手纸用完未补")
    item.get_by_role("button", name="保存", exact=True).click()
    expect(item.locator(".noted")).to_contain_text("干手纸用完未补")
    expect(phone.chip).to_contain_text("已全部上传")
    assert Op.objects.get(kind="note").value == {"text": "干手纸用完未补"}


def test_every_kind_of_item_arrives_as_the_server_keeps_it(phone_of, hospital, make_user, clock):
    visited = make_round(hospital, make_user, form="crash_cart_round")
    phone = phone_of(visited.lead).open().fetch()
    phone.item("checked_at").get_by_role("button", name="现在").click()
    oxygen = phone.item("oxygen").locator("input")
    oxygen.fill("很足")
    oxygen.blur()
    expect(phone.item("oxygen")).to_contain_text("请填数字")
    oxygen.fill("４。5")  # full-width, with a Chinese point
    oxygen.blur()
    phone.tap("oxygen_refill", "yes")  # shown below 5 MPa only
    phone.tap("sealed", "no")
    phone.item("opened_why").get_by_label("正在清点").check()
    phone.tap("drugs_complete", "no")
    first = phone.item("drugs").locator(".sheet-row").first
    first.get_by_label("实有").fill("5")
    first.get_by_label("最近有效期").fill("2027-06-30")
    missing = phone.item("short").locator(".sheet-row")
    missing.first.get_by_label("物品").fill("肾上腺素")
    missing.first.get_by_label("缺少").check()
    phone.item("remarks").locator("textarea").fill("其余完好")
    phone.item("remarks").locator("textarea").blur()
    expect(status(phone, "remarks")).to_contain_text("已上传")
    expect(phone.chip).to_contain_text("已全部上传")
    kept = visited.answers
    assert kept["checked_at"].startswith("2026-11-23T09:")
    assert (kept["oxygen"], kept["oxygen_refill"], kept["opened_why"]) == (4.5, "yes", "checking")
    assert kept["drugs"][0] == {"count": 5, "expires": "2027-06-30"}
    assert kept["short"] == [{"name": "肾上腺素", "problem": "missing"}]
    assert kept["remarks"] == "其余完好"
    assert phone.page.locator("[data-item='guide']").inner_text().startswith("抢救使用后")


def test_by_keyboard_alone(phone):
    phone.page.get_by_role("button", name="下一项未答").focus()
    phone.page.keyboard.press("Enter")
    first = phone.item("tap_ok")
    expect(first.locator("input").first).to_be_focused()
    phone.page.keyboard.press("Space")
    assert phone.answered("tap_ok") == "yes"
    phone.page.keyboard.press("ArrowRight")
    assert phone.answered("tap_ok") == "no"


@pytest.mark.parametrize("variant", chosen_variants(), ids=str)
def test_each_page_fits_and_axe_finds_nothing(phone_of, visited, variant):
    theme, width = variant
    phone = phone_of(visited.lead, theme=theme, width=width).open()
    phone.page.get_by_text("手机上存了什么").click()
    _looked_at(phone)
    phone.fetch()
    phone.tap("towel", "no")
    phone.tap("one_needle", "no")
    phone.item("towel").get_by_role("button", name="当场整改").click()
    expect(phone.chip).to_contain_text("已全部上传")
    _looked_at(phone)
    assert phone.item("soap").locator("label.pill span").first.bounding_box()["height"] >= 44
    phone.page.get_by_role("button", name="完成检查").click()
    expect(phone.page.get_by_text("还没有完成")).to_be_visible()
    _looked_at(phone)
    phone.chip.click()
    expect(phone.page.get_by_role("heading", name="上传情况")).to_be_visible()
    _looked_at(phone)


def _looked_at(phone):
    assert phone.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert Axe().run(phone.page).response["violations"] == []


def test_the_shell_knows_nobody_and_every_file_of_the_program_is_there(client):
    page = client.get("/inspections/phone/")
    assert "session" not in page.cookies
    shell = client.get("/inspections/phone/shell.json").json()
    assert f"module/{shell['build']}/app.js" in page.content.decode()
    for address in shell["files"]:
        answer = client.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert (answer.status_code, bool(content)) == (200, True), address
    assert client.get("/inspections/phone/module/0000000000000000/app.js").status_code == 404
    manifest = client.get("/inspections/phone/manifest.webmanifest").json()
    assert {icon["sizes"] for icon in manifest["icons"]} == {"any", "192x192", "512x512"}
