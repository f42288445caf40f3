"""The training hospital is made, reset and removed without a touch of the real folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from zhikong.site import home, serving
from zhikong.site.training import addresses, finishing, making, places
from zhikong.site.training.making import TrainingRefused


@pytest.fixture
def real(tmp_path, monkeypatch):
    """A real hospital's folder, and a loader that makes a small training folder instead of a hospital."""
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZHIKONG_KEYS", str(tmp_path / "home-keys"))
    for name in ("ZHIKONG_ADDRESS", "ZHIKONG_PORT"):
        monkeypatch.delenv(name, raising=False)
    home.write_private(tmp_path / "home" / "connection.json", "{}")
    home.set_options(port=8443, allowed_hosts=["zk.lan"], certificate="/c.crt", https=True)
    (tmp_path / "home" / "lake").mkdir()
    (tmp_path / "home" / "lake" / "fact").write_text("real")
    monkeypatch.setattr(making, "_run", _loader)
    monkeypatch.setattr(making, "LEAST_ROOM", 0)
    return tmp_path / "home"


def _loader(words, data=None, own_keys=None):
    if words[0] == "demo":
        (data / "page").write_text("as made")
        return ""
    return "said\nnew-password\n"


def _snapshot(folder):
    return {p: p.read_text() for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "site.json"}


def test_made_practised_in_reset_and_removed(real):
    before = _snapshot(real)
    assert making.make() == "new-password"
    assert places.is_wanted()
    (places.folder() / "page").write_text("practised")
    (places.folder() / "more").write_text("practised")
    assert making.reset() == "new-password"
    assert sorted(p.name for p in places.folder().iterdir()) == [places.OURS, "page"]
    assert (places.folder() / "page").read_text() == "as made"
    making.remove()
    assert not places.folder().exists()
    assert not places.fresh().exists()
    assert not places.keys().exists()
    assert not places.is_wanted()
    assert _snapshot(real) == before


@pytest.mark.parametrize("name", ["home-training", "home-training-fresh", "home-keys-training"])
@pytest.mark.parametrize("act", [making.make, making.remove])
def test_a_folder_of_somebody_elses_is_never_deleted(real, name, act):
    own = real.with_name(name)
    own.mkdir()
    (own / "own.txt").write_text("kept")
    with pytest.raises(TrainingRefused, match="没有删除"):
        act()
    assert (own / "own.txt").read_text() == "kept"


def test_an_earlier_one_stays_when_the_new_one_is_not_made(real, monkeypatch):
    making.make()

    def breaks(words, **where):
        raise TrainingRefused("磁盘已满")

    monkeypatch.setattr(making, "_run", breaks)
    with pytest.raises(TrainingRefused, match="磁盘已满"):
        making.make()
    assert (places.folder() / "page").exists()
    assert places.is_wanted()


def test_options_of_the_real_site_stay(real):
    making.make()
    assert home.options() | {"training": None} == {
        "port": 8443, "allowed_hosts": ["zk.lan"], "certificate": "/c.crt", "https": True, "training": None,
    }  # fmt: skip
    assert home.options()["training"] == {"on": True, "port": 8444}
    assert addresses.shown_address() == "https://zk.lan:8444/"
    making.switch(on=False)
    assert addresses.shown_address() == ""


def test_nothing_is_deleted_while_it_still_runs(real, monkeypatch):
    making.make()
    monkeypatch.setattr(making, "STOPS_WITHIN", 0)
    held = "import fcntl,sys; f=open(sys.argv[1],'a+'); fcntl.flock(f,fcntl.LOCK_EX); print('held',flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", held, str(places.folder() / ".running")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        holder.stdout.readline()
        with pytest.raises(TrainingRefused, match="没有停下，没有改动"):
            making.remove()
        assert (places.folder() / "page").exists()
    finally:
        holder.communicate()


@pytest.mark.parametrize("option", ["demo", "training_site"])
def test_nothing_to_practise_beside_a_made_up_hospital(real, option):
    home.set_options(**{option: True})
    for act in (making.make, making.reset, making.remove):
        with pytest.raises(TrainingRefused, match="演示或演练数据"):
            act()


def test_first_there_must_be_a_hospital(real):
    with pytest.raises(TrainingRefused, match="training make"):
        making.reset()
    (real / "connection.json").unlink()
    with pytest.raises(TrainingRefused, match="zhikong init"):
        making.make()


def test_a_full_disk_is_told_before_anything_is_deleted(real, monkeypatch):
    making.make()
    monkeypatch.setattr(making, "LEAST_ROOM", 10**18)
    with pytest.raises(TrainingRefused, match="3 GB"):
        making.make()
    assert places.folder().exists()


def test_a_database_behind_a_link_is_copied_not_shared(real, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "row").write_text("as made")
    making.make()
    (places.fresh() / "postgres").symlink_to(elsewhere)
    making.reset()
    found = places.folder() / "postgres"
    assert not found.is_symlink()
    (found / "row").write_text("practised")
    assert (elsewhere / "row").read_text() == "as made"


def test_its_processes_know_neither_the_real_folder_nor_the_real_database(real, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://real")
    monkeypatch.setenv("ZHIKONG_ADDRESS", "10.0.0.1")
    told = places.environment()
    assert told["DATABASE_URL"] == ""
    assert "ZHIKONG_ADDRESS" not in told
    assert Path(told["ZHIKONG_HOME"]) == real.with_name("home-training")
    assert Path(told["ZHIKONG_KEYS"]) == real.with_name("home-keys-training")
    child = {**os.environ, **serving.training().environment}
    assert (child["DATABASE_URL"], child["ZHIKONG_PORT"]) == ("", "8444")
    assert not serving.training().essential


def test_finishing_happens_only_in_a_folder_that_was_just_loaded(real):
    from datetime import date

    with pytest.raises(TrainingRefused, match="没有改动"):
        finishing.finish(real={}, today=date(2026, 11, 23))
    with pytest.raises(TrainingRefused, match="找不到正式医院"):
        finishing.real_options()


def test_the_real_options_are_found_from_the_training_folder(real, monkeypatch):
    monkeypatch.setenv("ZHIKONG_HOME", str(places.folder()))
    assert finishing.real_options()["port"] == 8443
