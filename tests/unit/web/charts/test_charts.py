"""Specifications say what was given; drawings carry Chinese text, come from the cache and are never half written."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from zhikong.web.charts import (
    BEYOND,
    NORMAL,
    ComparisonData,
    ControlData,
    comparison_chart,
    control_chart,
    render,
)
from zhikong.web.charts import fonts as chart_fonts
from zhikong.web.charts.bundle import build
from zhikong.web.charts.render import cached, check

MONTHS = [f"2026-{m:02}" for m in range(1, 7)]


def control(**changes):
    data = {
        "title": "平均住院日连续偏高",
        "subtitle": "全院 · 2026-01 至 2026-06",
        "axis": "天",
        "months": MONTHS,
        "values": [8, 8.5, None, 9, 12, 8],
        "centre": [8.4] * 6,
        "lower": [6] * 6,
        "upper": [11] * 6,
        "marks": [NORMAL, NORMAL, NORMAL, NORMAL, BEYOND, NORMAL],
    }
    return ControlData(**(data | changes))


def test_a_missing_month_stays_a_gap():
    rows = control_chart(control())["data"]["values"]
    assert [r["value"] for r in rows] == [8, 8.5, None, 9, 12, 8]
    assert [r["note"] for r in rows] == ["", "", "", "", "▲ 特殊原因", ""]


def test_words_of_special_points_do_not_overlap():
    months = [f"2025-{m:02}" for m in range(1, 13)]
    line = {name: [level] * 12 for name, level in (("centre", 8.4), ("lower", 6), ("upper", 11))}
    data = control(months=months, values=[12] * 12, marks=[BEYOND] * 12, **line)
    rows = control_chart(data)["data"]["values"]
    assert [r["month"] for r in rows if r["note"]] == ["2025-04", "2025-08", "2025-12"]


def test_words_of_a_low_point_stand_below_it_and_the_axis_makes_room():
    spec = control_chart(control(values=[8, 8.5, None, 9, 4, 8], target=3.0))
    rows = spec["data"]["values"]
    assert rows[4]["note"] == "▼ 特殊原因"
    starts = {
        layer["encoding"]["y"]["scale"].get("domainMin") for layer in spec["layer"] if "encoding" in layer
    }
    assert len(starts) == 1
    assert 0 <= starts.pop() < 3.0


def test_lists_of_different_length_are_refused():
    with pytest.raises(ValueError, match="zip"):
        control_chart(control(values=[1, 2]))


def test_dark_and_light_differ_only_in_colour():
    light, dark = (control_chart(control(target=9.0), theme=t) for t in ("light", "dark"))
    assert light["data"] == dark["data"]
    assert light["config"] != dark["config"]


def test_departments_without_a_value_are_not_drawn_as_zero():
    data = ComparisonData("比较", "2026-06", "%", ["甲", "乙"], [90.0, None], ["达标", "例数过少"], 85)
    assert [r["name"] for r in comparison_chart(data)["data"]["values"]] == ["甲"]


def test_svg_holds_the_chinese_text_and_comes_from_the_cache(tmp_path):
    spec = control_chart(control(target=9.0))
    svg = render(spec, folder=tmp_path)
    texts = "".join(ET.fromstring(svg).itertext())
    assert "平均住院日连续偏高" in texts
    assert "特殊原因" in texts
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"from the cache")
    assert render(spec, folder=tmp_path) == b"from the cache"
    assert cached(spec, folder=tmp_path)
    assert not cached(spec | {"width": 1}, folder=tmp_path)


def test_png_is_drawn_and_other_kinds_refused(tmp_path):
    assert render(control_chart(control()), "png", folder=tmp_path).startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="svg or png"):
        render({}, "gif", folder=tmp_path)


def test_a_folder_that_cannot_be_written_costs_the_cache_not_the_chart(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert render(control_chart(control()), folder=blocked / "charts").startswith(b"<svg")


def test_no_font_is_a_clear_error(monkeypatch):
    monkeypatch.setattr(chart_fonts, "_candidates", list)
    with pytest.raises(chart_fonts.FontMissing, match="没有找到中文字体"):
        chart_fonts.folders()


def test_characters_drawn_as_empty_boxes_are_an_error():
    """A font folder without Chinese: the library draws boxes and says nothing; we stop."""
    code = (
        "from zhikong.web.charts import drawing, fonts\n"
        "drawing._glyph = lambda character: b'box'\n"
        "try:\n    drawing.draw('{}', 'svg', 1)\n"
        "except fonts.FontMissing as error:\n    print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "空框" in said


def test_the_fonts_of_the_installation_pass_the_check():
    check()


def test_the_bundle_keeps_its_names_to_itself(tmp_path):
    text = build(tmp_path).read_text("utf-8")
    assert text.startswith("(() => {")
    assert text.rstrip().endswith("})();")
    assert "defaultStyle:false" in text.replace(" ", "").replace("!0", "true").replace("!1", "false")


def test_specifications_are_plain_json():
    assert json.loads(json.dumps(control_chart(control()))) == control_chart(control())
