"""A version's way: draft, submitted, reviewed by another, published from a day, withdrawn; and what refuses it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from tests.unit.foundation.packstore.conftest import recipe
from zhikong.foundation.packstore import actions, queries
from zhikong.foundation.packstore.models import Version, VersionStep
from zhikong.foundation.packstore.rules import Act, State
from zhikong.foundation.tasks.models import Task

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def author(make_user):
    return make_user("quality_office", name="王敏")


@pytest.fixture
def reviewer(make_user):
    return make_user("nursing", name="张华")


@pytest.fixture
def kitchen(hospital, shelf_of):
    shelf_of({"soup": recipe("soup", "国家的汤", 3)})
    return hospital


def draft(author, title="本院的汤", name="soup", **more):
    text = recipe(name, title, **more)
    return actions.save_draft(
        by=author, now=NOW, kind="recipe", definition_id=name, text=text, reason="会议决定"
    )


def reviewed(author, reviewer, title="本院的汤", **more):
    version = draft(author, title, **more)
    actions.submit_for_review(version, by=author, now=NOW, reviewer=reviewer)
    actions.review(version, by=reviewer, now=NOW, passed=True)
    return version


def published(author, reviewer, title="本院的汤", on=TODAY, **more):
    version = reviewed(author, reviewer, title, **more)
    actions.publish(version, by=author, now=NOW, effective_from=on)
    return version


@pytest.mark.proves("F-09")
def test_the_whole_way(kitchen, author, reviewer):
    version = published(author, reviewer)
    found = queries.resolve("recipe", "soup", on=TODAY)
    assert (found.title, found.version, found.origin) == ("本院的汤", 4, "hospital")
    assert (version.base_pack, version.base_version) == ("national", 3)
    assert found.text.startswith("id: soup\nversion: 4\n")
    assert queries.by_hash("recipe", version.hash).title == "本院的汤"
    acts = list(VersionStep.objects.filter(version=version).values_list("act", flat=True))
    assert acts == [Act.CREATE, Act.SUBMIT, Act.PASS, Act.PUBLISH]


def test_a_later_version_waits_for_its_day_and_the_older_stays_as_history(kitchen, author, reviewer):
    published(author, reviewer, "汤一")
    published(author, reviewer, "汤二", on=LATER)
    assert queries.resolve("recipe", "soup", on=LATER - timedelta(days=1)).title == "汤一"
    assert queries.resolve("recipe", "soup", on=LATER).title == "汤二"
    assert queries.resolve("recipe", "soup", on=TODAY - timedelta(days=1)).title == "国家的汤"


def test_withdrawn_gives_the_place_back_to_the_package_and_keeps_the_past(kitchen, author, reviewer):
    first = published(author, reviewer, "汤一")
    second = published(author, reviewer, "汤二", on=LATER)
    actions.withdraw(second, by=author, now=NOW, reason="不用了")
    assert queries.resolve("recipe", "soup", on=LATER).title == "汤一"
    later = NOW + timedelta(days=10)
    actions.withdraw(first, by=author, now=later, reason="恢复国家标准")
    assert queries.resolve("recipe", "soup", on=TODAY + timedelta(days=9)).title == "汤一"
    assert queries.resolve("recipe", "soup", on=TODAY + timedelta(days=10)).title == "国家的汤"
    with pytest.raises(ValidationError, match="已撤回"):
        actions.withdraw(first, by=author, now=later, reason="再一次")


def test_a_withdrawn_first_day_can_be_given_again(kitchen, author, reviewer):
    actions.withdraw(published(author, reviewer, "汤一"), by=author, now=NOW, reason="写错了")
    published(author, reviewer, "汤二")
    assert queries.resolve("recipe", "soup", on=TODAY).title == "汤二"


@pytest.mark.proves("F-09")
def test_nobody_reviews_what_they_wrote(kitchen, author, reviewer, make_user):
    version = draft(author)
    draft(reviewer, "改过的汤")
    actions.submit_for_review(version, by=author, now=NOW)
    for writer in (author, reviewer):
        with pytest.raises(PermissionDenied):
            actions.review(version, by=writer, now=NOW, passed=True)
    actions.review(version, by=make_user("medical_affairs"), now=NOW, passed=True)
    assert version.state == State.REVIEWED


@pytest.mark.proves("F-09")
@pytest.mark.parametrize("who", ["author", "editor"])
def test_the_database_refuses_a_writers_review(kitchen, author, reviewer, who):
    version = draft(author)
    draft(reviewer, "改过的汤")
    writer = {"author": author, "editor": reviewer}[who]
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(
            state="reviewed", reviewed_at=NOW, reviewed_by=writer, submitted_at=NOW, submitted_by=author
        )


@pytest.mark.parametrize(
    "change",
    [
        {"text": "id: soup\ntitle: 别的\n", "hash": "0" * 16},
        {"effective_from": LATER},
        {"number": 9},
        {"reviewed_by": None, "reviewed_at": None},
        {"state": "draft", "effective_from": None, "published_at": None, "published_by": None},
        {"base_pack": "other"},
    ],
)
def test_the_database_keeps_what_is_published(kitchen, author, reviewer, change):
    version = published(author, reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=version.pk).delete()


def test_the_database_publishes_nothing_unreviewed(kitchen, author):
    version = draft(author)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(
            state="published", effective_from=TODAY, published_at=NOW, published_by=author
        )


def test_a_review_is_for_the_text_that_was_seen(kitchen, author, reviewer):
    version = reviewed(author, reviewer)
    with pytest.raises(ValidationError, match="已审核"):
        draft(author, "偷偷改过")
    other = recipe("soup", "偷偷改过", 4)
    from zhikong.foundation.packstore.rules import text_hash

    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(text=other, hash=text_hash(other))
    actions.recall(version, by=author, now=NOW)
    changed = draft(author, "光明正大改过")
    assert (changed.pk, changed.reviewed_by, changed.state) == (version.pk, None, State.DRAFT)


def test_a_text_with_problems_may_be_saved_but_not_submitted(kitchen, author, reviewer):
    version = actions.save_draft(
        by=author, now=NOW, kind="recipe", definition_id="soup", text="id: soup\nversion: 1\n", reason="会议"
    )
    with pytest.raises(ValidationError, match="第 1 行"):
        actions.submit_for_review(version, by=author, now=NOW, reviewer=reviewer)


def test_a_ground_is_demanded(kitchen, author, reviewer):
    version = actions.save_draft(
        by=author, now=NOW, kind="recipe", definition_id="soup", text=recipe("soup", "汤")
    )
    with pytest.raises(ValidationError, match="依据"):
        actions.submit_for_review(version, by=author, now=NOW, reviewer=reviewer)


def test_the_reviewer_gets_a_task_that_ends_with_the_review(kitchen, author, reviewer):
    version = draft(author)
    actions.submit_for_review(version, by=author, now=NOW, reviewer=reviewer)
    task = Task.objects.get(owner=reviewer, source_kind="packstore")
    assert (task.due_on, task.state) == (date(2026, 11, 27), "open")
    actions.review(version, by=reviewer, now=NOW, passed=False, comment="标题太短")
    task.refresh_from_db()
    assert (task.state, version.state) == ("done", State.DRAFT)
    actions.submit_for_review(version, by=author, now=NOW, reviewer=reviewer)
    with pytest.raises(ValidationError, match="理由"):
        actions.review(version, by=reviewer, now=NOW, passed=False, comment="")


def test_the_past_is_not_rewritten(kitchen, author, reviewer):
    version = reviewed(author, reviewer)
    with pytest.raises(ValidationError, match="不能早于今天"):
        actions.publish(version, by=author, now=NOW, effective_from=TODAY - timedelta(days=1))


def test_two_versions_do_not_begin_on_one_day(kitchen, author, reviewer):
    published(author, reviewer, "汤一")
    version = reviewed(author, reviewer, "汤二")
    with pytest.raises(ValidationError, match="换一天"):
        actions.publish(version, by=author, now=NOW, effective_from=TODAY)
    actions.publish(version, by=author, now=NOW, effective_from=LATER)


def test_two_writers_do_not_overwrite_each_other(kitchen, author, reviewer):
    version = draft(author)
    seen = version.revision
    draft(reviewer, "她的汤")
    with pytest.raises(ValidationError, match="张华刚刚修改"):
        actions.save_draft(
            by=author,
            now=NOW,
            kind="recipe",
            definition_id="soup",
            text=recipe("soup", "我的汤"),
            revision=seen,
        )


def test_a_definition_of_the_hospitals_own_has_no_base(kitchen, author, reviewer):
    version = published(author, reviewer, "腊八粥", name="porridge")
    assert (version.number, version.base_pack, version.base_hash) == (1, "", "")
    assert [d.id for d in queries.resolve_all("recipe", on=TODAY)] == ["porridge", "soup"]


def test_a_later_version_inherits_the_base(kitchen, author, reviewer, shelf_of):
    first = published(author, reviewer, "汤一")
    shelf_of({"soup": recipe("soup", "新的国家的汤", 4)})
    second = draft(author, "汤二")
    assert (second.number, second.base_hash) == (5, first.base_hash)


@pytest.mark.parametrize("name", ["../x", "a b", "", "汤", "x" * 81, "a/b"])
def test_a_bad_id_is_refused(kitchen, author, name):
    with pytest.raises(ValidationError, match="编号"):
        actions.save_draft(by=author, now=NOW, kind="recipe", definition_id=name, text="x: 1\n")


def test_a_text_for_another_id_is_a_problem(kitchen, author, reviewer):
    version = draft(author)
    actions.save_draft(by=author, now=NOW, kind="recipe", definition_id="soup", text=recipe("stew", "汤"))
    with pytest.raises(ValidationError, match="与编号 soup 不同"):
        actions.submit_for_review(version, by=author, now=NOW, reviewer=reviewer)


@pytest.mark.parametrize("role", ["department_head", "nurse", "administrator"])
def test_others_may_neither_write_nor_review(kitchen, author, make_user, role):
    stranger = make_user(role, kitchen.departments["CARD"] if role != "administrator" else None)
    with pytest.raises(PermissionDenied):
        draft(stranger)
    version = draft(author)
    actions.submit_for_review(version, by=author, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.review(version, by=stranger, now=NOW, passed=True)


def test_a_discarded_draft_stays_and_its_number_is_not_given_again(kitchen, author, reviewer):
    version = draft(author)
    actions.discard(version, by=author, now=NOW)
    assert Version.objects.get(pk=version.pk).state == State.DISCARDED
    assert draft(author).number == version.number + 1


def test_another_hospital_does_not_see_it(kitchen, author, reviewer, other_hospital):
    from zhikong.foundation.access.scope import scoped

    version = published(author, reviewer)
    with scoped(other_hospital.scope()):
        assert queries.resolve("recipe", "soup", on=TODAY).title == "国家的汤"
        with pytest.raises(queries.UnknownHash):
            queries.by_hash("recipe", version.hash)


def test_without_a_named_reviewer_everybody_who_may_is_told(kitchen, author, reviewer, make_user):
    from zhikong.foundation.notices.models import Receipt

    other, stranger = make_user("medical_affairs"), make_user("nurse", kitchen.departments["CARD"])
    actions.submit_for_review(draft(author), by=author, now=NOW)
    told = Receipt.objects.filter(notice__title__startswith="待审核").values_list("user", flat=True)
    assert {reviewer.pk, other.pk} <= set(told)
    assert not {author.pk, stranger.pk} & set(told)
