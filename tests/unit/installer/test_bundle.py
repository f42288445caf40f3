"""What a bundle holds, and that a damaged one is refused by name."""

import os
import subprocess

import pytest

from installer import bundle
from installer.onsite import service, sums
from installer.onsite.layout import Layout, order
from installer.onsite.words import Refused


@pytest.fixture
def made(tmp_path):
    wheel = tmp_path / "thing-1.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    bundle.fill(tmp_path / "made", "x86_64", [wheel])
    return tmp_path / "made"


def test_every_file_is_listed_as_sha256sum_reads_it(made):
    done = subprocess.run(["sha256sum", "-c", "--quiet", sums.FILE], cwd=made, check=False)
    assert done.returncode == 0
    assert sums.check(made) == len([one for one in made.rglob("*") if one.is_file()]) - 1


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda made: (made / "install.sh").write_text("#!/bin/sh\n"), "install.sh 的校验值不符"),
        (lambda made: (made / "VERSION").unlink(), "缺少 VERSION"),
        (lambda made: (made / "onsite" / "extra.py").touch(), "多出了文件 onsite/extra.py"),
        (lambda made: (made / sums.FILE).unlink(), "读不了"),
    ],
)
def test_a_damaged_bundle_is_refused_by_name(made, harm, words):
    harm(made)
    with pytest.raises(Refused, match=words):
        sums.check(made)


def test_platform_tags_are_of_one_processor_and_no_newer_than_promised():
    for arch in bundle.ARCHES:
        tags = bundle.platforms(arch)
        assert {tag.endswith(arch) for tag in tags} == {True}
        assert f"manylinux_2_28_{arch}" in tags
        assert f"manylinux_2_29_{arch}" not in tags


def test_of_several_wheels_of_one_name_the_newest_goes_in(tmp_path):
    for number, name in enumerate(
        ("a-1.0-py3-none-any.whl", "a-2.0-py3-none-any.whl", "b-1.0-py3-none-any.whl")
    ):
        path = tmp_path / name
        path.touch()
        os.utime(path, (number, number))
    assert [path.name for path in bundle.needed(tmp_path)] == [
        "a-2.0-py3-none-any.whl",
        "b-1.0-py3-none-any.whl",
    ]


def test_install_says_which_python_is_missing(made, tmp_path):
    (made / "VERSION").write_text("version=1\narch=x86_64\npython=3.99\n")
    done = subprocess.run([made / "install.sh"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "没有找到 Python 3.99" in done.stderr
    assert "dnf install" in done.stderr


def test_the_unit_restarts_drains_and_writes_only_its_own(tmp_path):
    text = service.unit_text(Layout(tmp_path), "zhikong", backups="/mnt/backup", low_port=True)
    for line in (
        "Restart=on-failure",
        "TimeoutStopSec=120",
        "NoNewPrivileges=yes",
        f"ReadWritePaths={tmp_path} -/mnt/backup",
        f"ExecStart={tmp_path}/bin/zhikong serve",
        "AmbientCapabilities=CAP_NET_BIND_SERVICE",
    ):
        assert line in text.splitlines()
    assert "AmbientCapabilities=" in service.unit_text(Layout(tmp_path), "zhikong").splitlines()


def test_versions_are_ordered_by_number():
    assert order("0.9.0") < order("0.10.0") < order("1.0")
