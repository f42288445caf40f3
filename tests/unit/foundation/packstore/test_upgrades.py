"""An upgrade of the package under twenty overrides: who is asked, what is compared, what becomes of it."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from tests.unit.foundation.packstore.conftest import recipe
from zhikong.foundation.packstore import actions, queries
from zhikong.foundation.packstore.models import Upgrade, Version
from zhikong.foundation.packstore.rules import State
from zhikong.foundation.tasks.models import Task

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
TODAY = date(2026, 11, 22)
MOST = 20


@pytest.fixture
def author(make_user):
    return make_user("quality_office", name="王敏")


@pytest.fixture
def reviewer(make_user):
    return make_user("nursing", name="张华")


def packaged(number, version=1, **changes):
    said = {"salt": 5, "time": 10, "owner": "nursing", **changes}
    return recipe(f"r{number:02}", f"菜{number}", version, **said)


def override(number, author, reviewer, **changes):
    text = packaged(number, **{"salt": 3, **changes})
    version = actions.save_draft(
        by=author, now=NOW, kind="recipe", definition_id=f"r{number:02}", text=text, reason="低盐"
    )
    actions.submit_for_review(version, by=author, now=NOW)
    actions.review(version, by=reviewer, now=NOW, passed=True)
    actions.publish(version, by=author, now=NOW, effective_from=TODAY)
    return version


@pytest.fixture
def twenty(hospital, shelf_of, author, reviewer):
    """Twenty overrides of the salt; then the package: 0-4 as before, 5-11 another time, 12-18 another salt, 19 gone."""
    shelf_of({f"r{n:02}": packaged(n) for n in range(MOST)})
    made = [override(n, author, reviewer) for n in range(MOST)]
    assert actions.detect_upgrades(now=NOW) == []
    new = {f"r{n:02}": packaged(n) for n in range(5)}
    new |= {f"r{n:02}": packaged(n, 2, time=20) for n in range(5, 12)}
    new |= {f"r{n:02}": packaged(n, 2, salt=4) for n in range(12, 19)}
    shelf_of(new)
    return made


@pytest.mark.proves("F-09")
def test_only_changed_bases_ask_and_only_once(twenty, reviewer):
    found = actions.detect_upgrades(now=NOW)
    assert [u.version.definition_id for u in found] == [f"r{n:02}" for n in range(5, 20)]
    assert actions.detect_upgrades(now=NOW) == []
    tasks = Task.objects.filter(owner=reviewer, title__startswith="三方比对")
    assert tasks.count() == 15  # the definitions' owner is the nursing office
    assert {t.due_on for t in tasks} == {date(2026, 12, 4)}
    assert {queries.resolve("recipe", f"r{n:02}", on=TODAY).obj["salt"] for n in range(MOST)} == {3}


@pytest.mark.proves("F-09")
def test_without_conflict_the_defaults_keep_ours_and_take_the_new(twenty, author):
    upgrade = next(u for u in actions.detect_upgrades(now=NOW) if u.version.definition_id == "r05")
    assert [(d.name, d.default) for d in queries.differences(upgrade)] == [
        ("salt", "ours"),
        ("time", "theirs"),
    ]
    draft = actions.settle_upgrade(upgrade, by=author, now=NOW, choices={})
    assert (draft.state, draft.base_version) == (State.DRAFT, 2)
    assert "salt: 3\ntime: 20\n" in draft.text
    assert not Task.objects.filter(source_key=f"upgrade:{upgrade.pk}", state="open").exists()
    assert queries.resolve("recipe", "r05", on=TODAY).obj["time"] == 10  # until it is reviewed and published


@pytest.mark.proves("F-09")
def test_a_conflict_waits_for_a_choice(twenty, author, reviewer):
    upgrade = next(u for u in actions.detect_upgrades(now=NOW) if u.version.definition_id == "r12")
    assert [d.conflict for d in queries.differences(upgrade)] == [True]
    with pytest.raises(ValidationError, match="逐项选择"):
        actions.settle_upgrade(upgrade, by=author, now=NOW, choices={})
    assert queries.open_version("recipe", "r12") is None
    draft = actions.settle_upgrade(upgrade, by=author, now=NOW, choices={"salt": "theirs"})
    assert "salt: 4\n" in draft.text
    with pytest.raises(ValidationError, match="已经处理"):
        actions.settle_upgrade(upgrade, by=author, now=NOW, choices={"salt": "ours"})
    actions.submit_for_review(draft, by=author, now=NOW)
    actions.review(draft, by=reviewer, now=NOW, passed=True)
    old = queries.in_line("recipe", "r12")
    actions.withdraw(old, by=author, now=NOW, reason="换新版")
    actions.publish(draft, by=author, now=NOW, effective_from=TODAY)
    assert queries.resolve("recipe", "r12", on=TODAY).obj["salt"] == 4
    assert actions.detect_upgrades(now=NOW) == []


def test_what_is_gone_is_kept_or_withdrawn(twenty, author):
    upgrade = next(u for u in actions.detect_upgrades(now=NOW) if u.version.definition_id == "r19")
    assert upgrade.new_hash == ""
    with pytest.raises(ValidationError, match="保留或撤回"):
        actions.settle_upgrade(upgrade, by=author, now=NOW, choices={})
    actions.settle_gone(upgrade, by=author, now=NOW, keep_ours=True)
    assert queries.resolve("recipe", "r19", on=TODAY).obj["salt"] == 3
    assert actions.detect_upgrades(now=NOW) == []


def test_what_is_gone_can_be_withdrawn_with_it(twenty, author):
    upgrade = next(u for u in actions.detect_upgrades(now=NOW) if u.version.definition_id == "r19")
    actions.settle_gone(upgrade, by=author, now=NOW, keep_ours=False)
    assert queries.resolve("recipe", "r19", on=TODAY) is None


def test_a_still_newer_package_closes_the_older_question(twenty, shelf_of):
    actions.detect_upgrades(now=NOW)
    shelf_of({f"r{n:02}": packaged(n, 3 if n == 5 else 1, time=30 if n == 5 else 10) for n in range(MOST)})
    (newest,) = actions.detect_upgrades(now=NOW)
    assert (newest.version.definition_id, newest.new_version) == ("r05", 3)
    waiting = Upgrade.objects.filter(settled_at=None)
    assert [u.pk for u in waiting] == [newest.pk]
    assert Task.objects.filter(state="open", title__startswith="三方比对").count() == 1


def test_a_package_that_goes_back_and_forth_asks_again(twenty, shelf_of):
    first = {u.version.definition_id for u in actions.detect_upgrades(now=NOW)}
    shelf_of({f"r{n:02}": packaged(n) for n in range(MOST)})
    assert actions.detect_upgrades(now=NOW) == []
    assert not Upgrade.objects.filter(settled_at=None).exists()
    shelf_of({f"r{n:02}": packaged(n, 2, time=20) for n in range(MOST)})
    again = actions.detect_upgrades(now=NOW)
    assert len(again) == MOST
    assert first < {u.version.definition_id for u in again}


def test_an_open_draft_comes_first(twenty, author):
    upgrade = next(u for u in actions.detect_upgrades(now=NOW) if u.version.definition_id == "r05")
    actions.save_draft(by=author, now=NOW, kind="recipe", definition_id="r05", text=packaged(5, salt=1))
    with pytest.raises(ValidationError, match="还有没发布的草稿"):
        actions.settle_upgrade(upgrade, by=author, now=NOW, choices={})


def test_without_a_holder_of_the_role_the_quality_office_is_asked(hospital, shelf_of, author, make_user):
    shelf_of({"r00": packaged(0)})
    override(0, author, make_user("medical_affairs"))
    shelf_of({"r00": packaged(0, 2, time=20)})
    actions.detect_upgrades(now=NOW)
    assert list(Task.objects.filter(title__startswith="三方比对").values_list("owner", flat=True)) == [
        author.pk
    ]


def test_withdrawn_overrides_ask_nothing(twenty, author):
    actions.withdraw(Version.objects.get(definition_id="r05"), by=author, now=NOW, reason="不用了")
    assert "r05" not in {u.version.definition_id for u in actions.detect_upgrades(now=NOW)}


def test_a_package_that_only_reads_otherwise_asks_nobody(hospital, shelf_of, author, reviewer):
    shelf_of({"r00": packaged(0)})
    override(0, author, reviewer)
    shelf_of({"r00": "# 只加了说明\n" + packaged(0, 2)})
    assert actions.detect_upgrades(now=NOW) == []


def test_a_newer_version_of_the_hospital_closes_the_older_ones_question(twenty, author, reviewer):
    first = next(u for u in actions.detect_upgrades(now=NOW) if u.version.definition_id == "r05")
    text = packaged(5, salt=2)
    newer = actions.save_draft(
        by=author, now=NOW, kind="recipe", definition_id="r05", text=text, reason="更低盐"
    )
    actions.submit_for_review(newer, by=author, now=NOW)
    actions.review(newer, by=reviewer, now=NOW, passed=True)
    actions.publish(newer, by=author, now=NOW, effective_from=date(2026, 12, 1))
    (found,) = actions.detect_upgrades(now=NOW)
    assert found.version_id == newer.pk
    first.refresh_from_db()
    assert first.settled_at is not None
    assert not Task.objects.filter(source_key=f"upgrade:{first.pk}", state="open").exists()
    actions.withdraw(newer, by=author, now=NOW, reason="不用了")
    (again,) = actions.detect_upgrades(now=NOW)
    assert again.pk == first.pk
