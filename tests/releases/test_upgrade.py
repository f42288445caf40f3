"""What an earlier version left behind is upgraded by this one and read by its pages."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.conftest import DATA_FOLDER
from zhikong.hospital.functions.indicators.rules import shown
from zhikong.site import connection, supervisor

HERE = Path(__file__).resolve().parent
RELEASES = sorted(file.parent for file in HERE.glob("*/told.json"))
LARGEST = 4_500_000


@pytest.fixture(
    scope="module",
    params=[pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in RELEASES],
)
def release(request):
    return request.param


@pytest.fixture(scope="module")
def told(release):
    return json.loads((release / "told.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def home(release, database_server, tmp_path_factory):
    """A data folder with the release's lake, and a database of its own with the release's dump."""
    folder = tmp_path_factory.mktemp(f"release-{release.name}")
    shutil.copytree(release / "lake", folder / "lake")
    (folder / "static").mkdir()  # WhiteNoise wants it
    shutil.copy(DATA_FOLDER / connection.FILE, folder)  # so that the roles keep their passwords
    name = f"zhikong_release_{os.getpid()}"
    supervisor.prepare(database_server, database=name, home=folder)
    with as_owner(folder) as owner:  # as a hospital would; triggers and policies come after the rows
        owner.execute(gzip.decompress((release / "database.sql.gz").read_bytes()))
    yield folder
    # the server's own account: an autovacuum worker in the database belongs to it, and the owner may not end that
    with psycopg.connect(make_conninfo(database_server, dbname="postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def as_owner(folder: Path):
    """A connection of the role that owns the database."""
    found = connection.read(folder)
    account = found["roles"]["owner"]
    return psycopg.connect(
        host=found["host"],
        port=found["port"],
        dbname=found["name"],
        user=account["user"],
        password=account["password"],
        **found["options"],
    )


@pytest.fixture(scope="module")
def seen(release, home):
    """What the upgraded product shows, from a process of its own."""
    asked = [sys.executable, "-W", "error", "-m", "tests.releases.upgraded", str(release / "told.json")]
    settings = {"ZHIKONG_HOME": str(home), "ZHIKONG_ROLE": "command"}
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | settings
    done = subprocess.run(
        asked, cwd=HERE.parents[1], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def test_there_is_a_release_and_each_is_small_and_without_secrets():
    assert RELEASES
    for release in RELEASES:
        assert sum(file.stat().st_size for file in release.rglob("*") if file.is_file()) < LARGEST
        text = gzip.decompress((release / "database.sql.gz").read_bytes()).decode("utf-8")
        assert not [word for word in ("pbkdf2_", "argon2", "bcrypt", "PASSWORD '") if word in text]


def test_values_are_as_they_were(told, seen):
    assert len(told["values"]) >= 40
    assert seen["values"] == told["values"]


def test_the_restored_lake_gives_the_same_numbers_again(told, seen):
    assert len(seen["again"]) >= len(told["values"]) / 2  # of definitions that kept their meaning
    for indicator, pair in seen["again"].items():
        assert pair == told["values"][indicator][:2]


def test_every_page_opens(seen):
    assert {path: status for path, (status, _) in seen["office"].items() if status != 200} == {}


def test_pages_show_the_values_the_findings_the_close_and_the_brief(told, seen):
    pages = {path: text for path, (_, text) in seen["office"].items()}
    value = shown(Decimal(told["values"]["average_length_of_stay"][2]))
    assert value in pages["/indicators/"]
    assert value in pages["/indicators/average_length_of_stay/"]
    for title in told["findings"].values():
        assert title in pages["/findings/?show=all"]
    assert "出院前由质控员逐份核对首页" in pages["/findings/{finding}/"]
    assert "这个月已结账" in pages["/indicators/months/{closed_month}/"]
    assert f"发布 · 数据版本 {told['data_version']}" in pages["/reports/brief/{closed_month}/"]


def test_sheets_cases_definitions_and_reported_months_are_read_as_they_were(told, seen):
    pages = {path: text for path, (_, text) in seen["office"].items()}
    for path, words in told.get("pages", {}).items():  # since 0.3
        assert [word for word in words if word not in pages[path]] == [], path


def test_a_department_head_still_sees_the_own_department_only(told, seen):
    status, text = seen["head"]["/findings/?show=all"]
    titles = list(told["findings"].values())
    own, other = (next(t for t in titles if t.startswith(place)) for place in ("心血管内科", "骨科"))
    assert status == 200
    assert own in text
    assert other not in text


def test_work_goes_on_where_it_stopped(told, seen):
    """Sequences came along: the next finding gets a number of its own."""
    assert seen["next_number"] not in told["findings"]
