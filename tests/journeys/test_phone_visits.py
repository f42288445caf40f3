"""An inspector's phone in a ward: without a network, with a storage that is cleared, with a session that has ended."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.phones import Phone
from tests.visits import NOW, make_round


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


def test_answers_of_a_ward_without_a_network_arrive_later_and_once(phone, visited):
    phone.cut = True
    phone.tap("towel", "no")
    phone.tap("soap", "yes")
    expect(phone.item("towel").locator(".status")).to_contain_text("已保存在手机")
    expect(phone.chip).to_contain_text("未上传 2")
    phone.cut = False
    phone.sync()
    expect(phone.chip).to_contain_text("已全部上传")
    expect(phone.item("towel").locator(".status")).to_contain_text("已上传")
    assert {name: visited.answers[name] for name in ("towel", "soap")} == {"towel": "no", "soap": "yes"}
