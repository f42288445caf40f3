"""Every form, flow, duty and other definition that comes with the product: readable, reviewed in date, locked."""

from datetime import date

import pytest

from tests.packs import loaded
from tests.unit.foundation.packstore.conftest import KIND, recipe
from zhikong.engine.definitions.locking import Lock, read_lock
from zhikong.foundation.packstore import checking, kinds, shelf
from zhikong.site.commands.check_packs import LOCK, packaged

DAY = date(2026, 11, 22)


@pytest.mark.parametrize("name", loaded.names())
def test_it_is_readable_and_reviewed_in_date(name):
    assert [str(problem) for problem in loaded.checked()[name].problems] == []


def test_what_is_published_is_locked_and_nothing_is_gone():
    found, locks = loaded.checked().values(), read_lock(LOCK)
    assert sorted(one.name for one in found) == loaded.names()
    assert [str(p) for p in checking.lock_problems(found, locks, LOCK)] == []
    assert {name for name in locks if checking.is_ours(name)} == {one.name for one in found if one.published}


def test_no_folder_of_definitions_is_left_unread():
    """A folder that no kind and no check of the engine reads would be published unseen."""
    known = {folder for kind in kinds.all() for folder in kind.folders} | checking.ENGINES | {"mappings"}
    folders = {folder.name for pack in packaged() for folder in pack.iterdir() if folder.is_dir()}
    assert folders - known == set()


def test_a_search_passes_no_title_over():
    """It looks at the line of the title only and reads the rest of what fits."""
    missed = []
    for kind in kinds.all():
        for name in shelf.ids(kind.code, samples=True):
            found = kinds.read(kind.code, name, shelf.of(kind.code, name, samples=True).text).obj
            title = str(kind.title_of(found)).lower()
            missed += [name] * (not shelf.may_say(kind.code, name, title, samples=True))
    assert missed == []


# ---- the checks can fail ---------------------------------------------------------------------------------------------


@pytest.fixture
def pack(tmp_path):
    kinds.register(KIND)
    (tmp_path / "mine" / "recipes").mkdir(parents=True)

    def write(text, name="soup"):
        (tmp_path / "mine" / "recipes" / f"{name}.yaml").write_text(text, "utf-8")
        return checking.check([tmp_path / "mine"], today=DAY)

    yield write
    kinds.unregister("recipe")


def test_a_problem_names_file_and_line(pack):
    (one,) = pack("id: soup\nversion: 1\n")
    assert [(p.file.name, p.line, p.message) for p in one.problems] == [("soup.yaml", 1, "缺少 title。")]
    assert "mine/recipes" in str(one.problems[0])


def test_an_overdue_review_is_a_problem_on_its_line(pack):
    (one,) = pack(recipe("soup", "汤", next_review="2026-11-21"))
    assert [(p.line, "2026-11-21" in p.message) for p in one.problems] == [(4, True)]
    assert pack(recipe("soup", "汤", next_review="2026-11-22"))[0].problems == ()


def test_a_changed_meaning_needs_a_new_version(pack, tmp_path):
    file = tmp_path / "versions.lock"
    (first,) = pack(recipe("soup", "汤", salt=5))
    locks = checking.locked([first], {})
    assert locks == {"mine/recipes/soup": Lock(1, first.hash)}

    def told(text):
        return [p.message for p in checking.lock_problems(pack(text), locks, file)]

    assert told("# 说明\n" + recipe("soup", "汤", salt=5, next_review="2027-01-01", owner="nursing")) == []
    assert "内容却变了" in told(recipe("soup", "汤", salt=6))[0]
    assert "还没有锁定" in told(recipe("soup", "汤", version=2, salt=6))[0]
    assert checking.locked(pack(recipe("soup", "汤", salt=6)), locks) == locks  # never rewritten
    raised = checking.locked(pack(recipe("soup", "汤", version=2, salt=6)), locks)
    assert raised["mine/recipes/soup"].version == 2
    assert "低于" in next(checking.lock_problems([first], raised, file)).message
    assert "不见了" in next(checking.lock_problems([], locks, file)).message


def test_drafts_are_not_locked(pack):
    (one,) = pack(recipe("soup", "汤", status="draft"))
    assert checking.locked([one], {}) == {}
