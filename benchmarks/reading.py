"""A plan of 200 pages read from Word to items: CPU seconds on one core.

    python benchmarks/reading.py [--pages 200]

The pages are paragraphs of a plan with changing numbers, 34 lines a page, with a table on every fifth. Counted is
everything: opening the file in its own process, structure, rules. Goal: 30 s.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from docx import Document
from table import Row, show, write

from zhikong.reading.files import plain_text
from zhikong.reading.reader import read

GOAL = 30.0
LINES = (
    "{n}、各科室每月{d}日前完成上月医疗质量分析，由科主任主持，质控小组全体成员参加，会议记录交质控科备查。",
    "（{d}）治愈好转率≥{p}%，平均住院日≤{d}天，入院与出院诊断符合率达到{p}%以上，甲级病案率大于{p}%。",
    "急会诊{d}分钟内到位，普通会诊48小时内完成；危急值在30分钟内处理并记录，每季度抽查{d}例。",
    "3月{d}日至4月{d}日开展医疗安全专项检查，发现问题的科室每项扣{d}分，奖励先进科室{n}00元。",
    "加强对重点环节、重点人群的管理，落实各项核心制度，不断提高医疗质量，保障患者安全。",
)


def made(pages: int, path: Path) -> None:
    document = Document()
    for page in range(pages):
        document.add_heading(f"第{page + 1}章 质量管理工作计划", level=1)
        for line in range(17):  # each takes about two lines of print
            words = LINES[line % len(LINES)]
            document.add_paragraph(
                words.format(n=line + 1, d=(page + line) % 27 + 1, p=60 + (page + line) % 39)
            )
        if page % 5 == 0:
            table = document.add_table(rows=0, cols=3)
            for row in range(10):
                for cell, words in zip(
                    table.add_row().cells, (f"指标{row}完成率", f"≥{80 + row}%", "质控科"), strict=True
                ):
                    cell.text = words
    document.save(path)


def spent() -> float:
    return sum(
        one.ru_utime + one.ru_stime
        for one in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--json", type=Path, help="write the rows of the common table here")
    chosen, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.docx"
        made(chosen.pages, path)
        before = spent()
        text = plain_text(path)
        opened = spent()
        found = read(text)
        after = spent()
    note = f"{len(text):,} characters, {len(found.items):,} items, {len(found.unparsed):,} not understood"
    rows = [
        Row(f"open a Word file of {chosen.pages} pages", opened - before, "CPU s"),
        Row(f"read a plan of {chosen.pages} pages", after - before, "CPU s", GOAL, note),
    ]
    print(show(rows))
    if chosen.json:
        write(chosen.json, rows)


if __name__ == "__main__":
    main()
