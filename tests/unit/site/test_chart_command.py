"""zhikong chart: input, output and refusals. Numbers are judged in tests/unit/engine/stats."""

import json
import subprocess
import sys

import pytest

from zhikong.cli import main

TYPES = ["run", "i", "ip", "mr", "xbar", "s", "p", "pp", "u", "up", "c", "g", "t", "median", "ewma", "cusum"]
Y = [4, 2, 7, 3, 5, 6, 2, 4, 8, 3, 5, 4, 6, 30]


def written(folder, text, name="in.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return str(path)


def table(values=Y, n=None):
    lines = ["series,i,y" + (",n" if n else "")]
    lines += [f"a,{k},{y}" + (f",{n}" if n else "") for k, y in enumerate(values, start=1)]
    return "\n".join(lines) + "\n"


def ran(capsys, *words):
    code = main(["chart", *words])
    out = capsys.readouterr()
    return code, out.out, out.err


def drawn(capsys, *words):
    code, out, _ = ran(capsys, *words, "--json")
    assert code == 0
    return json.loads(out)["series"]


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_gives_the_promised_shape(capsys, tmp_path, kind):
    text = table(n=40).replace(",i,", ",subgroup,") if kind in ("xbar", "s") else table(n=40)
    every = "shewhart,anhoej,weco,nelson,nhs"
    (one,) = drawn(capsys, written(tmp_path, text), "--type", kind, "--rules", every)
    assert set(one) >= {"series", "type", "why", "icons", "signals", "points"}
    assert (one["series"], one["type"]) == ("a", kind)
    assert set(one["icons"]) == {"variation", "assurance"}
    assert list(one["signals"]) == every.split(",")
    assert len(one["points"]) == len(Y)
    for rule, count in one["signals"].items():
        assert count == sum(rule in point["signals"] for point in one["points"])
    for point in one["points"]:
        assert set(point) >= {"i", "y", "cl", "lcl", "ucl", "signals"}


def test_no_database_and_no_django(tmp_path):
    path = written(tmp_path, table())
    program = (
        "import sys; from zhikong.cli import main; code = main(sys.argv[1:]);"
        "sys.exit(code or any(name.split('.')[0] in ('django', 'duckdb') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "chart", "--type", "i", path, "--json"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_missing_values_dates_phases_and_exclusions(capsys, tmp_path):
    rows = ["series,i,y,phase,exclude"]
    rows += [
        f"急诊,2025-{month:02d},{'' if month == 3 else month},甲,{int(month == 5)}" for month in range(1, 7)
    ]
    rows += [f"急诊,2025-{month:02d},{month},乙," for month in (8, 7, 9, 10, 11, 12)]
    path = written(tmp_path, "\n".join(rows), encoding="gb18030")
    (one,) = drawn(capsys, path, "--type", "i", "--multiply", "10")
    points = one["points"]
    assert [point["i"] for point in points] == [f"2025-{month:02d}" for month in range(1, 13)]
    assert points[2]["y"] is None
    assert points[2]["cl"] == pytest.approx(10 * (1 + 2 + 4 + 6) / 4)  # without May
    assert points[7]["cl"] == pytest.approx(95)
    assert one["trial"] is True
    assert "不足 12 个" in one["why"]


def test_lines_of_one_place_are_put_together(capsys, tmp_path):
    path = written(tmp_path, "series,i,y,n\na,1,1,10\na,1,3,10\na,2,5,20\na,2,,20\na,3,2,0\n")
    (one,) = drawn(capsys, path, "--type", "p")
    assert [point["y"] for point in one["points"]] == [0.2, 0.25, None]
    assert one["points"][0]["cl"] == pytest.approx(9 / 40)
    assert one["points"][2]["ucl"] is None


def test_a_series_without_any_denominator_has_no_limits(capsys, tmp_path):
    path = written(tmp_path, "series,i,y,n\na,1,1,\na,2,3,\nb,1,1,9\nb,2,2,9\n")
    one, two = drawn(capsys, path, "--type", "u")
    assert {point[name] for point in one["points"] for name in ("y", "cl", "lcl", "ucl")} == {None}
    assert two["points"][0]["cl"] == pytest.approx(3 / 18)


def test_times_of_zero_do_not_stop_a_t_chart(capsys, tmp_path):
    path = written(tmp_path, table([0, 3, 0, 12, 5, 7, 0, 9, 30, 2, 4, 1]))
    for limits in ("sigma", "probability"):
        (one,) = drawn(capsys, path, "--type", "t", "--limits", limits)
        assert all(point["lcl"] >= 0 and point["ucl"] > 30 for point in one["points"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (table([3, 5, 4, 6, 2, 5, 3, 4, 6, 5, 4, 3]), "c"),
        (table([3.5, 5.2, 4.1, 6.3, 2.2, 5.5]), "i"),
        (table([18, 22, 20, 19, 23, 21, 17, 20, 22, 18, 21, 19], 200), "p"),
        (table([5, 60, 20, 90, 2, 70, 40, 10, 80, 30, 60, 5], 1000), "pp"),
        (table([18, 22, 20, 19, 23, 21, 17, 20, 22, 18, 21, 19], "10.5"), "u"),
        ("series,subgroup,y\n" + "".join(f"a,{k},{k + j}\n" for k in range(9) for j in range(3)), "xbar"),
    ],
)
def test_the_type_is_chosen_and_the_reason_told(capsys, tmp_path, text, kind):
    (one,) = drawn(capsys, written(tmp_path, text), "--type", "auto")
    assert one["type"] == kind
    assert len(one["why"]) > 10


def test_a_table_for_reading(capsys, tmp_path):
    code, out, _ = ran(
        capsys, written(tmp_path, table()), "--type", "i", "--target", "3", "--direction", "down"
    )
    assert code == 0
    assert "特殊原因：不利" in out
    assert "shewhart:beyond" in out.splitlines()[-2]


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("", (), ":1: auto"),
        ("series,i,y\n", ("--type", "i"), ":1: 文件里没有数据行"),
        ("series,i\na,1\n", ("--type", "i"), ":1: i 图缺少“y”列"),
        ("series,i,y\na,1,2\na,2,五\n", ("--type", "i"), ":3: y“五”不是数"),
        ("series,i,y\na,x,2\n", ("--type", "i"), ":2: i“x”既不是数也不是日期"),
        ("series,i,y\na,1,2\na,2026-01,2\n", ("--type", "i"), ":3: 同一序列的 i"),
        ("series,i,y\na,1,2\n", ("--type", "p"), ":1: p 图需要分母"),
        ("series,i,y,n\na,1,9,8\n", ("--type", "p"), ":2: 分子 9 大于分母 8"),
        ("series,i,y\na,1,-2\n", ("--type", "g"), ":2: g 图的 y 不能是负数"),
        ("series,i,y,exclude\na,1,2,也许\n", ("--type", "i"), ":2: exclude“也许”看不懂"),
        ("i,risk,died\n1,1.2,0\n", ("--type", "vlad"), ":2: risk“1.2”不在 0 和 1 之间"),
        ("i,risk,died\n1,0.2,2\n", ("--type", "racusum"), ":2: died“2”只能是 0"),
        ("series,i,y\na,1,2\n", ("--type", "i", "--rules", "all"), "--rules 不认识“all”"),
    ],
)
def test_bad_input_is_one_sentence_with_its_place(capsys, tmp_path, text, words, said):
    code, out, err = ran(capsys, written(tmp_path, text), *words, "--json")
    assert code != 0
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert said.replace(":1: auto", ":1: ") in err


def test_a_file_that_is_not_there(capsys, tmp_path):
    code, _, err = ran(capsys, str(tmp_path / "none.csv"), "--type", "i")
    assert code != 0
    assert "none.csv: 无法读取文件" in err
