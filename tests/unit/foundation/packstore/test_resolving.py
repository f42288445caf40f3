"""Packaged definitions resolve without any hospital version; pinned ones outlive the package."""

from datetime import UTC, date, datetime

import pytest

from tests.unit.foundation.packstore.conftest import recipe
from zhikong.foundation.access import scope
from zhikong.foundation.packstore import actions, kinds, listing, queries, rules

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


def test_a_packaged_definition_is_in_force(hospital, shelf_of):
    shelf_of({"soup": recipe("soup", "汤", 3), "stew": recipe("stew", "炖菜")})
    found = queries.resolve("recipe", "soup", on=TODAY)
    assert (found.id, found.version, found.origin, found.title) == ("soup", 3, "national", "汤")
    assert found.hash == rules.text_hash(recipe("soup", "汤", 3))
    assert [d.id for d in queries.resolve_all("recipe", on=TODAY)] == ["soup", "stew"]
    assert queries.resolve("recipe", "none", on=TODAY) is None


def test_the_province_stands_before_the_nation_and_samples_are_for_the_demonstration(hospital, shelf_of):
    shelf_of({"soup": recipe("soup", "国家的汤")})
    shelf_of({"soup": recipe("soup", "省的汤")}, pack="hunan", level="province")
    shelf_of({"cake": recipe("cake", "演示")}, pack="demo", level="sample")
    assert queries.resolve("recipe", "soup", on=TODAY).title == "省的汤"
    assert queries.resolve("recipe", "cake", on=TODAY) is None


def test_what_is_pinned_outlives_the_package(hospital, shelf_of):
    shelf_of({"soup": recipe("soup", "汤")})
    pinned = actions.pin("recipe", "soup", on=TODAY, now=NOW)
    actions.pin("recipe", "soup", on=TODAY, now=NOW)
    shelf_of({})
    assert queries.resolve("recipe", "soup", on=TODAY) is None
    again = queries.by_hash("recipe", pinned.hash)
    assert (again.title, again.version, again.origin) == ("汤", 1, "national")
    assert again.obj is queries.by_hash("recipe", pinned.hash).obj


def test_an_unknown_hash_is_an_error(hospital, recipes, shelf_of):
    shelf_of({})
    with pytest.raises(queries.UnknownHash):
        queries.by_hash("recipe", "0" * 16)
    with pytest.raises(actions.NotInForce):
        actions.pin("recipe", "soup", on=TODAY, now=NOW)


def test_a_broken_definition_is_not_passed_over_in_silence(hospital, shelf_of):
    shelf_of({"soup": "id: soup\nversion: 1\n", "stew": recipe("stew", "炖菜")})
    with pytest.raises(queries.Broken, match="缺少 title"):
        queries.resolve("recipe", "soup", on=TODAY)
    assert [d.id for d in queries.resolve_all("recipe", on=TODAY)] == ["stew"]
    assert [d.id for d in queries.broken("recipe", on=TODAY)] == ["soup"]


def test_a_file_that_says_another_id_is_refused(hospital, shelf_of):
    shelf_of({"soup": recipe("stew", "汤")})
    with pytest.raises(queries.Broken, match="第 1 行"):
        queries.resolve("recipe", "soup", on=TODAY)


def test_an_unregistered_kind_is_an_error(hospital):
    with pytest.raises(kinds.UnknownKind):
        queries.resolve("nothing", "soup", on=TODAY)


def test_a_kind_that_looks_around_is_read_anew_by_each_job(hospital, shelf_of):
    seen = []
    kinds.register(
        kinds.Kind(
            code="recipe",
            folder="recipes",
            title="菜谱",
            title_of=str,
            self_contained=False,
            parse=lambda text, *, file: seen.append(text) or "汤",
        )
    )
    shelf_of({"soup": recipe("soup", "汤")})
    for _ in range(3):
        queries.resolve("recipe", "soup", on=TODAY)
    assert len(seen) == 1
    queries.resolve("recipe", "soup", on=TODAY)
    scope.forget()
    queries.resolve("recipe", "soup", on=TODAY)
    assert len(seen) == 2


def test_a_check_that_crashes_is_an_error_and_no_pass(hospital, shelf_of, caplog):
    def crash(text, *, file):
        raise KeyError(text)

    kinds.register(kinds.Kind(code="recipe", folder="recipes", title="菜谱", title_of=str, parse=crash))
    shelf_of({"soup": recipe("soup", "汤")})
    with pytest.raises(queries.Broken, match="检查程序读到这份内容时出错（KeyError）"):
        queries.resolve("recipe", "soup", on=TODAY)
    assert "the check of a recipe failed" in caplog.text


def test_a_search_reads_only_what_can_fit_and_finds_what_a_whole_list_would(hospital, shelf_of, monkeypatch):
    odd = "title:\n  冬瓜汤\nversion: 1\nid: odd\n"  # its title stands on the next line
    shelf_of({"soup": recipe("soup", "番茄汤"), "stew": recipe("stew", "炖菜"), "odd": odd})
    read = []
    monkeypatch.setattr(
        queries,
        "resolve",
        lambda kind, name, *, on, ask=queries.resolve: read.append(name) or ask(kind, name, on=on),
    )
    for words, ids in {
        "汤": ["odd", "soup"],
        "STEW": ["stew"],
        "菜": ["stew"],
        "": ["odd", "soup", "stew"],
        "鱼": [],
    }.items():
        assert sorted(line.id for line in listing.lines(on=TODAY, kind="recipe", q=words)) == ids
    assert read.count("stew") == 3
