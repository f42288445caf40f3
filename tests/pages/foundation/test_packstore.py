"""Pages of the pack store: each once as it should go, once refused."""

import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.unit.foundation.packstore.conftest import KIND, recipe
from zhikong.foundation.packstore import actions, kinds, queries, shelf
from zhikong.foundation.packstore.models import Upgrade, Version
from zhikong.foundation.packstore.rules import State

PACK = "id: national\nversion: '1'\nname: {zh: 国家通用}\n"


def put(root, **texts):
    folder = root / "national" / "recipes"
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / "pack.yaml").write_text(PACK, "utf-8")
    for old in folder.glob("*.yaml"):
        old.unlink()
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    shelf.forget()


@pytest.fixture
def kitchen(hospital, tmp_path):
    """A kind of its own and one packaged definition."""
    preview = {**vars(KIND), "preview": lambda request, data: f"<b>{data['title']}</b>"}
    kinds.register(kinds.Kind(**preview))
    put(tmp_path, soup=recipe("soup", "国家的汤", 3, salt=5))
    with shelf.instead(tmp_path):
        yield tmp_path
    kinds.unregister("recipe")


@pytest.fixture
def colleague(as_role):
    return as_role("nursing", name="张华")


def begin(client, name="soup"):
    client.post(reverse("packstore:start", args=["recipe", name]))
    return queries.open_version("recipe", name)


def save(client, version, text, **more):
    version.refresh_from_db()
    data = {"text": text, "reason": "护理部会议", "revision": version.revision, **more}
    return client.post(reverse("packstore:edit", args=[version.pk]), data)


def step(client, version, key, **data):
    address = reverse("packstore:step", args=[version.pk, key])
    return client.post(address, {f"{key}-{name}": value for name, value in data.items()})


def published(office, colleague, title="本院的汤", **more):
    version = begin(office)
    save(office, version, recipe("soup", title, 4, **{"salt": 3, **more}))
    step(office, version, "submit", reason="护理部会议", reviewer=colleague.user.pk)
    step(colleague, version, "review", passed="yes")
    step(office, version, "publish", effective_from=timezone.localdate())
    version.refresh_from_db()
    return version


def test_the_list_tells_what_holds_and_where_it_comes_from(kitchen, office):
    page = office.get(reverse("packstore:list")).content.decode()
    assert "国家的汤" in page
    assert "国家通用" in page
    assert "第 3 版" in page
    assert "国家的汤" not in office.get(reverse("packstore:list"), {"q": "面"}).content.decode()


@pytest.mark.proves("F-09")
def test_two_people_bring_a_version_into_force(kitchen, office, colleague):
    version = published(office, colleague)
    assert version.state == State.PUBLISHED
    page = office.get(reverse("packstore:definition", args=["recipe", "soup"])).content.decode()
    assert "本院的汤" in page
    assert "第 4 版" in page
    assert queries.resolve("recipe", "soup", on=timezone.localdate()).title == "本院的汤"


@pytest.mark.proves("F-09")
def test_the_author_is_offered_no_review_and_refused_one(kitchen, office, colleague):
    version = begin(office)
    save(office, version, recipe("soup", "本院的汤", 4))
    step(office, version, "submit", reason="护理部会议", reviewer=colleague.user.pk)
    page = office.get(reverse("packstore:version", args=[version.pk])).content.decode()
    assert "须由另一个人审核" in page
    assert "提交审核结论" not in page
    assert step(office, version, "review", passed="yes").status_code == 403
    assert "提交审核结论" in colleague.get(reverse("packstore:version", args=[version.pk])).content.decode()


def test_returned_with_a_reason(kitchen, office, colleague):
    version = begin(office)
    save(office, version, recipe("soup", "本院的汤", 4))
    step(office, version, "submit", reason="护理部会议", reviewer=colleague.user.pk)
    page = step(colleague, version, "review", passed="no", comment="").content.decode()
    assert "退回必须写明理由" in page
    step(colleague, version, "review", passed="no", comment="盐太多")
    assert "盐太多" in office.get(reverse("packstore:version", args=[version.pk])).content.decode()


def test_the_live_check_names_the_line_and_saves_nothing(kitchen, office):
    version = begin(office)
    address = reverse("packstore:check", args=[version.pk])
    page = office.post(address, {"text": "id: soup\n\ntitle: a: b\n"}, headers={"hx-request": "true"})
    assert 'data-line="3"' in page.content.decode()
    good = office.post(address, {"text": recipe("soup", "好汤")}).content.decode()
    assert "没有问题" in good
    assert "<b>好汤</b>" in good
    version.refresh_from_db()
    assert "好汤" not in version.text


def test_a_text_with_problems_is_kept_but_not_offered_for_review(kitchen, office):
    version = begin(office)
    answer = save(office, version, "id: soup\nversion: 4\n")
    assert answer.url == reverse("packstore:edit", args=[version.pk])
    page = office.get(reverse("packstore:version", args=[version.pk])).content.decode()
    assert "要先改好的问题" in page
    assert "缺少 title" in page
    assert "submit-reviewer" not in page


def test_nobodys_words_are_lost_when_two_write(kitchen, office, colleague):
    version = begin(office)
    seen = version.revision
    save(colleague, version, recipe("soup", "她的汤", 4))
    page = office.post(
        reverse("packstore:edit", args=[version.pk]),
        {"text": recipe("soup", "我的汤"), "reason": "", "revision": seen},
    ).content.decode()
    assert "张华刚刚修改了这份草稿" in page
    assert "我的汤" in page


def test_what_it_changes_and_what_follows_is_told_before_the_review(kitchen, office, colleague):
    version = begin(office)
    save(office, version, recipe("soup", "本院的汤", 4, salt=3))
    page = office.get(reverse("packstore:version", args=[version.pk])).content.decode()
    assert "与现行第 3 版相比" in page
    assert "salt" in page
    effect = office.get(reverse("packstore:effect", args=[version.pk])).content.decode()
    assert "名称由“国家的汤”变为“本院的汤”" in effect


def test_a_new_definition_begins_with_the_starter(kitchen, office):
    answer = office.post(reverse("packstore:new"), {"kind": "recipe", "definition_id": "porridge"})
    version = Version.objects.get(definition_id="porridge")
    assert answer.url == reverse("packstore:edit", args=[version.pk])
    assert version.text == "id: porridge\nversion: 1\ntitle: 新菜谱\n"
    page = office.post(reverse("packstore:new"), {"kind": "recipe", "definition_id": "soup"}).content.decode()
    assert "已经有了" in page
    office.post(reverse("packstore:new"), {"kind": "recipe", "definition_id": ""})
    assert Version.objects.filter(definition_id="own_recipe_1").exists()


def test_withdrawn_with_a_reason(kitchen, office, colleague):
    version = published(office, colleague)
    step(office, version, "withdraw", reason="恢复国家标准")
    version.refresh_from_db()
    assert version.state == State.WITHDRAWN
    assert queries.resolve("recipe", "soup", on=timezone.localdate()).title == "国家的汤"


@pytest.mark.proves("F-09")
def test_the_comparison_after_an_upgrade(kitchen, office, colleague):
    published(office, colleague)
    put(kitchen, soup=recipe("soup", "国家的汤", 5, salt=4))
    actions.detect_upgrades(now=timezone.now())
    upgrade = Upgrade.objects.get()
    address = reverse("packstore:compare", args=[upgrade.pk])
    page = office.get(address).content.decode()
    assert "有 1 处两边都改过" in page
    assert "逐项选择" in office.post(address).content.decode()
    answer = office.post(address, {"field:salt": "theirs", "field:title": "ours"})
    draft = queries.open_version("recipe", "soup")
    assert answer.url == reverse("packstore:version", args=[draft.pk])
    assert (draft.title, "salt: 4\n" in draft.text) == ("本院的汤", True)
    assert "已处理" in office.get(address).content.decode()


def test_what_the_package_gave_up(kitchen, office, colleague):
    version = published(office, colleague)
    put(kitchen)
    actions.detect_upgrades(now=timezone.now())
    address = reverse("packstore:compare", args=[Upgrade.objects.get().pk])
    assert "已不再包含这份定义" in office.get(address).content.decode()
    office.post(address, {"gone": "keep"})
    version.refresh_from_db()
    assert version.state == State.PUBLISHED


def test_export_and_import(kitchen, office, colleague):
    published(office, colleague)
    answer = office.get(reverse("packstore:export"))
    assert answer["Content-Disposition"] == 'attachment; filename="hospital_a.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "hospital_a/recipes/soup.yaml" in archive.namelist()
    file = io.BytesIO(answer.content)
    file.name = "pack.zip"
    page = office.post(reverse("packstore:import"), {"file": file}).content.decode()
    assert "与已发布的版本相同" in page
    bad = io.BytesIO(b"MZ")
    bad.name = "x.zip"
    assert "zip 文件" in office.post(reverse("packstore:import"), {"file": bad}).content.decode()


def test_home_says_what_waits(kitchen, office, colleague):
    version = begin(office)
    save(office, version, recipe("soup", "本院的汤", 4))
    step(office, version, "submit", reason="护理部会议", reviewer=colleague.user.pk)
    assert "待您审核" in colleague.get("/").content.decode()
    assert "待您审核" not in office.get("/").content.decode()


@pytest.mark.parametrize("name", ["list", "new", "export", "import"])
def test_others_are_refused(kitchen, as_role, hospital, name):
    head = as_role("department_head", hospital.departments["CARD"])
    assert head.get(reverse(f"packstore:{name}")).status_code == 403


def test_another_hospitals_version_is_not_found(kitchen, office, colleague, other_hospital):
    from zhikong.foundation.access.scope import scoped

    with scoped(other_hospital.scope(actor="job:tests")):
        version = actions.save_draft(
            by=None, now=timezone.now(), kind="recipe", definition_id="soup", text=recipe("soup", "别院")
        )
    assert office.get(reverse("packstore:version", args=[version.pk])).status_code == 404


def test_the_search_finds_definitions_for_those_who_may_edit(kitchen, office, as_role, hospital):
    from zhikong.foundation.packstore.panel import search

    class Asked:
        user = office.user

    assert [(hit.title, hit.url) for hit in search(Asked, "国家的汤")] == [
        ("国家的汤", reverse("packstore:definition", args=["recipe", "soup"]))
    ]
    Asked.user = as_role("department_head", hospital.departments["CARD"]).user
    assert search(Asked, "国家的汤") == []
