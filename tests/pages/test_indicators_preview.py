"""Before a definition is published its change is seen: months side by side, colours, cases; nothing without it (F-09)."""

import pytest
from django.core.exceptions import ValidationError

from tests.pages.conftest import NOW
from tests.published_stays import publish, stay, stays
from zhikong.foundation.audit.models import AuditEvent
from zhikong.foundation.packstore import actions as packstore
from zhikong.foundation.packstore import shelf
from zhikong.foundation.packstore.rules import State
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.actions.previewing import confirm_preview, preview_change
from zhikong.hospital.functions.indicators.models import ChangePreview

LENGTH = "average_length_of_stay"
TODAY = NOW.date()


def text(response) -> str:
    return response.content.decode()


def longer_only() -> str:
    """Stays below seven days count no more: GSUR's stays of six days drop out."""
    return shelf.of("indicator", LENGTH).text + 'population: "days >= 7"\n'


@pytest.fixture
def people(make_user):
    return make_user("quality_office", name="赵敏"), make_user("medical_affairs", name="张华")


@pytest.fixture
def data(hospital, at_noon, tmp_path):
    publish([*stays(), *(stay(f"x{n}", "GSUR", "2026-10", 30) for n in range(12))], tmp_path)
    actions.recompute(by=None, now=NOW)
    return hospital


def written(people, body, *, name=LENGTH):
    """A version that was reviewed by another person and waits for its publication."""
    author, reviewer = people
    version = packstore.save_draft(
        by=author, now=NOW, kind="indicator", definition_id=name, text=body, reason="质控会议"
    )
    packstore.submit_for_review(version, by=author, now=NOW)
    packstore.review(version, by=reviewer, now=NOW, passed=True)
    return version


@pytest.fixture
def version(people, data):
    return written(people, longer_only())


def address(version, more=""):
    return f"/indicators/previews/{version.pk}/{more}"


# ---- nothing is published without it -----------------------------------------------------------------------------


@pytest.mark.proves("F-09", "IND-01")
def test_nothing_is_published_before_its_change_was_seen(version, people):
    with pytest.raises(ValidationError, match="口径变化预览"):
        packstore.publish(version, by=people[0], now=NOW, effective_from=TODAY)
    preview_change(version, by=people[0], now=NOW)
    with pytest.raises(ValidationError, match="口径变化预览"):
        packstore.publish(version, by=people[0], now=NOW, effective_from=TODAY)
    confirm_preview(version, by=people[0], now=NOW)
    packstore.publish(version, by=people[0], now=NOW, effective_from=TODAY)
    assert version.state == State.PUBLISHED


def test_who_publishes_must_have_looked_not_somebody_else(version, people):
    preview_change(version, by=people[1], now=NOW)
    confirm_preview(version, by=people[1], now=NOW)
    with pytest.raises(ValidationError, match="口径变化预览"):
        packstore.publish(version, by=people[0], now=NOW, effective_from=TODAY)


def test_another_text_needs_another_look(version, people):
    preview_change(version, by=people[0], now=NOW)
    confirm_preview(version, by=people[0], now=NOW)
    packstore.recall(version, by=people[0], now=NOW)
    later = written(people, longer_only().replace("days >= 7", "days >= 8"))
    with pytest.raises(ValidationError, match="口径变化预览"):
        packstore.publish(later, by=people[0], now=NOW, effective_from=TODAY)
    with pytest.raises(ValidationError, match="重新试算"):
        confirm_preview(later, by=people[0], now=NOW)


def test_new_words_alone_need_no_preview(people, data):
    same = shelf.of("indicator", LENGTH).text.replace("住院时间反映", "住院日反映")
    version = written(people, same)
    packstore.publish(version, by=people[0], now=NOW, effective_from=TODAY)
    assert version.state == State.PUBLISHED


# ---- the page ----------------------------------------------------------------------------------------------------


@pytest.mark.proves("F-09", "F-32")
def test_the_page_shows_both_texts_side_by_side(office, version):
    assert "还没有试算" in text(office.get(address(version)))
    page = text(office.post(address(version), follow=True))
    assert "近 2 个月中，全院有 2 个月的数值会变。" in page
    assert "8.00" in page  # September: ten and six days, by the old text
    assert "10.00" in page
    assert "病例：退出统计范围 24 例。" in page
    kept = ChangePreview.objects.get()
    assert kept.result["moved"]["2026-09"] == {"left": 12}
    assert (kept.first_month, kept.last_month) == ("2026-09", "2026-10")


@pytest.mark.proves("F-09")
def test_departments_that_change_colour_are_named(office, version, people):
    from datetime import date
    from decimal import Decimal

    gsur = next(d for code, d in version_departments().items() if code == "GSUR")
    actions.set_target(
        by=people[0], now=NOW, indicator_id=LENGTH, department_id=gsur, valid_from=date(2026, 1, 1),
        at_least=None, at_most=Decimal(20), source="测试",
    )  # fmt: skip
    page = text(office.post(address(version), follow=True))
    coloured = page.split("改变判断的科室</h2>")[1].split("改变归属的病例</h2>")[0]
    assert "普通外科" in coloured
    assert "18.00" in coloured  # 6 and 30 days; afterwards only those of 30
    assert "30.00" in coloured
    assert "达标" in coloured
    assert "未达标" in coloured


def version_departments():
    from zhikong.foundation.organisation.models import Department

    return dict(Department.objects.values_list("code", "pk"))


@pytest.mark.proves("IND-53", "F-09")
def test_the_cases_that_change_sides_are_listed_and_the_look_is_logged(office, version):
    office.post(address(version))
    before = AuditEvent.objects.filter(subject="facts.cases").count()
    page = text(office.get(address(version, "cases/?month=2026-09&side=left")))
    assert "12 例" in page
    assert "退出统计范围" in page
    assert "普通外科" in page
    assert AuditEvent.objects.filter(subject="facts.cases").count() > before
    assert "没有改变归属的病例" in text(office.get(address(version, "cases/?month=2026-09&side=joined")))


def test_seeing_is_recorded_from_the_page(office, version):
    office.post(address(version))
    page = text(office.post(address(version, "seen/"), follow=True))
    assert "已记录您看过这次变化" in page
    assert "您已确认看过" in text(office.get(address(version)))


def test_what_was_seen_stays_with_the_published_version(office, version, people):
    preview_change(version, by=people[0], now=NOW)
    confirm_preview(version, by=people[0], now=NOW)
    packstore.publish(version, by=people[0], now=NOW, effective_from=TODAY)
    page = text(office.get(address(version)))
    assert "这里是发布前看到的变化" in page
    assert "病例：退出统计范围 24 例。" in page
    assert "重新试算" not in page


def test_a_text_with_problems_cannot_be_tried(office, people, data):
    draft = packstore.save_draft(
        by=people[0], now=NOW, kind="indicator", definition_id=LENGTH, text="id: average_length_of_stay\n"
    )
    assert "正文还有问题没有改好" in text(office.get(address(draft)))
    assert "改好后才能试算" in text(office.post(address(draft), follow=True))


def test_without_data_the_page_says_so_and_publishing_goes_on(office, people, hospital, at_noon):
    version = written(people, longer_only())
    assert "还没有发布过数据" in text(office.post(address(version), follow=True))


def test_others_see_no_previews(head, version):
    for more in ("", "seen/", "cases/?month=2026-09"):
        answer = head.post(address(version, more)) if more == "seen/" else head.get(address(version, more))
        assert answer.status_code == 403
    assert head.post(address(version)).status_code == 403


def test_where_small_numbers_are_hidden_no_preview_is_shown(office, version, people):
    office.post(address(version))
    actions.set_small_cell_rule(by=people[0], now=NOW, smallest=5, roles=["quality_office"], reason="测试")
    page = text(office.get(address(version)))
    assert "按小数隐藏的规定" in page
    assert "逐月" not in page
    assert office.get(address(version, "cases/?month=2026-09")).status_code == 404
