"""A phone in a ward for tests: a real browser of 390 px whose network is this very process, and can be cut.

Every request of the browser is answered by Django's test client in the test's own transaction, so that no server has
to be started and what a phone did is rolled back with the test. The browser's clock starts at the given time.
"""

from contextvars import copy_context
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

from django.test import Client

from tests.visits import NOW

ORIGIN = "http://127.0.0.1:9"  # nobody listens there; a loopback address counts as secure
ONWARD = '<!doctype html><meta http-equiv="refresh" content="0;url={}">'
PAGE = "/inspections/phone/"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DROPPED = frozenset({"content-length", "set-cookie", "connection"})


class Phone:
    """A browser context of one person.

    cut: no network at all. cut_data: only the page itself still comes, as from the service worker. lose: a part of an
    address whose answers are lost on the way back, after the server has done its work.
    """

    def __init__(self, chromium, user, *, theme="light", width=390, now: datetime = NOW):
        self.cut = self.cut_data = False
        self.lose = ""
        self.home = copy_context()
        self.asked: list[str] = []
        self.problems: list[str] = []
        self.sign_in(user)
        self.context = chromium.new_context(
            base_url=ORIGIN,
            viewport={"width": width, "height": 844},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            color_scheme=theme,
            has_touch=width < 500,
            service_workers="block",
        )
        self.context.set_default_timeout(30_000)
        self.context.clock.install(time=now.astimezone(UTC))
        self.context.route("**/*", self._answer)
        self.page = self._new_page()

    def _new_page(self):
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    def sign_in(self, user):
        self.user, self.client = user, Client(enforce_csrf_checks=True)
        self.client.force_login(user, backend=BACKEND)

    def sign_out(self):
        self.client = Client(enforce_csrf_checks=True)

    def _answer(self, route):
        request = route.request
        path = request.url.removeprefix(ORIGIN)
        if self.cut or (self.cut_data and "/sync/" in path):
            return route.abort("internetdisconnected")
        self.asked.append(f"{request.method} {urlsplit(path).path}")
        headers = {name: value for name, value in request.headers.items() if name.startswith("x-")}
        # the browser's driver calls from a context of its own, where the test's connection and scope are unknown
        ask = partial(
            self._ask,
            request.method,
            path,
            request.post_data_buffer or b"",
            content_type=request.headers.get("content-type", "application/octet-stream"),
            headers={**headers, "Referer": request.headers.get("referer", "")},
        )
        answer, body = self.home.copy().run(ask)
        if self.lose and self.lose in path:
            return route.abort("connectionreset")
        if answer.status_code in (301, 302) and request.is_navigation_request():
            # the browser would follow a redirect past this process, to where nobody listens
            return route.fulfill(content_type="text/html", body=ONWARD.format(answer["Location"]))
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in DROPPED}
        return route.fulfill(status=answer.status_code, headers=kept, body=body)

    def _ask(self, *what, **how):
        answer = self.client.generic(*what, **how)
        return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content

    # --- what people do -----------------------------------------------------------------------------------------------

    def open(self, at="#/"):
        """Open the module, as from the home screen; a page that is open already loads anew."""
        self.page.goto("about:blank")
        self.page.goto(PAGE + at)
        self.page.locator("#bar > *").first.wait_for()
        return self

    def fetch(self):
        """Download the only visit that waits, and stand before its items."""
        self.page.get_by_role("button", name="下载到手机").click()
        self.page.locator(".visit-foot").wait_for()
        return self

    def item(self, name):
        return self.page.locator(f"[data-item='{name}']")

    def tap(self, name, code):
        """Tap an answer, and wait until the phone says that it is kept."""
        self.item(name).locator(f"label.pill:has(input[value='{code}'])").click()
        self.item(name).locator(".status .tag").first.wait_for()

    def answered(self, name):
        """The code that is chosen, '' when none is."""
        found = self.item(name).locator("input:checked")
        return found.get_attribute("value") if found.count() else ""

    def sync(self):
        """What the phone does by itself every few seconds, now."""
        self.page.evaluate("dispatchEvent(new Event('online'))")

    @property
    def chip(self):
        return self.page.locator(".sync-chip")

    @property
    def notices(self):
        return self.page.locator("#notices")

    def stored(self):
        """What lies in the browser's storage: {store: [plain keys of each record]}."""
        return self.page.evaluate(STORED)

    def close(self):
        self.context.close()


STORED = """() => new Promise((done, failed) => {
  const request = indexedDB.open("zhikong-visits");
  request.onerror = () => failed(request.error);
  request.onsuccess = () => {
    const db = request.result;
    const found = {};
    const transaction = db.transaction([...db.objectStoreNames]);
    for (const name of db.objectStoreNames) {
      transaction.objectStore(name).getAll().onsuccess = (event) => (found[name] = event.target.result.map((one) =>
        Object.fromEntries(Object.entries(one).map(([key, value]) => [key, typeof value === "object" ? String(value) : value]))));
    }
    transaction.oncomplete = () => { db.close(); done(found); };
  };
})"""
