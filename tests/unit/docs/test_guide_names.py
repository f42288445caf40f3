"""A guide names only what there is: pages, anchors, pictures, commands, options, addresses, words on the screen."""

import re
import runpy
from pathlib import Path

import pytest
import yaml
from django.urls import Resolver404, resolve

from tests.journeys.pictures.words import is_word
from tests.unit.docs import guide_words
from tests.unit.docs.guides import GUIDE, PICTURES, ROOT, names, page
from zhikong.hospital.overviews.help import contents
from zhikong.hospital.overviews.help.reading import walk

BEFORE_DJANGO = {"/speak/"}  # site/speak answers before any page does


@pytest.mark.parametrize("name", names())
def test_every_link_leads_somewhere(name):
    here = (GUIDE / name).parent
    for to in guide_words.links(name):
        if to.startswith("https://"):
            continue
        file, _, anchor = to.partition("#")
        target = (here / file).resolve() if file else GUIDE / f"{name}.md"
        assert target.exists(), f"{name}: {to} leads nowhere"
        assert target.is_relative_to(ROOT)
        if anchor:
            other = target.relative_to(GUIDE).with_suffix("").as_posix()
            assert anchor in {b.anchor for b in page(other) if b.kind == "heading"}, (
                f"{name}: no heading {to}"
            )


@pytest.mark.parametrize("name", names())
def test_every_command_and_option_is_known(name):
    wrong = {
        command: found for command in guide_words.commands(name) if (found := guide_words.unknown_in(command))
    }
    assert wrong == {}, f"{name} names what zhikong does not know"


@pytest.mark.parametrize("name", names())
def test_every_command_of_the_installer_is_known(name):
    assert list(guide_words.of_installer(name)) == []


@pytest.mark.parametrize("name", names())
def test_every_address_is_a_page(name):
    for address in guide_words.addresses(name) - BEFORE_DJANGO:
        try:
            resolve(address)
        except Resolver404:
            pytest.fail(f"{name}: {address} is no page")


@pytest.mark.parametrize("name", names())
def test_words_on_the_screen_stand_in_the_product(name):
    gone = {word for word in guide_words.screen_words(name) if not _stands(word)}
    assert gone == set(), f"{name}: the product no longer says this"


def _stands(word):
    return is_word(re.sub(r"[\d\s]+", "", word).strip("·：:，。（）()%")) or _in_content(word)


def _in_content(word):
    """Titles of forms, checklists and flows are words on the screen too."""
    if not hasattr(_in_content, "titles"):
        national = ROOT / "zhikong" / "packs" / "national"
        files = (f for folder in ("forms", "checklists", "flows") for f in (national / folder).glob("*.yaml"))
        texts = (yaml.safe_load(f.read_text("utf-8")) for f in files if ".examples" not in f.name)
        _in_content.titles = {text["title"]["zh"] for text in texts}
    return word in _in_content.titles


def test_every_guide_is_in_the_contents_once():
    listed = [found.name for found in contents.pages()]
    assert sorted(listed) == names()
    assert len(set(listed)) == len(listed)


def test_pictures_are_shown_whole_small_and_told():
    shown = {
        (GUIDE / name).parent.joinpath(to).resolve() for name in names() for to in guide_words.pictures(name)
    }
    there = {file.resolve() for file in PICTURES.glob("*.png")}
    assert shown == there, "missing and orphan pictures"
    assert {file.with_suffix(".yaml") for file in there} == {f.resolve() for f in PICTURES.glob("*.yaml")}
    sizes = [file.stat().st_size for file in there]
    assert max(sizes, default=0) <= 120_000
    assert sum(sizes) <= 4_000_000


def test_every_picture_has_words_for_those_who_do_not_see_it():
    for name in names():
        for block in walk(list(page(name))):
            assert block.kind != "picture" or len(block.text) > 5, f"{name}: {block.to}"


def test_every_role_has_its_page_and_only_one():
    from zhikong.foundation.access.roles import ROLES

    told = [code for found in contents.pages() for code in found.roles]
    assert sorted(told) == sorted(ROLES)


@pytest.mark.parametrize(
    ("command", "unknown"),
    [
        ("check-packs ourhospital", None),
        ("check-pack ourhospital", "check-pack"),
        ("load 文件夹 --mapping fhir_r4", None),
        ("load 文件夹 --maping fhir_r4", "--maping"),
        ("--version", None),
    ],
)
def test_an_unknown_command_or_option_is_found(command, unknown):
    assert guide_words.unknown_in(command) == unknown


def test_a_word_that_nobody_says_is_found():
    assert _stands("我的待办")
    assert not _stands("我的未办")


def test_the_wheel_carries_guides_and_pictures(tmp_path):
    """setup.py puts them where the installed product looks for them."""
    runpy.run_path(str(ROOT / "setup.py"))["copy_guides"](tmp_path)
    packaged = tmp_path / Path(contents.PACKAGED).relative_to(ROOT)
    assert (packaged / "guide" / "contents.yaml").is_file()
    assert len(list(packaged.rglob("*.md"))) == len(names())
    assert len(list(packaged.rglob("*.png"))) == len(list(PICTURES.glob("*.png")))


@pytest.mark.parametrize("name", names())
def test_every_number_for_monitoring_exists(name):
    code = "".join(file.read_text("utf-8") for file in (ROOT / "zhikong/site/monitoring").glob("*.py"))
    told = {word for text in guide_words.texts(name) for word in re.findall(r"\bzhikong_[a-z_]+", text)}
    assert {word for word in told if f'"{word}"' not in code} == set()
