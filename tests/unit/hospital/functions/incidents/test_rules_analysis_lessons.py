"""What gives somebody away in a lesson that the whole hospital reads."""

import pytest

from zhikong.hospital.functions.incidents import drawing_analysis as drawing
from zhikong.hospital.functions.incidents import rules_analysis as rules
from zhikong.hospital.functions.incidents.queries.analysis.defects import period_of
from zhikong.hospital.functions.incidents.rules_analysis_lessons import Known, leaks

KNOWN = Known(("周晓燕",), {"介入室": 6, "急诊科": 80, "心内": 12}, 20)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("一名护士夜间巡视时发现患者自己下床。", []),
        ("周晓燕巡视时发现患者跌倒。", ["姓名"]),
        ("11月3日夜间患者跌倒。", ["日期"]),
        ("患者于2026-11-03跌倒。", ["日期"]),
        ("凌晨2:30患者跌倒。", ["时刻"]),
        ("12床患者跌倒。", ["床号"]),
        ("介入室的一名患者跌倒。", ["科室"]),
        ("急诊科的一名患者跌倒。", []),
        ("心内一名患者，电话13812345678。", ["电话", "科室"]),
    ],
)
def test_a_lesson_leads_to_nobody(text, kinds):
    assert [one.kind for one in leaks({"经过": text}, KNOWN)] == kinds


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-Q4", "2026-10-01", "2027-01-01"),
    ],
)
def test_a_month_and_a_quarter_have_their_days(period, first, after):
    assert [one.isoformat() for one in period_of(period)] == [first, after]


def test_the_tree_gives_every_cause_a_box_of_its_own():
    nodes = [
        rules.Node(n, parent, f"原因 {n} 写得长一些，要占两三行的位置才放得下")
        for n, parent in ((1, None), (2, 1), (3, 1), (4, None), (5, 4))
    ]
    placed = {}
    drawing._place(None, "跌倒", nodes, 0, 16, placed)
    boxes = [(one.x, one.y, one.x + drawing.BOX, one.y + one.height) for one in placed.values()]
    assert len(boxes) == 6
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert all(word in drawing.tree_svg("跌倒<b>", nodes) for word in ("&lt;b&gt;", "<svg"))
