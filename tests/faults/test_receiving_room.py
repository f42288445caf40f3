"""No room on disk: the load stops with a sentence, the page stays up, and with room it is read again from raw."""

import os
import subprocess
import sys

import pytest

from tests.loads import NOW, line, loading_hospital, write_csv  # noqa: F401

LOAD_WITHOUT_ROOM = """
import resource, sys
from datetime import datetime
from pathlib import Path
import django
django.setup()
from zhikong.foundation.access.scope import job_scope
from zhikong.foundation.facts import actions as facts, lake, raw
from zhikong.hospital.functions.datasources import actions, loading
from zhikong.intake import reading
def full_from_now_on(function):
    def wrapper(*args, **kwargs):
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))  # as a disk with no room left
        return function(*args, **kwargs)
    return wrapper
point, institution, path, now = sys.argv[1:]
owner, name = {
    "keeping raw": (raw, "_write"),
    "staging": (loading, "reading_context"),
    "writing good rows": (reading.setting_aside, "write_good"),
    "the lake": (lake.LakeTable, "replace_months"),
}[point]
setattr(owner, name, full_from_now_on(getattr(owner, name)))
load = actions.load_file(by=None, now=datetime.fromisoformat(now), path=Path(path), mapping="front_page",
                         scope=job_scope(int(institution), job="tests"))
print(load.pk, load.state)
"""


@pytest.mark.parametrize("point", ["keeping raw", "staging", "writing good rows", "the lake"])
def test_a_full_disk_stops_the_load_with_a_sentence_and_it_can_be_read_again(loading, tmp_path, point):
    from django.test import Client
    from django.urls import reverse

    from zhikong.foundation.facts.models import Load
    from zhikong.hospital.functions.datasources import processing, replaying
    from zhikong.hospital.functions.datasources.models import Feed

    loading.load(write_csv(tmp_path / "before.csv", [line(n) for n in range(3)]))
    before = (loading.data_version(), loading.rows())
    path = write_csv(tmp_path / "large.csv", [line(n, 年龄="61") for n in range(2, 900)])
    ran = subprocess.run(
        [sys.executable, "-c", LOAD_WITHOUT_ROOM, point, str(loading.id), str(path), NOW.isoformat()],
        env=os.environ | {"ZHIKONG_ROLE": "worker"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    number, state = ran.stdout.split()
    with loading.scoped():
        load = Load.objects.get(pk=number)
    assert (state, load.state) == ("failed", "failed")
    assert "磁盘空间不足" in load.message
    assert (loading.data_version(), loading.rows()) == before

    client = Client()
    client.force_login(office(loading), backend="allauth.account.auth_backends.AuthenticationBackend")
    for url in (reverse("datasources:list"), reverse("datasources:load", args=[load.pk])):
        answer = client.get(url)
        assert answer.status_code == 200
        assert "出错" in answer.content.decode()

    if point != "keeping raw":
        with loading.scoped():
            assert replaying.replay(
                Feed.objects.get(code="files"), by=None, now=NOW, receipt=load.receipts.get()
            )
        [again] = processing.finish_all(loading.scope, now=NOW)
        assert (again.state, len(loading.rows())) == ("published", 900)


def office(loading):
    """An account of the quality office, committed with the hospital."""
    from datetime import date

    from zhikong.foundation.access.models import RoleAssignment, User

    with loading.scoped():
        user = User(username=f"office-{loading.code}", institution_id=loading.id)
        user.set_unusable_password()
        user.save()
        RoleAssignment.objects.create(
            institution_id=loading.id, user=user, role="quality_office", valid_from=date(2020, 1, 1)
        )
    return user
