"""A settling that is killed leaves the stays in the live store; the next one carries them over, once."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from tests.live_feed import NOW, admission, at, send, stay
from tests.loads import loading_hospital  # noqa: F401
from zhikong.intake.live import VERSION

SETTLE_AND_DIE = """
import os, signal, sys
from datetime import datetime, timedelta
import django
django.setup()
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.facts import actions as facts, lake
from zhikong.foundation.patients import live, settling, settling_due
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
point, institution, now = sys.argv[1:]
owner, name = {
    "before the lake": (lake.LakeTable, "replace_months"),
    "after the lake": (facts, "_show"),
    "published, not left": (settling, "_leave"),
    "remembering": (settling_due, "frozen"),
    "left, not committed": (settling, "_end"),
}[point]
setattr(owner, name, die)
with scoped(job_scope(int(institution), job="tests")):
    live.settle(by=None, now=datetime.fromisoformat(now), after=timedelta(0))
"""


def order(number, stay_id):
    return {"stay_id": stay_id, "order_id": number, "kind": "exam", "ordered_at": at(2), VERSION: at(2)}


@pytest.mark.parametrize(
    "point",
    ["before the lake", "after the lake", "published, not left", "remembering", "left, not committed"],
)
def test_a_killed_settling_is_as_if_it_had_not_begun(loading, point):
    from zhikong.foundation.patients import live
    from zhikong.foundation.patients.models import LiveRow

    with loading.scoped():
        send(
            stays=[admission(1), stay(1, at(5), discharged_at=at(5)), admission(2)],
            orders=[order("o1", "s1"), order("o2", "s2")],
        )
    killed = subprocess.run(
        [sys.executable, "-c", SETTLE_AND_DIE, point, str(loading.id), NOW.isoformat()],
        env=os.environ | {"ZHIKONG_ROLE": "worker"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    with loading.scoped():
        assert LiveRow.objects.count() == 4
    assert loading.rows() == []

    with loading.scoped():
        done = live.settle(by=None, now=NOW, after=timedelta(0))
        assert (done.stays, done.rows) == (1, 2)
        assert sorted(LiveRow.objects.values_list("table", "stay_id")) == [("orders", "s2"), ("stays", "s2")]
        assert live.settle(by=None, now=NOW, after=timedelta(0)).load is None
    assert [row["stay_id"] for row in loading.rows()] == ["s1"]
    assert [row["order_id"] for row in loading.rows("orders")] == ["o1"]
