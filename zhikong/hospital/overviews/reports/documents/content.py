"""What stands in a brief, independent of its layout: sections, table, charts and the notes behind the figures."""

import re
from dataclasses import asdict, dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.hospital.overviews.reports.rules import pieces

NUMBER_AND_UNIT = re.compile(r"(\d) (?=[%‰‱天例元项个])")
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Piece:
    """Words, or the number of a quoted figure."""

    words: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Section:
    title: str
    paragraphs: list[list[Piece]]


@dataclass(frozen=True)
class Note:
    """Where a figure comes from."""

    number: int
    text: str


@dataclass(frozen=True)
class Content:
    title: str
    institution: str
    line: str
    sections: list[Section]
    rows: list[dict]
    charts: list[dict]
    notes_head: str
    notes: list[Note]
    footer: str


def content(brief) -> Content:
    """Everything that the layouts need; no further reads."""
    figures = brief.figures
    sections = [
        Section(f"{NUMERALS[index]}、{title}", _paragraphs(text))
        for index, (_key, title, text) in enumerate(_with_table(brief.parts()))
    ]
    return Content(
        title=_("医疗质量简报"),
        institution=figures["institution"],
        line=_line(brief),
        sections=sections,
        rows=[row for row in figures["rows"] if row["target"] != "—"],
        charts=figures["charts"],
        notes_head=notes_head(figures),
        notes=notes(brief),
        footer=_("数据截至 %(until)s · 数据版本 %(version)s")
        % {"until": figures["data_until"], "version": figures["data_version"]},
    )


def _with_table(parts: list) -> list:
    """The table of figures stands as a section of its own after the first."""
    return [parts[0], ("table", _("重点指标"), ""), *parts[1:]]


def _line(brief) -> str:
    moment = brief.published_at or brief.edited_at or brief.drafted_at
    year, month = brief.month.split("-")
    issue = _("%(year)s 年第 %(n)s 期") % {"year": year, "n": int(month)}
    state = "" if brief.published else _(" · 草稿")
    day = timezone.localtime(moment)
    return f"{issue} · {_('质控科')} · {day.year} 年 {day.month} 月 {day.day} 日{state}"


def _paragraphs(text: str) -> list[list[Piece]]:
    """Paragraphs in pieces; a number and its unit stay on one line."""
    kept = NUMBER_AND_UNIT.sub("\\1\N{NO-BREAK SPACE}", text)
    lines = [line.strip() for line in kept.splitlines() if line.strip()]
    return [[Piece(words, number) for words, number in pieces(line)] for line in lines]


def notes(brief) -> list[Note]:
    """One note per figure that the text or the table quotes."""
    figures = brief.figures
    quoted = {n for _k, _t, text in brief.parts() for _w, n in pieces(text) if n is not None}
    rows = [r for r in figures["rows"] if r["number"] in quoted or r["target"] != "—"]
    counts = [s for s in figures["sources"] if s["number"] in quoted]
    return [Note(row["number"], _note(row, figures["data_version"])) for row in rows] + [
        Note(source["number"], source["text"]) for source in counts
    ]


def _note(row: dict, usual: str) -> str:
    """Definition with version and hash, numerator and denominator; the data version when it is not the usual one."""
    said = {"name": row["name"], "id": row["id"], "version": row["version"], "hash": row["hash"]}
    source = _("%(name)s：口径 %(id)s 第 %(version)s 版（%(hash)s）") % said
    if row.get("origin") == "reported":
        source += _("；来源：科室填报")
    if row["reason"]:
        return source + _("；无法计算：%(reason)s") % {"reason": row["reason"].rstrip("。")} + "。"
    parts = _("；分子 %(top)s") % {"top": row["numerator"]}
    if row["denominator"] is not None:
        parts += _("，分母 %(bottom)s") % {"bottom": row["denominator"]}
    if row["data_version"] != usual:
        parts += _("；数据版本 %(version)s") % {"version": row["data_version"]}
    return source + parts + "。"


def notes_head(figures: dict) -> str:
    return _(
        "除另注明外，各项数据取自数据版本 %(version)s（截至 %(until)s），计算于 %(computed)s。括号内为口径的校验码。"
    ) % {
        "version": figures["data_version"],
        "until": figures["data_until"],
        "computed": figures["computed_at"],
    }


def as_data(made: Content) -> dict:
    """Plain data for a layout that takes JSON."""
    return asdict(made)
