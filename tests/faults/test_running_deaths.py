"""A check of open stays that is killed leaves what was known before; the next one does all of it, once."""

import os
import signal
import subprocess
import sys

import pytest

from tests.live_feed import at
from tests.loads import loading_hospital  # noqa: F401
from tests.unit.hospital.functions.records.running_stays import admit, document, moment, others

NOTE = "first-progress-note-8h"
CHECK_AND_DIE = """
import os, signal, sys
from datetime import datetime
import django
django.setup()
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.hospital.functions.records.actions.running import alerting, defects, obligations, refreshing
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
point, institution, now = sys.argv[1:]
owner, name = {
    "obligations written": (obligations, "_write_steps"),
    "before defects": (defects, "follow"),
    "before notices": (alerting, "announce"),
    "not committed": (refreshing, "Refreshed"),
}[point]
setattr(owner, name, die)
with scoped(job_scope(int(institution), job="tests")):
    refreshing.refresh_due(by=None, now=datetime.fromisoformat(now), fingerprint="x")
"""


POINTS = ["obligations written", "before defects", "before notices", "not committed"]


@pytest.mark.parametrize("point", POINTS if os.environ.get("ZHIKONG_TEST_ALL") else POINTS[::3])
def test_a_killed_check_is_as_if_it_had_not_begun(loading, point):
    from tests.live_feed import send
    from zhikong.hospital.functions.records.actions.running import refreshing
    from zhikong.hospital.functions.records.models import CheckEvent, Obligation, StayCheck

    now = moment(20, 9, 30)
    with loading.scoped():
        send(received_at=now, now=now, stays=[admit(1)], documents=others())
        send(received_at=now, now=now, documents=[document(1, "d1", "38", at(20, 9, 10))])
    killed = subprocess.run(
        [sys.executable, "-c", CHECK_AND_DIE, point, str(loading.id), now.isoformat()],
        env=os.environ | {"ZHIKONG_ROLE": "worker"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    with loading.scoped():
        assert (Obligation.objects.count(), CheckEvent.objects.count()) == (0, 0)
        assert StayCheck.objects.filter(stay_id="s1", checked_at=None).exists(), "it is still to be checked"

    with loading.scoped():
        done = refreshing.refresh_due(by=None, now=now, fingerprint="x")
        assert done.stays >= 1
        assert Obligation.objects.get(stay_id="s1", rule=NOTE).state == "overdue"
        assert refreshing.refresh_due(by=None, now=now, fingerprint="x").stays == 0
