"""Goes to the page of a picture over HTTP, as its account: for the test that a picture still shows what is there."""

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from tests.journeys.pictures.shots import Shot
from tests.journeys.pictures.words import hrefs

PASSWORD = "Zhikong-demo-2026"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """One account, signed in without a browser."""

    def __init__(self, base: str, account: str):
        self.base = base
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        login = "/account/login/"
        token = TOKEN.search(self.get(login))[1]
        form = {"csrfmiddlewaretoken": token, "login": account, "password": PASSWORD}
        sent = urllib.request.Request(
            base + login, urllib.parse.urlencode(form).encode(), {"Referer": base + login}
        )
        self.opener.open(sent, timeout=60).read()

    def get(self, address: str) -> str:
        with self.opener.open(self.base + address, timeout=60) as answer:
            return answer.read().decode()

    def page_of(self, shot: Shot) -> tuple[str, str]:
        """(address, page): the start of the picture and then the first link that each pattern fits."""
        address, page = shot.start, self.get(shot.start)
        for pattern in shot.follow:
            address = first_link(page, pattern)
            page = self.get(address)
        return address, page


def first_link(page: str, pattern: str) -> str:
    found = next((href for href in hrefs(page) if re.fullmatch(pattern, href)), None)
    assert found, f"no link like {pattern}"
    return found


def shape(address: str) -> str:
    """An address without what differs between two hospitals: numbers and the query."""
    return re.sub(r"\d+", "0", address.partition("?")[0])
