"""Figures in words and as a table: what the picture shows, for who reads it aloud, prints it, or checks it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zhikong.engine.stats.capability import capability
from zhikong.engine.stats.correlation import correlation
from zhikong.engine.stats.histogram import RULES, histogram
from zhikong.hospital.functions.improvements.tools import changes, limits
from zhikong.hospital.functions.improvements.tools.asking import Unanswerable
from zhikong.hospital.functions.improvements.tools.pictures import bones, paretos
from zhikong.web.charts.fishbone import MARKS

Figures = Mapping[str, Any]
SHORT = 18  # characters of a name in a sentence; the table has it whole
NO_CAUSE = "相关不等于因果：两个量一起变化，可能是第三个因素造成的，也可能是巧合。"


@dataclass(frozen=True)
class Told:
    """sentences: the first is the finding, fit for a title. links: for each row the value that leads to its rows."""

    sentences: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str, ...] = ()
    numeric: tuple[int, ...] = ()

    @property
    def finding(self) -> str:
        return self.sentences[0].rstrip("。") if self.sentences else ""


def told(kind: str, figures: Figures) -> Told:
    """What a tool's figures say. Raises Unanswerable when they cannot be computed."""
    return TOLD[kind](figures)


def plain(number: float | None, digits: int = 2) -> str:
    """A number as a table shows it: whole when it is, else so many decimals at most; a dash for None."""
    if number is None or (isinstance(number, float) and np.isnan(number)):
        return "—"
    return f"{number:,.{digits}f}".rstrip("0").rstrip(".") if number != int(number) else f"{int(number):,}"


def _pareto(figures: Figures) -> Told:
    charts = paretos(figures)
    sentences, rows, links = [], [], []
    for name, one in charts:
        where = f"{name}：" if name else ""
        if not one.bars:
            sentences.append(f"{where}没有可以排序的项目。")
        elif not one.vital:
            most = one.bars[0]
            sentences.append(f"{where}问题分散：最多的“{_short(most.name)}”占 {most.share:g}%，列出的各项合计不到 80%，没有少数重点；请把“其他”拆开，或换一个分组再看。")  # fmt: skip
        else:
            names = "、".join(f"“{_short(bar.name)}”" for bar in one.vital[:3]) + ("等" if len(one.vital) > 3 else "")  # fmt: skip
            sentences.append(f"{where}{names} {len(one.vital)} 项占全部 {plain(one.total)} 的 {one.focus:g}%，是改善重点。")  # fmt: skip
        if one.merged:
            sentences.append(f"{where}最少的 {one.merged} 项合并为“其他”。")
        for bar in one.bars:
            rows.append((*([name] if name else []), bar.name, plain(bar.count), f"{bar.share:g}%", f"{bar.reached:g}%", "重点" if bar.vital else ""))  # fmt: skip
            links.append("" if one.merged and bar.name == "其他" else bar.name)
    paired = bool(charts[0][0])
    if paired and len(charts) == 2:
        sentences.append(_fewer(charts))
    heads = (
        *(["期间"] if paired else []),
        figures.get("by") or "项目",
        figures["axis"],
        "占比",
        "累计",
        "80% 线内",
    )
    first = 2 if paired else 1
    return Told(tuple(sentences), heads, tuple(rows), tuple(links), (first, first + 1, first + 2))


def _short(name: str) -> str:
    return name if len(name) <= SHORT else f"{name[: SHORT - 1]}…"


def _fewer(charts: Sequence[tuple[str, Any]]) -> str:
    before, after = charts[0][1].total, charts[1][1].total
    if not before:
        return "改善前没有计到，无法比较总数。"
    return f"总数由 {plain(before)} 变为 {plain(after)}（{(after - before) / before:+.1%}）；两期长短不同时要先折算。"


def _check_sheet(figures: Figures) -> Told:
    names, columns, counts = figures["categories"], figures["columns"], figures["counts"]
    if figures.get("blank"):
        empty = tuple((name, *[""] * len(columns), "") for name in names)
        return Told(("空白检查表，打印后逐次画“正”字。",), (figures["by"], *columns, "合计"), empty)
    sums = [sum(row) for row in counts]
    total, best = sum(sums), max(range(len(sums)), key=lambda i: sums[i])
    share = f"，占 {sums[best] / total:.1%}" if total else ""
    sentences = [f"共计到 {total:,} 次，最多的是“{names[best]}”（{sums[best]:,} 次{share}）。"]
    by_column = [sum(row[i] for row in counts) for i in range(len(columns))]
    if total and len(columns) > 1:
        top = max(range(len(columns)), key=lambda i: by_column[i])
        sentences.append(f"各列中最多的是“{columns[top]}”（{by_column[top]:,} 次）。")
    if figures.get("left"):
        sentences.append(figures["left"])
    rows = [(name, *map(plain, row), plain(sum(row))) for name, row in zip(names, counts, strict=True)]
    rows.append(("合计", *map(plain, by_column), plain(total)))
    return Told(tuple(sentences), (figures["by"], *columns, "合计"), tuple(rows), (*names, ""), tuple(range(1, len(columns) + 2)))  # fmt: skip


def _stratification(figures: Figures) -> Told:
    panels = figures["panels"]
    inner = panels[0][1] if panels else []
    rows = [(name, *(plain(v) for v in values)) for name, _names, values in panels]
    known = [
        (v, name, inner[i]) for name, _n, values in panels for i, v in enumerate(values) if v is not None
    ]
    sentences = []
    if known:
        high, low = max(known), min(known)
        sentences.append(f"最高：{high[1]} · {high[2]}（{plain(high[0])}）；最低：{low[1]} · {low[2]}（{plain(low[0])}）。")  # fmt: skip
    sentences.append("例数少的层高低多半是偶然，先看例数再看差别。")
    if figures.get("left"):
        sentences.append(f"另有 {figures['left']} 层没有画出，表中也不列。")
    return Told(tuple(sentences), (figures["by"], *inner), tuple(rows), tuple(p[0] for p in panels), tuple(range(1, len(inner) + 1)))  # fmt: skip


def _scatter(figures: Figures) -> Told:
    points = figures["points"]
    found = correlation([p[0] for p in points], [p[1] for p in points])
    if found.r is None:
        sentences = [found.why]
    else:
        way = "正" if found.r > 0 else "负"
        sure = f"有{way}相关" if found.certain else "不能说有相关（区间含 0）"
        sentences = [
            f"{sure}：r = {found.r:.2f}（95% 区间 {found.low:.2f} 至 {found.high:.2f}，n = {found.n}）。"
        ]
        sentences.append(f"等级相关 ρ = {found.rank:.2f}；检验 r = 0 的 p {_p(found.p)}。")
        if found.certain:
            sentences.append(f"回归线：y = {found.intercept:.4g} {'+' if found.slope >= 0 else '−'} {abs(found.slope):.4g}·x，只在数据的范围内有意义。")  # fmt: skip
    rows = tuple((name or f"第 {i} 对", plain(x, 3), plain(y, 3)) for i, (x, y, name) in enumerate(points, 1))
    return Told((*sentences, NO_CAUSE), ("数据", figures["across"], figures["up"]), rows, (), (1, 2))


def _p(p: float | None) -> str:
    return "—" if p is None else "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _histogram(figures: Figures) -> Told:
    values = figures["values"]
    found = histogram(values, rule=figures.get("rule") or "sqrt")
    spread = f"，标准差 {plain(found.sd)}" if found.sd is not None else ""
    sentences = [f"{found.n} 个数：均值 {plain(found.mean)}{spread}，中位数 {plain(found.median)}，{plain(found.least)} 至 {plain(found.greatest)}。"]  # fmt: skip
    sentences.append(f"{RULES[found.rule]}，共 {len(found.classes)} 组，组距 {plain(found.width, 6)}。")
    if figures.get("low") is not None or figures.get("high") is not None:
        sentences += _capable(values, figures.get("low"), figures.get("high"))
    rows = tuple(
        (f"{plain(c.low, 4)} – {plain(c.high, 4)}", plain(c.count), f"{c.count / found.n:.1%}") for c in found.classes
    )  # fmt: skip
    return Told(tuple(sentences), (f"{figures['axis']} 分组", "频数", "占比"), rows, (), (1, 2))


def _capable(values: Sequence[float], low: float | None, high: float | None) -> list[str]:
    found = capability(values, low=low, high=high)
    outside = f"超出规格 {found.outside} 个（{found.outside / found.n:.1%}）。"
    if found.refused:
        return [outside, "不给出 Cp、Cpk：" + " ".join(found.refused)]
    told = [f"{name} = {value:.2f}" for name, value in (("Cp", found.cp), ("Cpk", found.cpk), ("Pp", found.pp), ("Ppk", found.ppk)) if value is not None]  # fmt: skip
    span = f"（Ppk 的 95% 区间 {found.ppk_interval[0]:.2f} 至 {found.ppk_interval[1]:.2f}）" if found.ppk_interval else ""  # fmt: skip
    return [outside, "，".join(told) + span + "。"]


def _control(figures: Figures) -> Told:
    found = limits.chart(figures)
    if found is None:
        raise Unanswerable("已知的期间不足两个，还画不出控制图。")
    labels, lines = figures["labels"], found.limits
    special = [(label, found.words(i)) for i, label in enumerate(labels) if found.words(i)]
    first = f"最近的特殊原因在 {special[-1][0]}：{special[-1][1]}。" if special else "未见特殊原因。"
    sentences = [first, f"{limits.KINDS[found.kind]}。{found.reason}", *lines.notes]
    if found.trial:
        sentences.append(f"承载控制限的只有 {lines.carried} 个点，控制限是试用的，信号只供参考。")
    rows = []
    for i, label in enumerate(labels):
        parts = (plain(figures["top"][i]), plain(figures["bottom"][i])) if figures["how"] == "ratio" else ()
        numbers = (lines.y[i], lines.lower[i], lines.centre[i], lines.upper[i])
        rows.append((label, *parts, *(plain(float(n)) for n in numbers), found.words(i)))
    parts = ("分子", "分母") if figures["how"] == "ratio" else ()
    heads = ("期间", *parts, figures["axis"] or "值", "下限", "中心线", "上限", "信号")
    return Told(tuple(sentences), heads, tuple(rows), tuple(labels), tuple(range(1, len(heads) - 1)))


def _before_after(figures: Figures) -> Told:
    found = changes.change(figures)
    rows = []
    for i, (name, side) in enumerate(zip(figures["names"], (found.before, found.after), strict=True)):
        said = f"n = {len(figures['values'][i])}" if figures["how"] == "mean" else " / ".join(plain(p) for p in figures["pairs"][i])  # fmt: skip
        rows.append((name, said, plain(side.value), f"{plain(side.low)} 至 {plain(side.high)}"))
    sentences = [changes.sentence(found), "前后比较不能排除同时发生的其他变化；有逐月数据时请同时看控制图。"]
    if figures.get("per"):
        sentences.append("次数按每月折算后比较。")
    if (target := figures.get("target")) is not None:
        sentences.append(_reached(found.before.value, found.after.value, target))
    return Told(
        tuple(sentences), ("期间", "分子 / 分母", figures["axis"], "95% 区间"), tuple(rows), (), (1, 2, 3)
    )


def _reached(before: float, after: float, target: float) -> str:
    """达成率 = (after − before) / (target − before); 进步率 = |after − before| / before (reference (i))."""
    if target == before:
        return "目标与改善前相同，达成率没有意义。"
    reached = f"目标达成率 {(after - before) / (target - before):.1%}"
    return reached + (f"，进步率 {abs(after - before) / before:.1%}。" if before else "。")


def _fishbone(figures: Figures) -> Told:
    rows, marked = [], []
    for bone in bones(figures):
        for cause in bone.causes:
            rows.append(
                (bone.name, cause.text, MARKS.get(cause.mark, "").strip("〔〕"), "；".join(cause.whys))
            )
            marked += [cause] if cause.mark else []
    counts = [sum(c.mark == mark for c in marked) for mark in ("chief", "true")]
    sentence = f"{figures['effect']}：{len(figures['bones'])} 大类、{len(rows)} 条原因，圈选要因 {counts[0]} 条，验证真因 {counts[1]} 条。"  # fmt: skip
    warning = () if counts[1] else ("还没有标出真因：要因要用数据验证，才能成为真因。",)
    return Told((sentence, *warning), ("大类", "原因", "标记", "再问为什么"), tuple(rows))


def _radar(figures: Figures) -> Told:
    both = bool(figures["after"])
    pairs = zip(figures["names"], figures["before"], figures["after"] or [None] * len(figures["names"]), strict=True)  # fmt: skip
    rows = [(n, plain(b), plain(a), plain(round(a - b, 4)) if a is not None else "—") for n, b, a in pairs]
    if both:
        most = max(range(len(rows)), key=lambda i: figures["after"][i] - figures["before"][i])
        up = sum(a > b for a, b in zip(figures["after"], figures["before"], strict=True))
        first = f"{len(rows)} 项中 {up} 项提高，提高最多的是“{rows[most][0]}”（+{rows[most][3]}）。"
    else:
        first = f"共 {len(rows)} 项，还没有改善后的分数。"
    return Told((first, "均分由成员自评，人数少时只供参考。"), ("项目", "改善前", "改善后", "增减"), tuple(rows), (), (1, 2, 3))  # fmt: skip


def _gantt(figures: Figures) -> Told:
    rows = [(name, who or "—", start, end, begun or "—", ended or "—") for name, start, end, who, begun, ended in figures["rows"]]  # fmt: skip
    late = [row for row in figures["rows"] if row[5] and row[5] > row[2]]
    done = sum(bool(row[5]) for row in figures["rows"])
    first = f"{len(rows)} 项任务，已完成 {done} 项，其中晚于计划 {len(late)} 项。"
    return Told((first,), ("任务", "负责人", "计划开始", "计划结束", "实际开始", "实际结束"), tuple(rows))


def _affinity(figures: Figures) -> Told:
    rows = [(name, card) for name, cards in figures["groups"] for card in cards]
    return Told((f"{len(figures['groups'])} 组，{len(rows)} 条意见。",), ("组", "意见"), tuple(rows))


def _relation(figures: Figures) -> Told:
    """Who is named most as a cause is where to begin; who is named most as a result is what to watch."""
    names = list(dict.fromkeys(name for arrow in figures["arrows"] for name in arrow))
    out = {name: sum(a == name for a, _ in figures["arrows"]) for name in names}
    into = {name: sum(b == name for _, b in figures["arrows"]) for name in names}
    rows = sorted(((n, plain(out[n]), plain(into[n])) for n in names), key=lambda row: -out[row[0]])
    first = f"箭头指出最多的是“{rows[0][0]}”（{rows[0][1]} 个），多半是根本原因。"
    pairs = "；".join(f"{a} → {b}" for a, b in figures["arrows"])
    return Told(
        (first, f"关系：{pairs}。"), ("因素", "指出（作为原因）", "指入（作为结果）"), tuple(rows), (), (1, 2)
    )


TOLD: dict[str, Callable[[Figures], Told]] = {
    "pareto": _pareto,
    "check_sheet": _check_sheet,
    "stratification": _stratification,
    "scatter": _scatter,
    "histogram": _histogram,
    "control": _control,
    "before_after": _before_after,
    "fishbone": _fishbone,
    "radar": _radar,
    "gantt": _gantt,
    "affinity": _affinity,
    "relation": _relation,
}
