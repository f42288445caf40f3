"""Mapping files: what is written is what is understood, and what cannot be is said in Chinese with its place."""

from pathlib import Path

import pytest

from zhikong import packs
from zhikong.intake.mappings import MappingFault, load_mapping, parse_mapping, used_columns

FILES = sorted(Path(next(iter(packs.__path__))).glob("*/mappings/*.yaml"))


def small(**stays):
    return {
        "id": "x",
        "name": "x",
        "sources": {"page": {"pseudonyms": {"stay_id": {"kind": "stay", "of": ["A"]}}}},
        "tables": {"stays": {"from": "page", "columns": {"stay_id": "stay_id", **stays}}},
    }


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_mapping_of_the_packs_can_be_read_and_has_its_own_name(path):
    assert load_mapping(path).id == path.stem


HOW_OFTEN = {"A49", "ZYCS"}
"""How many stays there were is part of a stay's number and tells nobody's name."""


def test_identifiers_and_numbers_are_not_among_the_columns_that_are_staged():
    for path in FILES:
        mapping = load_mapping(path)
        for source in mapping.sources.values():
            hidden = {*source.identity.values(), *(c for _, of in source.pseudonyms.values() for c in of)}
            shown = {*used_columns(mapping, source.name)} - HOW_OFTEN
            assert hidden.isdisjoint(shown), path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nonsense": "B"}, "表 stays 没有列 nonsense。"),
        ({"days": {"from": "B", "as": "roman"}}, "不认识的形式 roman"),
    ],
)
def test_faults_are_explained(change, message):
    with pytest.raises(MappingFault, match=message):
        parse_mapping(small(**change))


def test_an_unknown_table_and_an_unknown_source_are_explained():
    with pytest.raises(MappingFault, match="表 moons 不在数据契约中。"):
        parse_mapping(small() | {"tables": {"moons": {"from": "page", "columns": {}}}})
    with pytest.raises(MappingFault, match="来源 nowhere 没有定义"):
        parse_mapping(small() | {"tables": {"stays": {"from": "nowhere", "columns": {}}}})


def test_broken_yaml_and_a_missing_part_name_the_file(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text("a: [1", encoding="utf-8")
    with pytest.raises(MappingFault, match=r"broken\.yaml：不是有效的 YAML"):
        load_mapping(path)
    path.write_text("id: x\nname: x\nsources: {}\n", encoding="utf-8")
    with pytest.raises(MappingFault, match=r"broken\.yaml：缺少或写错了 'tables'"):
        load_mapping(path)
