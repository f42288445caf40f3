"""Install, upgrade on a copy, roll back: what is in force after each way in which it can end."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from installer.onsite import copying, installing, machine, product, rolling_back, service
from installer.onsite.layout import UNFINISHED
from installer.onsite.words import Refused
from tests.unit.installer.conftest import NOW


def upgrade(bundle, layout, **more):
    return installing.install(bundle("0.10.0"), layout, now=lambda: NOW, **more)


def rows(one):
    return (one.data / "rows").read_text()


def test_a_first_installation_is_in_force_and_private(installed, layout):
    assert layout.current() == installed
    assert (layout.prefix / "data").resolve() == installed.data
    assert [oct(folder.stat().st_mode & 0o777) for folder in (installed.data, installed.keys)] == [
        "0o700"
    ] * 2
    assert os.access(layout.prefix / "bin" / "zhikong", os.X_OK)
    assert not (installed.folder / UNFINISHED).exists()


def test_an_upgrade_switches_program_data_and_keys_together(installed, bundle, layout):
    new = upgrade(bundle, layout)
    assert layout.current() == new
    assert (rows(new), (new.keys / "raw.key").read_text()) == (rows(installed), "key")
    assert (new.data / "migrated").exists()
    assert not (installed.data / "migrated").exists()  # the old data were only read
    assert new.told()["counts"] == {"findings": 2}


def test_a_version_that_fails_on_the_copy_leaves_everything_as_it_was(installed, bundle, layout):
    (installed.data / "fails").touch()
    with pytest.raises(Refused, match="迁移没有成功"):
        upgrade(bundle, layout)
    assert layout.current() == installed
    assert [one.name for one in layout.all()] == ["0.9.0"]


def test_a_full_disk_is_a_sentence_and_gets_its_room_back(installed, bundle, layout, monkeypatch):
    (installed.data / "lake").write_bytes(b"x" * 3_000_000)

    def limited(command, **more):
        """As on a disk with room for a megabyte: cp itself meets the end."""
        return run(["prlimit", f"--fsize={10**6}", *command], **more)

    run = subprocess.run
    monkeypatch.setattr(copying.subprocess, "run", limited)
    with pytest.raises(Refused, match="没有复制完"):
        upgrade(bundle, layout)
    assert layout.current() == installed
    assert [one.name for one in layout.all()] == ["0.9.0"]


def test_too_little_room_is_refused_before_anything_is_stopped(
    installed, serving, bundle, layout, monkeypatch
):
    monkeypatch.setattr(installing, "RESERVE", 10**18)
    with pytest.raises(Refused, match="没有改动任何东西"):
        upgrade(bundle, layout)
    assert serving.poll() is None


def test_killed_in_the_trial_the_old_version_is_in_force_and_the_next_run_clears_up(
    installed, bundle, layout, tmp_path
):
    folder = bundle("0.10.0")
    (installed.data / "dies").touch()
    script = (
        "import sys; from pathlib import Path; from tests.unit.installer import conftest as c;"
        "c.machine.check = lambda told: None; c.installing._programs = c.programs;"
        "c.installing.install(Path(sys.argv[1]), c.Layout(Path(sys.argv[2])), now=lambda: c.NOW)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(folder), str(layout.prefix)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert layout.current() == installed
    assert [(one.name, (one.folder / UNFINISHED).read_text()) for one in layout.leftovers()] == [
        ("0.10.0", "trial")
    ]
    (installed.data / "dies").unlink()
    new = installing.install(folder, layout, now=lambda: NOW)
    assert (new.name, layout.leftovers()) == ("0.10.0", [])


def test_killed_right_after_the_switch_the_new_version_is_in_force(installed, bundle, layout):
    new = upgrade(bundle, layout)
    new.step("switch")  # as if the mark had not been taken away
    assert layout.leftovers() == []
    layout.clear_leftovers()
    assert layout.current() == new
    assert not (new.folder / UNFINISHED).exists()


def test_what_runs_is_stopped_first_and_cannot_come_back_meanwhile(installed, serving, bundle, layout):
    upgrade(bundle, layout)
    assert serving.wait(10) == -signal.SIGTERM


def test_data_that_are_served_again_are_not_copied(installed, serving):
    with pytest.raises(Refused, match="又被启动了"), service.held(installed):
        pass


def test_an_older_bundle_is_refused_with_the_way_back(installed, bundle, layout):
    upgrade(bundle, layout)
    with pytest.raises(Refused, match="zhikong-site rollback"):
        installing.install(bundle("0.9.5"), layout, now=lambda: NOW)


def test_a_hospitals_own_database_server_must_be_saved_first(installed, bundle, layout):
    (installed.data / "connection.json").write_text('{"embedded": false}')
    with pytest.raises(Refused, match="database-saved"):
        upgrade(bundle, layout)
    assert upgrade(lambda version: layout.prefix.parent / f"bundle-{version}", layout, database_saved=True)


def test_rolling_back_names_what_was_entered_since_and_keeps_it(installed, bundle, layout, capsys):
    new = upgrade(bundle, layout)
    (new.data / "rows").write_text("one\ntwo\nthree\nfour\n")
    rolling_back.roll_back(layout, now=lambda: NOW)
    assert layout.current() == installed
    assert "findings：2" in capsys.readouterr().out
    assert "findings：2" in (layout.prefix / "left-behind-20261122T060000.txt").read_text()
    assert rows(new).endswith("four\n")


def test_rolling_back_works_when_the_new_version_no_longer_does(installed, bundle, layout, capsys):
    new = upgrade(bundle, layout)
    (new.data / "fails").touch()
    rolling_back.roll_back(layout, now=lambda: NOW)
    assert layout.current() == installed
    assert "没能逐表清点" in capsys.readouterr().out


def test_without_an_older_version_there_is_no_way_back(installed, layout):
    with pytest.raises(Refused, match="第一次安装"):
        rolling_back.roll_back(layout, now=lambda: NOW)


def test_after_rolling_back_the_same_bundle_upgrades_again(installed, bundle, layout):
    upgrade(bundle, layout)
    rolling_back.roll_back(layout, now=lambda: NOW)
    again = installing.install(layout.prefix.parent / "bundle-0.10.0", layout, now=lambda: NOW)
    assert again.name == "0.10.0-2"
    assert layout.previous() == installed


def test_a_database_that_still_runs_is_not_copied(installed):
    cluster = installed.data / "postgres" / "data"
    cluster.mkdir(parents=True)
    sleeper = subprocess.Popen(["sleep", "60"], cwd=cluster)
    try:
        (cluster / "postmaster.pid").write_text(f"{sleeper.pid}\n")
        with pytest.raises(Refused, match=str(sleeper.pid)), service.held(installed):
            pass
    finally:
        sleeper.kill()
        sleeper.wait()
    assert service.database_pid(installed) is None  # what a power cut left names nobody


def test_as_root_the_product_runs_as_the_owner_of_its_data(installed):
    os.chown(installed.data, 12345, 12345)
    wanted = {"user": 12345, "group": 12345, "extra_groups": []} if os.geteuid() == 0 else {}
    assert product.as_owner(installed) == wanted


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (lambda: machine.check_processor("aarch64", "x86_64"), "本机是 x86_64"),
        (lambda: machine.check_python("3.11", (3, 9)), "需要 Python 3.11，现在用的是 3.9"),
        (lambda: machine.check_glibc("glibc", "2.17"), "银河麒麟"),
        (lambda: machine.check_glibc("", ""), "未知"),
    ],
)
def test_a_machine_that_cannot_run_it_is_told_why(check, words):
    with pytest.raises(Refused, match=words):
        check()
    machine.check_processor("x86_64", "x86_64")
    machine.check_python("3.11", (3, 11))
    machine.check_glibc("glibc", "2.28")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_installed_by_root_the_data_belong_to_an_account_and_the_program_to_root(bundle, layout):
    layout.prefix.mkdir(exist_ok=True)
    for folder in (layout.prefix, *layout.prefix.parents):
        if folder == Path(tempfile.gettempdir()):
            break  # what lies above is the system's
        folder.chmod(0o755)
    made = installing.install(bundle("0.9.0"), layout, now=lambda: NOW, account="nobody")
    assert {folder.owner() for folder in (made.data, made.keys, layout.prefix / "backups")} == {"nobody"}
    assert product.program(made).owner() == "root"
    (made.data / "connection.json").write_text('{"embedded": true}')
    (made.data / "rows").write_text("one\n")
    new = installing.install(bundle("0.10.0"), layout, now=lambda: NOW)
    assert (new.data.owner(), (new.data / "migrated").owner()) == ("nobody", "nobody")
    assert (made.data / ".running").owner() == "nobody"
