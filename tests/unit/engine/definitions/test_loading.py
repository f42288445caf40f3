"""Packs on disk: hashes, duplicates, value sets, presets; one bad file does not hide the others."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.spec.running import OF_RESULTS, USUAL, define, rule
from zhikong.engine.definitions import Catalogue, load_catalogue
from zhikong.engine.definitions.binding import bound
from zhikong.engine.definitions.targets import target_of


def write(folder: Path, name: str, data: Any) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True))
    return file


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    write(folder, "pack.yaml", {"id": "mine", "version": "1", "name": {"zh": "本院"}})
    return folder


def indicator(folder: Path, key: str = "example", **said: Any) -> Path:
    return write(folder, f"indicators/{key}.yaml", USUAL | {"id": key} | said)


def hash_of(folder: Path, **said: Any) -> str:
    indicator(folder, **said)
    catalogue = load_catalogue([folder])
    assert catalogue.problems == []
    return catalogue.indicators["example"].hash


@pytest.mark.parametrize(
    "said",
    [
        {"name": {"zh": "别的名称", "en": "Other"}},
        {"why": "别的理由"},
        {"owner": "nursing"},
        {"version": 2},
        {"targets": {"tertiary": {"at_least": 3}}},
        {"minimum_denominator": 30},
        {"notes": "说明"},
        {"exclusions": []},
    ],
)
def test_prose_and_targets_do_not_change_the_hash(pack: Path, said: dict[str, Any]) -> None:
    assert hash_of(pack, **said) == hash_of(pack)


@pytest.mark.parametrize(
    "said",
    [
        {"population": "days > 1"},
        {"numerator": {"count": "day_surgery"}},
        {"numerator": {"sum": "days"}},
        {"exclusions": [{"when": "day_surgery", "why": "不计"}]},
        {"multiplier": 1000, "unit": "‰"},
        {"department": "admission_department"},
        {"date": "admitted_at"},
        {"kind": "mean", "numerator": {"sum": "days"}},
        {"unit": "人次"},
    ],
)
def test_meaning_changes_the_hash(pack: Path, said: dict[str, Any]) -> None:
    assert hash_of(pack, **said) != hash_of(pack)


def test_exclusions_differ_only_in_prose(pack: Path) -> None:
    first = hash_of(pack, exclusions=[{"when": "day_surgery", "why": "甲"}])
    assert first == hash_of(pack, exclusions=[{"when": "day_surgery", "why": "乙"}])


def test_code_list_is_part_of_the_meaning(pack: Path) -> None:
    codes = {"id": "heart", "name": {"zh": "心"}, "source": {"document": "x", "mark": "memory"}}
    said = {"population": "in_codes(principal_diagnosis, 'heart')"}
    write(pack, "codes/heart.yaml", codes | {"prefixes": ["I21"]})
    first = hash_of(pack, **said)
    write(pack, "codes/heart.yaml", codes | {"prefixes": ["I21", "I22"]})
    assert first != hash_of(pack, **said)


def messages(catalogue: Catalogue) -> list[str]:
    return [p.message for p in catalogue.problems]


def test_a_bad_file_does_not_hide_the_good_ones(pack: Path) -> None:
    indicator(pack, "good_one")
    indicator(pack, "bad_one", table="nowhere")
    catalogue = load_catalogue([pack])
    assert list(catalogue.indicators) == ["good_one"]
    assert messages(catalogue) == ["没有表 nowhere。"]


def test_twice_defined(pack: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other, "pack.yaml", {"id": "other", "version": "1", "name": {"zh": "别的"}})
    indicator(pack)
    indicator(other)
    assert messages(load_catalogue([pack, other])) == ["example 定义了两次。"]


def test_preset_of_an_unknown_indicator(pack: Path) -> None:
    source = {"document": "x", "mark": "memory"}
    write(
        pack,
        "targets/goal.yaml",
        {"preset": "goal", "source": source, "targets": {"nothing": {"at_most": 1}}},
    )
    assert messages(load_catalogue([pack])) == ["目标值引用的指标 nothing 不存在，或它的定义有误。"]


def test_preset_is_read(pack: Path) -> None:
    indicator(pack)
    source = {"document": "x", "mark": "memory"}
    targets = {"example": {"at_least": 92, "quote": "≥92", "line": 3}}
    write(pack, "targets/goal.yaml", {"preset": "goal", "source": source, "targets": targets})
    preset = load_catalogue([pack]).presets["goal"]
    assert preset.targets["example"].at_least == 92


def test_code_list_with_a_wrong_code(pack: Path) -> None:
    source = {"document": "x", "mark": "memory"}
    codes = {"id": "heart", "name": {"zh": "心"}, "source": source, "prefixes": ["I21", "心梗"]}
    file = write(pack, "codes/heart.yaml", codes)
    (problem,) = load_catalogue([pack]).problems
    assert problem.line == next(
        i for i, line in enumerate(file.read_text().splitlines(), 1) if "心梗" in line
    )


def test_pack_without_pack_yaml(tmp_path: Path) -> None:
    assert messages(load_catalogue([tmp_path])) == ["内容包缺少 pack.yaml。"]


@pytest.mark.parametrize(
    ("target", "value", "met"),
    [
        ({"at_least": 92}, "92", True),
        ({"at_least": 92}, "91.99", False),
        ({"at_most": 14}, "14", True),
        ({"range": [80, 90]}, "80", True),
        ({"range": [80, 90]}, "90.01", False),
        ({"equals": 0}, "0", True),
        ({"equals": 0}, "0.1", False),
    ],
)
def test_targets(target: dict[str, Any], value: str, met: bool) -> None:
    read = target_of(target)
    assert read is not None
    assert read.met(Decimal(value)) is met


# --- what definitions name ------------------------------------------------------------------------------

LIST = {"id": "heart", "name": {"zh": "心"}, "source": {"document": "x", "mark": "memory"}}


def test_a_list_of_several_editions_is_named_with_its_edition(pack: Path) -> None:
    for year, prefix in (("2002", "I21"), ("2011", "I50")):
        write(pack, f"codes/heart@{year}.yaml", LIST | {"edition": year, "prefixes": [prefix]})
    indicator(pack, "newer", population="in_codes(principal_diagnosis, 'heart@2011')")
    indicator(pack, "older", population="in_codes(principal_diagnosis, 'heart@2002')")
    indicator(pack, "vague", population="in_codes(principal_diagnosis, 'heart')")
    catalogue = load_catalogue([pack])
    assert messages(catalogue) == ["没有编码清单 heart。"]
    assert "heart@2002" in catalogue.problems[0].remedy
    assert catalogue.indicators["newer"].hash != catalogue.indicators["older"].hash


def test_a_list_of_one_edition_needs_none_named(pack: Path) -> None:
    write(pack, "codes/heart@2011.yaml", LIST | {"edition": "2011", "prefixes": ["I50"]})
    indicator(pack, "named", population="in_codes(principal_diagnosis, 'heart@2011')")
    indicator(pack, "plain", population="in_codes(principal_diagnosis, 'heart')")
    catalogue = load_catalogue([pack])
    assert catalogue.problems == []
    assert catalogue.indicators["named"].hash == catalogue.indicators["plain"].hash


def test_an_edition_against_the_file_name(pack: Path) -> None:
    write(pack, "codes/heart@2011.yaml", LIST | {"edition": "2012", "prefixes": ["I50"]})
    assert messages(load_catalogue([pack])) == ["edition 与文件名里的版本 2011 不同。"]


GROWN = {
    "kind": "growth", "of": "example", "against": {"months": 12}, "change": "points", "unit": "天", "multiplier": 1,
}  # fmt: skip


def derived(folder: Path, key: str, **said: Any) -> Path:
    usual = {k: v for k, v in USUAL.items() if k not in OF_RESULTS}
    return write(folder, f"indicators/{key}.yaml", usual | GROWN | {"id": key} | said)


def test_what_stands_on_others_is_read_after_them(pack: Path, tmp_path: Path) -> None:
    """In whatever order and pack the files lie; a new version of the base is a new meaning."""
    other = tmp_path / "other"
    write(other, "pack.yaml", {"id": "other", "version": "1", "name": {"zh": "别的"}})
    derived(pack, "again", of="before")
    derived(pack, "before")
    indicator(other)
    catalogue = load_catalogue([pack, other])
    assert catalogue.problems == []
    (before,) = catalogue.indicators["again"].bases()
    assert before.bases() == (catalogue.indicators["example"],)
    indicator(other, population="days > 3")
    assert load_catalogue([pack, other]).indicators["again"].hash != catalogue.indicators["again"].hash


def test_indicators_that_wait_for_each_other_are_problems_with_their_lines(pack: Path) -> None:
    first, second = derived(pack, "first", of="second"), derived(pack, "second", of="first")
    problems = load_catalogue([pack]).problems
    assert {p.file for p in problems} == {first, second}
    assert all("互相引用" in p.message for p in problems)
    assert all("of:" in p.file.read_text().splitlines()[p.line - 1] for p in problems)


def test_a_preset_says_its_levels(pack: Path) -> None:
    indicator(pack)
    source = {"document": "x", "mark": "memory"}
    said = {"preset": "goal", "source": source, "targets": {"example": {"at_least": 3}}}
    write(pack, "targets/goal.yaml", said | {"levels": ["tertiary", "secondary"]})
    assert load_catalogue([pack]).presets["goal"].levels == ("tertiary", "secondary")
    write(pack, "targets/goal.yaml", said | {"levels": ["highest"]})
    assert messages(load_catalogue([pack])) == ["没有机构级别 highest。"]


PER = {"table": "stays", "date": "admitted_at", "rows": True}
P90 = {"kind": "percentile", "percentile": 90, "rank": "linear", "numerator": {"values": "days"}}
PEOPLE = {"kind": "distinct", "numerator": {"distinct": "patient_key"}}
RATE = {"kind": "rate", "numerator": {"rows": True}, "per": PER}
FURTHER = [
    {},
    {"exceptions": [{"when": "day_surgery", "why": "可以不做"}]},
    {"numerator_of": "before_exclusions"},
    P90,
    P90 | {"percentile": 95},
    P90 | {"rank": "n_plus_1"},
    PEOPLE,
    PEOPLE | {"numerator": {"distinct": "patient_key", "where": "days > 3"}},
    RATE,
    RATE | {"no_rows": "zero"},
    RATE | {"per": PER | {"date": "discharged_at"}},
    RATE | {"per": PER | {"population": "days > 3"}},
]


def test_every_new_field_enters_the_hash(pack: Path) -> None:
    hashes = set()
    for said in FURTHER:
        usual = {"numerator": {"count": "days > 3"}, "department": None} | said
        file = indicator(pack, **usual)
        if "kind" in said:
            file.write_text(file.read_text().replace("denominator:\n  rows: true\n", ""))
        catalogue = load_catalogue([pack])
        assert catalogue.problems == []
        hashes.add(catalogue.indicators["example"].hash)
    assert len(hashes) == len(FURTHER)


def test_a_changed_part_changes_what_stands_on_it(pack: Path) -> None:
    """A hospital's own text of an indicator: the growth of it, and the growth of that, are other measures now."""
    indicator(pack)
    derived(pack, "before")
    derived(pack, "again", of="before")
    packaged = load_catalogue([pack]).indicators
    own = define(id="example", population="days > 3")
    found = bound(packaged | {"example": own})
    assert [d.bases() for d in (found["before"], found["again"])] == [(own,), (found["before"],)]
    assert all(found[name].hash != packaged[name].hash for name in packaged)
    assert bound(packaged) == packaged


def test_a_changed_rule_changes_its_compliance_rate() -> None:
    old, new = (rule(id="kept", passes=f"days > {days}") for days in (1, 2))
    rate = define(rules={"kept": old}, numerator={"passes": "kept"}, denominator=None, unit="例")
    found = bound({"example": rate}, {"kept": new})["example"]
    assert (found.rule, found.hash != rate.hash) == (new, True)
