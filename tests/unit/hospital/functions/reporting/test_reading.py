"""Set files: what comes with the product is right, and every mistake is told with its line and what to write instead."""

from pathlib import Path

import pytest
import yaml

from zhikong import packs
from zhikong.engine.definitions import load_catalogue
from zhikong.foundation.access.roles import ROLES
from zhikong.hospital.functions.reporting.definition.reading import parse
from zhikong.hospital.functions.reporting.library import effect

FOLDER = Path(packs.__path__[0]) / "national"
FILES = sorted((FOLDER / "reporting").glob("*.yaml"))
INDICATORS = load_catalogue([FOLDER]).indicators


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_comes_with_the_product_reads_and_fits_its_indicators(file):
    found = parse(file.read_text("utf-8"), file=file)
    assert not isinstance(found, list), [str(problem) for problem in found]
    assert set(found.fill) | set(found.accept) <= set(ROLES)
    for item in found.items:
        told = INDICATORS[item.indicator]
        said = yaml.safe_load(told.file.read_text("utf-8"))
        if told.kind == "rate":  # the office reports what others are counted by, or what is counted by others
            said = said["per"] if told.per.table == "reported_counts" else said
            assert said["table"] == "reported_counts"
        else:
            assert told.table == "reported_counts"
            alone = (
                told.kind == "count" or told.denominator.how == "rows"
            )  # a number, or its mean over months
            assert (told.multiplier, alone) == (item.multiplier, item.counts_only)
        assert f"'{item.id}'" in str(said["population"])
        assert not item.same_as or INDICATORS[item.same_as].table != "reported_counts"


GOOD = (FOLDER / "reporting" / "medtech_monthly.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("id: medtech_monthly", "id: other", 2, "id 应与文件名相同"),
        ("version: 1", "", 1, "缺少字段 version"),
        ("owner: quality_office", "owner: medical_affairs", 9, "负责人与复核人相同"),
        ("kinds: [medtech]", "kind: [medtech]", 11, "不认识的字段 kind"),
        ("kinds: [medtech]", "codes: []", 11, "没有指定填报科室"),
        ("working_day: 5", "working_day: 32", 12, "第几个工作日"),
        (
            ', says: "每月第 5 个工作日前报上月数据（每月对医技科室工作质量检查汇总）"',
            "",
            12,
            "缺少依据 says",
        ),
        ("denominator: 抽查份数", "decimals: 3", 16, "缺少分母"),
        ("evidence: when_filled", "evidence: maybe", 22, "evidence 不在可选范围内"),
        ("  - id: equipment", "  - id: basics_exam", 42, "写了两次"),
        ("purpose:", "purpose: [", 6, "YAML 格式不对"),
    ],
)
def test_mistakes_are_told_with_their_line(before, after, line, words):
    assert before in GOOD
    problems = parse(GOOD.replace(before, after, 1), file=Path("medtech_monthly.yaml"))
    assert any(words in problem.message for problem in problems), [str(p) for p in problems]
    (told,) = [problem for problem in problems if words in problem.message][:1]
    assert abs(told.line - line) <= 3
    assert told.remedy


def test_a_new_version_says_what_departments_would_fill_differently():
    old = parse(GOOD, file=Path("medtech_monthly.yaml"))
    text = GOOD.replace("working_day: 5", "working_day: 8").replace(
        "title: 三基培训", "title: 三基与三严培训"
    )
    new = parse(text[: text.index("  - id: equipment")], file=Path("medtech_monthly.yaml"))
    said = effect(old, new, now=None)
    assert said[:3] == [
        "不再填报：医疗设备",
        "项目有改动：三基与三严培训",
        "期限由第 5 个工作日改为第 8 个工作日",
    ]
    assert effect(None, new, now=None)[0] == "新增项目：辅助检查报告单"
