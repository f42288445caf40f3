"""A result split by a coded column that the definition declares (F-14, IND-53)."""

import pytest

from tests.published_stays import NOW, publish, stays
from zhikong.foundation.packstore import actions as packstore
from zhikong.foundation.packstore import shelf
from zhikong.hospital.functions.indicators import actions

LENGTH = "average_length_of_stay"
PAGE = f"/indicators/{LENGTH}/strata/?month=2026-10"


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def split(hospital, at_noon, tmp_path, make_user):
    """A hospital whose own text of the definition is split by sex: 21 men and 3 women in October."""
    author, reviewer = make_user("quality_office", name="赵敏"), make_user("medical_affairs", name="张华")
    body = shelf.of("indicator", LENGTH).text.replace("strata: [department]", "strata: [department, sex]")
    version = packstore.save_draft(
        by=author, now=NOW, kind="indicator", definition_id=LENGTH, text=body, reason="质控会议"
    )
    packstore.submit_for_review(version, by=author, now=NOW)
    packstore.review(version, by=reviewer, now=NOW, passed=True)
    packstore.publish(version, by=author, now=NOW, effective_from=NOW.date())  # no number changes
    rows = stays()
    october = [row for row in rows if row["month"] == "2026-10"]
    for number, row in enumerate(october):
        row["sex"] = "2" if number < 3 else "1"
    publish(rows, tmp_path)
    actions.recompute(by=None, now=NOW)
    return hospital


@pytest.mark.proves("F-14")
def test_a_month_is_split_by_sex_in_words(office, split):
    page = text(office.get(f"{PAGE}&by=sex"))
    men = page.split("男")[1].split("</tr>")[0]
    assert "/ 21" in men
    assert "/ 3" in page.split("女")[1].split("</tr>")[0]
    assert "例数少" in page.split("女")[1].split("</tr>")[0]


@pytest.mark.proves("F-14")
def test_small_groups_are_hidden_with_one_that_would_tell_them(as_role, split, make_user):
    actions.set_small_cell_rule(
        by=make_user("quality_office", name="周洁"),
        now=NOW,
        smallest=5,
        roles=["hospital_leader"],
        reason="测试",
    )
    page = text(as_role("hospital_leader", name="郑院长").get(f"{PAGE}&by=sex"))
    assert "/ 3<" not in page
    assert "/ 21<" not in page
    assert page.count("已隐藏") == 2


def test_a_department_sees_its_own_groups(head, split):
    page = text(head.get(f"{PAGE}&by=sex"))
    assert "/ 9" in page
    assert "/ 21" not in page


def test_without_declared_strata_the_page_says_what_to_do(office, figures):
    assert "没有写明可以按什么分层" in text(office.get("/indicators/diagnosis_within_three_days/strata/"))


def test_unknown_and_refused(as_role, office, split):
    assert office.get(f"{PAGE}&by=patient_key").status_code == 404
    assert as_role("administrator").get(PAGE).status_code == 403
