"""传达记录: what nobody took is seen by the administrator, tried again or passed over with a reason."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from zhikong.foundation.outbox import actions, registry
from zhikong.foundation.outbox.models import Delivery

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@registry.fact("test_page_event", "演练用的事")
@dataclass(frozen=True)
class PageEvent(registry.Fact):
    number: int


@pytest.fixture
def dead(hospital):
    def refuse(fact, *, now):
        raise LookupError("secret words that no page shows")

    registry.subscribe(PageEvent, refuse, name="refuser")
    actions.announce(PageEvent(7), now=NOW)
    for hour in range(actions.MOST_ATTEMPTS):
        actions.deliver_pending(now=NOW + timedelta(hours=hour))
    yield Delivery.objects.get(subscriber="refuser")
    registry.unsubscribe(PageEvent, "refuser")


def test_a_dead_letter_is_shown_and_tried_again(dead, as_role):
    admin = as_role("administrator")
    assert "多次尝试仍未送达" in admin.get("/").content.decode()
    page = admin.get("/outbox/").content.decode()
    assert "演练用的事" in page
    assert "LookupError" in page
    assert "secret words" not in page
    admin.post(f"/outbox/{dead.pk}/retry/")
    dead.refresh_from_db()
    assert dead.attempts == 0
    assert "没有需要处理的" in admin.get("/outbox/").content.decode()


def test_passing_over_asks_for_the_reason(dead, as_role):
    admin = as_role("administrator")
    assert "必填" in admin.post(f"/outbox/{dead.pk}/pass-over/", {"reason": ""}).content.decode()
    assert admin.post(f"/outbox/{dead.pk}/pass-over/", {"reason": "已停用"}).status_code == 302
    assert admin.get(f"/outbox/{dead.pk}/pass-over/").status_code == 404


def test_others_are_refused(dead, as_role):
    doctor = as_role("quality_office")
    assert doctor.get("/outbox/").status_code == 403
    assert doctor.post(f"/outbox/{dead.pk}/retry/").status_code == 403
