"""What belongs to a backup, and where a restored file may go."""

import pytest

from zhikong.site.backup import places


@pytest.fixture
def installation(tmp_path):
    data, keys, dump = tmp_path / "data", tmp_path / "keys", tmp_path / "dump"
    for name in (
        "files/ab/one",
        "lake/H/stays/part-1.parquet",
        "lake/H/stays/_delta_log/0.json",
        "secrets/django",
    ):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(name)
    for name in ("postgres/data/base", "cache/x", "logs/web.log", "static/a.css", ".running"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text("left out")
    keys.mkdir()
    (keys / "raw.key").write_text("key")
    (keys / "backup.key").write_text("never inside a backup")
    dump.mkdir()
    (dump / "toc.dat").write_text("toc")
    (data / "link").symlink_to("/etc/passwd")
    return {"data": data, "keys_folder": keys, "dump": dump}


def test_everything_that_does_not_come_back_by_itself(installation):
    names = [item.name for item in places.items(**installation)]
    assert sorted(names) == [
        "data/files/ab/one",
        "data/lake/H/stays/_delta_log/0.json",
        "data/lake/H/stays/part-1.parquet",
        "data/secrets/django",
        "database/toc.dat",
        "keys/raw.key",
    ]


def test_logs_of_the_lake_come_before_what_they_name(installation):
    names = [item.name for item in places.items(**installation)]
    assert names[0] == "data/lake/H/stays/_delta_log/0.json"


def test_each_file_has_its_place_again(installation):
    for item in places.items(**installation):
        assert places.target(item.name, **installation) == item.path


@pytest.mark.parametrize("name", ["data/../outside", "data//etc/passwd", "keys/", "data/a/../../b"])
def test_a_name_that_leads_outside_is_refused(installation, name):
    with pytest.raises(ValueError, match=r".*"):
        places.target(name, **installation)
