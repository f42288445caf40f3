"""The service worker of a real server: the module opens, and a scanned place is found, without any network."""

import re

from playwright.sync_api import expect


def test_the_page_and_a_scanned_place_open_without_a_network(demo, chromium):
    context = chromium.new_context(base_url=demo, viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.set_default_timeout(15_000)
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto("/inspections/phone/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    kept = page.evaluate("caches.keys().then((names) => caches.open(names[0])).then((one) => one.keys()).then((all) => all.length)")  # fmt: skip
    assert kept > 20
    context.set_offline(True)
    page.reload()
    expect(page.locator("#bar")).to_contain_text("现场检查")
    expect(page.locator("main")).to_contain_text("现在没有网络")
    page.goto("/inspections/places/ABC-123/")
    expect(page).to_have_url(re.compile(r"/inspections/phone/#/place/ABC-123$"))
    expect(page.locator("main")).to_contain_text("这个检查点今天没有您的检查")
    context.close()
    assert problems == []
