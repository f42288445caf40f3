"""Pictures of our own: whatever is written on them, no label lies on another, on a line or beyond the edge."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from itertools import combinations
from random import Random

import pytest
from PIL import ImageFont

from zhikong.web.charts import fonts
from zhikong.web.charts.checksheet import CheckSheetData, check_sheet
from zhikong.web.charts.fishbone import Bone, Cause, fishbone, fishbone_svg
from zhikong.web.charts.fishbone_text import BadLine, read, written
from zhikong.web.charts.gantt import GanttData, GanttRow, gantt
from zhikong.web.charts.radar import RadarData, radar
from zhikong.web.charts.text import width_of, wrapped

pytestmark = pytest.mark.proves("QCC-02")
PIECES = ("夜班人手不足", "新护士占比高", "没有", "培训", "checklist", "KPI", "WWWWMMMM", "（见 2026 年通报）", "、", "，", "“抢救车”", "≥50%", "a", "🙂", "流程不清楚", "supercalifragilisticexpialidocious")  # fmt: skip


def words(random, most):
    return " ".join(random.choice(PIECES) for _ in range(random.randint(1, most)))


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def crosses(line, box):
    """Whether one of the line's stretches passes through a box: looked at in small steps."""
    for (x0, y0), (x1, y1) in zip(line.points, line.points[1:], strict=False):
        for n in range(201):
            x, y = x0 + (x1 - x0) * n / 200, y0 + (y1 - y0) * n / 200
            if box[0] < x < box[2] and box[1] < y < box[3]:
                return True
    return False


def check(canvas):
    bounds = [text.bounds for text in canvas.texts]
    for left, top, right, bottom in [*bounds, *(box.bounds for box in canvas.boxes)]:
        assert left >= 0
        assert top >= 0
        assert right <= canvas.width
        assert bottom <= canvas.height
    for (i, a), (j, b) in combinations(enumerate(bounds), 2):
        assert not overlap(a, b), (canvas.texts[i], canvas.texts[j])
    ET.fromstring(canvas.svg("dark"))
    return bounds


def bones_of(random, count, causes, most):
    marks = ("", "", "chief", "true")
    return [
        Bone(
            words(random, 2),
            tuple(
                Cause(words(random, most), random.choice(marks), tuple(words(random, 3) for _ in range(random.randint(0, 2))))
                for _ in range(random.randint(0, causes))
            ),
        )
        for _ in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_nothing_overlaps_on_a_fishbone(seed):
    random = Random(seed)
    canvas = fishbone(words(random, 6), bones_of(random, random.randint(1, 9), 6, 8))
    bounds = check(canvas)
    for box in bounds:
        assert not any(crosses(line, box) for line in canvas.lines)
    boxes = [box.bounds for box in canvas.boxes if box.fill]
    assert not any(overlap(a, b) for a, b in combinations(boxes, 2))


def test_thirty_long_causes_on_one_bone_and_on_six():
    long = "交接班时没有核对危急值登记本，值班人员不清楚由谁在三十分钟内复核并记录处理意见 unreadable-very-long-latin-word"
    one = fishbone("危急值处置不及时", [Bone("人员", tuple(Cause(f"{i} {long}", "true") for i in range(30)))])
    check(one)
    six = fishbone("危急值处置不及时", [Bone(f"第{k}类", tuple(Cause(f"{i} {long}") for i in range(5))) for k in range(6)])  # fmt: skip
    check(six)


def test_a_fishbone_tells_everything_and_escapes_what_was_typed():
    svg = fishbone_svg("a<b & c", [Bone("人<", (Cause("x & y", "true", ("z>w",)),)), Bone("空")])
    root = ET.fromstring(svg)
    said = root.find("{http://www.w3.org/2000/svg}desc").text
    assert said == "a<b & c。人<：x & y〔真因〕（z>w）。空：（无）。"
    assert "style=" not in svg
    assert fishbone_svg("a", [Bone("b")]) == fishbone_svg("a", [Bone("b")])


@pytest.mark.parametrize("seed", range(6))
def test_nothing_overlaps_on_the_other_pictures(seed):
    random = Random(seed)
    names = [words(random, 5) for _ in range(random.randint(3, 12))]
    scores = [random.randint(0, 50) / 10 for _ in names]
    check(radar(RadarData(words(random, 8), words(random, 5), names, scores, scores[::-1])))
    day = date(2026, 1, 1)
    rows = [
        GanttRow(words(random, 8), day + timedelta(random.randint(0, 200)), day + timedelta(random.randint(200, 400)), who=words(random, 4))
        for _ in range(random.randint(1, 20))
    ]  # fmt: skip
    check(gantt(GanttData(words(random, 6), words(random, 4), rows, day + timedelta(100))))
    columns = [words(random, 3) for _ in range(random.randint(1, 12))]
    counts = [[random.randint(0, 120) for _ in columns] for _ in names]
    check(check_sheet(CheckSheetData(words(random, 6), "", names, columns, counts)))


def test_a_short_and_a_long_plan_have_ticks():
    day = date(2026, 3, 2)
    for days in (0, 20, 900):
        canvas = gantt(GanttData("计划", "", [GanttRow("一", day, day + timedelta(days))]))
        check(canvas)


def test_what_a_plan_or_radar_cannot_be():
    day = date(2026, 3, 2)
    with pytest.raises(ValueError, match="早于开始"):
        GanttData("", "", [GanttRow("一", day, day - timedelta(1))])
    with pytest.raises(ValueError, match="3 到 12 项"):
        RadarData("", "", ["甲", "乙"], [1, 2])
    with pytest.raises(ValueError, match="0 到 5"):
        RadarData("", "", ["甲", "乙", "丙"], [1, 2, 6])


def test_measured_widths_are_never_less_than_the_fonts():
    path = next(file for file in fonts.folders()[0].iterdir() if "Sans" in file.name)
    font = ImageFont.truetype(str(path), 1000)
    for text in (
        "手卫生依从率 62%",
        "KPI WWW mmm",
        "（一）、“引号”",
        "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789",
        "±≥μ",
    ):
        assert width_of(text, 1000) >= font.getlength(text)


def test_lines_break_as_chinese_lines_do():
    lines = wrapped("手卫生时机遗漏，快速手消液过期（三楼）。", 13 * 6, 13)
    assert "".join(lines) == "手卫生时机遗漏，快速手消液过期（三楼）。"
    assert not any(line[0] in "，。）" or line[-1] == "（" for line in lines)
    assert all(width_of(line, 13) <= 13 * 6 + 13 for line in lines)
    assert wrapped("", 100, 13) == [""]
    assert wrapped("没有培训实习生〔真因〕", 13 * 9, 13)[-1].endswith("〔真因〕")


LINES = """人员：
  夜班人手不足 *
    新护士多
  培训没有覆盖实习生 **
设备：
- 推车轮子坏
-- 没人报修
"""


def test_lines_of_a_fishbone_are_read_and_written_again():
    bones = read(LINES)
    assert [bone.name for bone in bones] == ["人员", "设备"]
    assert bones[0].causes == (
        Cause("夜班人手不足", "chief", ("新护士多",)),
        Cause("培训没有覆盖实习生", "true"),
    )
    assert bones[1].causes == (Cause("推车轮子坏", "", ("没人报修",)),)
    assert read(written(bones)) == bones


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("", 0),
        ("没有大类的原因", 1),
        ("人：\n  " + "长" * 121, 2),
        ("人：\n  **", 2),
        ("\n".join(f"类{i}：" for i in range(13)), 13),
    ],
)
def test_a_bad_line_is_told_with_its_number(text, row):
    with pytest.raises(BadLine) as wrong:
        read(text)
    assert wrong.value.row == row
