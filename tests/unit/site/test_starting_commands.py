"""What ``zhikong import`` and ``zhikong starting`` refuse before any database is started, and how the standing is told."""

from importlib import import_module

import pytest

from zhikong.cli import main
from zhikong.site.commands import starting

importing = import_module("zhikong.site.commands.import")


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["staff"], "请给出要导入的文件"),
        (["targets"], "请给出要导入的文件"),
        (["staff", "没有.xlsx"], "找不到文件：没有.xlsx"),
        (["plan", "a.docx", "b.docx"], "一次导入一个文件"),
    ],
)
def test_what_is_not_there_is_said_before_anything_starts(words, told, own_home, capsys):
    assert main(["import", *words]) == importing.REFUSED
    assert told in capsys.readouterr().err
    assert not (own_home / "postgres").exists()


def test_the_standing_is_told_in_lines(capsys):
    step = {"title": "目标值", "word": "未开始", "lines": ["0 个"], "troubles": ["还没有目标值"]}
    door = {"what": "导入病案首页", "alone": 105, "part": 98}
    starting._tell(
        {"steps": [step], "month": "2026-10", "indicators": 345, "ready": 0, "unlocks": [door], "measured": False, "time_left": "约 2 分钟"}
    )  # fmt: skip
    told = capsys.readouterr().out
    assert "1. 目标值：未开始" in told
    assert "■ 还没有目标值" in told
    assert "就能多算 105 个，另有 98 个还缺别的" in told
    assert "约 2 分钟（初步估计）" in told
