"""What the quality tools count: sheets and their items, record defects, indicators; within scope, small cells hidden."""

from datetime import UTC, date, datetime

import pytest

from zhikong.foundation.access.scope import scoped
from zhikong.foundation.facts.countable import Wanted, source, sources
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.queries import form
from zhikong.hospital.functions.improvements.queries.tools import draw
from zhikong.hospital.functions.improvements.tools.asking import Asked, Unanswerable

pytestmark = pytest.mark.proves("QCC-02", "IND-52")
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SPAN = {"first": "2026-09", "last": "2026-11"}
CART = "crash_cart_round"


def asked(**said):
    return Asked.of(SPAN | said, today=NOW.date())


@pytest.fixture
def sheets(hospital, make_user):
    """Three weekly rounds: the cart is unsealed twice in one department, never in the other; one round is a draft."""
    known, by = form(CART, on=date(2026, 11, 22)), make_user("head_nurse", hospital.departments["CARD"])
    for number, (code, sealed, state) in enumerate(
        (("CARD", "no", "submitted"), ("CARD", "no", "submitted"), ("GSUR", "yes", "accepted"), ("CARD", "no", "draft"))
    ):  # fmt: skip
        place = hospital.departments[code]
        Sheet.objects.create(
            institution_id=hospital.id, definition_id=CART, definition_version=1, definition_hash=known.hash, title="急救车每周检查",
            number=f"JJC-{number}", department_id=place.id, department_name=code, state=state, total=90 - number, opened_at=NOW,
            changed_at=NOW, submitted_at=None if state == "draft" else NOW, submitted_by=None if state == "draft" else by,
            answers={"sealed": sealed, "in_place": "yes", "opened_why": "checking"},
        )  # fmt: skip
    return by


def test_items_that_were_not_kept_are_counted_and_the_rest_gives_the_rate(hospital, sheets, make_user):
    by = make_user("quality_office")
    fresh = draw("pareto", asked(source="items", key=CART, by="item"), user=by)
    assert fresh.snapshot["figures"]["charts"][0][1] == [
        ["急救车处于封闭状态（上锁或封条完好），封条日期清楚", 2]
    ]
    rate = draw("stratification", asked(source="items", key=CART, by="item", across="department", measure="rate"), user=by)  # fmt: skip
    panels = {
        name: dict(zip(names, values, strict=True))
        for name, names, values in rate.snapshot["figures"]["panels"]
    }
    assert panels["急救车处于封闭状态（上锁或封条完好），封条日期清楚"] == {"CARD": 0, "GSUR": 100}
    assert "表单 crash_cart_round 第 1 版" in fresh.snapshot["definition"]


def test_sheets_are_counted_by_their_choices_and_numbers(hospital, sheets, make_user):
    by = make_user("quality_office")
    fresh = draw(
        "check_sheet", asked(source="sheets", key=CART, by="opened_why", across="department"), user=by
    )
    assert fresh.snapshot["figures"]["categories"] == ["正在清点"]
    assert fresh.snapshot["figures"]["counts"] == [[2, 1]]
    scores = draw("histogram", asked(source="sheets", key=CART, measure="total"), user=by)
    assert sorted(scores.snapshot["figures"]["values"]) == [88, 89, 90]


def test_a_department_counts_its_own_sheets(hospital, sheets, make_user):
    head = make_user("head_nurse", hospital.departments["GSUR"])
    own = frozenset({hospital.departments["GSUR"].id})
    with scoped(hospital.scope(departments=own, user_id=head.pk, actor=head.username)):
        rows = source("sheets").rows(Wanted("2026-09", "2026-11", CART)).rows
    assert [row.values["department"] for row in rows] == ["GSUR"]


def test_a_form_that_is_not_there_cannot_be_counted(hospital, make_user):
    with pytest.raises(Unanswerable, match="没有这个对象"):
        draw("pareto", asked(source="items", key="no_such_form"), user=make_user("quality_office"))


def test_who_may_not_see_records_is_not_offered_their_defects(hospital, make_user):
    offered = {one.id for one in sources(make_user("auditor"))}
    assert "record_defects" not in offered
    assert "indicators" not in offered


def test_record_defects_are_sums_of_the_screenings(hospital, make_user):
    from zhikong.hospital.functions.records.models import RuleTally, Screening

    by = make_user("quality_office")
    run = Screening.objects.create(
        institution_id=hospital.id, month="2026-10", key="k", publication=1, data_version="v1", ruled_on=NOW.date(), judged_at=NOW,
        rules={"fp01": [1, "h"]}, stays=200, unmet={}, broken={}, digest="d" * 64, started_at=NOW, finished_at=NOW,
    )  # fmt: skip
    for code, failed in (("CARD", 60), ("GSUR", 3)):
        RuleTally.objects.create(
            institution_id=hospital.id, department_id=hospital.departments[code].id, place=code, month="2026-10",
            screening=run, rule="fp01", version=1, passed=100 - failed, failed=failed,
        )  # fmt: skip
    fresh = draw("pareto", asked(source="record_defects", by="department"), user=by)
    assert [count for _, count in fresh.snapshot["figures"]["charts"][0][1]] == [60, 3]


def test_what_small_cells_hide_is_in_no_tool(empty_figures, make_user, as_role):
    """Three of 4317: the leader, whom the rule binds, reads neither of the two numbers in any picture."""
    from zhikong.hospital.functions.indicators import actions

    made, places = empty_figures, empty_figures.hospital.departments
    made.add("inpatient_mortality", places["CARD"].id, [*[(60, 4000)] * 23, (3, 4317)])
    made.add("inpatient_mortality", places["GSUR"].id, [*[(300, 5000)] * 23, (21, 5923)])
    made.add("inpatient_mortality", None, [*[(360, 9000)] * 23, (24, 4317 + 5923)])
    made.finish()
    actions.set_small_cell_rule(
        by=make_user("quality_office", name="赵敏"), now=NOW, smallest=5, roles=["hospital_leader"], reason="伦理委员会 2026 年第 3 次会议",
    )  # fmt: skip
    address = "/improvements/tools/new/stratification/?source=indicators&key=inpatient_mortality&first=2026-08&last=2026-10&by=department&across=month&measure=denominator"
    leader = as_role("hospital_leader").get(address).content.decode()
    assert "4,317" not in leader
    assert "5,923" not in leader
    assert "按规定不显示" in leader
    office = as_role("quality_office").get(address).content.decode()
    assert "4,317" in office
