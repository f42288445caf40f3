"""Deliberately bad definitions: each must be refused with the message and line that its first line promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec.running import define
from zhikong.engine.definitions.loading import Named, load_definition
from zhikong.engine.definitions.problems import Problem

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))


MIDDLE = define(id="middle", kind="median", numerator={"values": "days"}, denominator=None, unit="天")
NAMED = Named(indicators={"known": define(id="known"), "middle": MIDDLE})


def problems(file: Path) -> list[Problem]:
    found = load_definition(file, pack="bad", codes={}, named=NAMED)
    assert isinstance(found, list), f"{file.name} was accepted"
    return found


@pytest.mark.parametrize("file", BAD, ids=lambda f: f.stem)
def test_bad_definition_is_explained(file: Path) -> None:
    first = problems(file)[0]
    promised = file.read_text("utf-8").splitlines()[0]
    assert promised == f"# 应报第 {first.line} 行：{first.message} {first.remedy}"


def test_empty_file(tmp_path: Path) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text("")
    assert problems(file)[0].message == "文件是空的。"


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "gbk.yaml"
    file.write_bytes("name: 平均住院日".encode("gbk"))
    assert problems(file)[0].remedy == "请另存为 UTF-8。"


def test_list_instead_of_fields(tmp_path: Path) -> None:
    file = tmp_path / "list.yaml"
    file.write_text("- id: list")
    assert "字段: 值" in problems(file)[0].message


def test_aliases_cannot_fill_the_memory(tmp_path: Path) -> None:
    """Nine levels of ten aliases would be a thousand million values."""
    lines = ["a0: &a0 [1,1,1,1,1,1,1,1,1,1]"]
    lines += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    file = tmp_path / "bomb.yaml"
    file.write_text("\n".join(lines))
    assert problems(file)[0].message == "YAML 里的内容过多。"


def test_every_problem_has_a_remedy() -> None:
    for file in BAD:
        assert all(p.remedy and p.message.endswith("。") for p in problems(file))
