"""A cause-effect diagram as lines that people type: bones end with a colon, causes stand below, whys below those.

    人员：
      夜班人手不足 *
        新护士多
      培训没有覆盖实习生 **
    设备：
      推车轮子坏

One star marks 要因, two mark 真因. Indentation, or a leading ``-`` (``--`` for a why), says what belongs to what.
"""

import re

from zhikong.web.charts.fishbone import CHIEF, TRUE, Bone, Cause

LONGEST, MOST_BONES, MOST_CAUSES = 120, 12, 40
EMPTY = "没有内容：先写一行大类（以冒号结尾，如“人员：”），下面各行写原因。"


class BadLine(ValueError):
    """A line that cannot be read: its number from 1, and why. str: the sentence for the screen."""

    def __init__(self, row: int, reason: str):
        super().__init__(f"第 {row} 行：{reason}" if row else reason)
        self.row, self.reason = row, reason


def read(text: str) -> tuple[Bone, ...]:
    """The bones in the order of writing. Raises BadLine with the line's number and the reason."""
    found: list[tuple[str, list[Cause]]] = []
    for row, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        depth, words = _depth(line)
        if len(words) > LONGEST:
            raise BadLine(row, f"有 {len(words)} 个字，超过 {LONGEST} 个，请写短一些。")
        _add(found, row, depth, words)
    if not found:
        raise BadLine(0, EMPTY)
    return tuple(Bone(name, tuple(causes)) for name, causes in found)


def written(bones: tuple[Bone, ...]) -> str:
    """The lines that give these bones again."""
    stars = {CHIEF: " *", TRUE: " **"}
    lines = []
    for bone in bones:
        lines.append(f"{bone.name}：")
        for cause in bone.causes:
            lines.append(f"  {cause.text}{stars.get(cause.mark, '')}")
            lines += [f"    {why}" for why in cause.whys]
    return "\n".join(lines)


def _depth(line: str) -> tuple[int, str]:
    """0 for a bone, 1 for a cause, 2 for a why; and the words. A tab counts as two spaces."""
    words = line.expandtabs(2).replace("　", "  ")
    spaces = len(words) - len(words.lstrip())
    words = words.strip()
    dashes = re.match(r"[-–—·•]+", words)
    words = words[dashes.end() :].strip() if dashes else words
    if words.endswith(("：", ":")) and not dashes and spaces < 2:
        return 0, words[:-1].strip()
    deep = (dashes is not None and len(dashes.group()) > 1) or spaces >= 4
    return (2 if deep else 1), words


def _add(found: list[tuple[str, list[Cause]]], row: int, depth: int, words: str) -> None:
    if not words.strip("* "):
        raise BadLine(row, "没有文字。")
    if depth == 0:
        if len(found) == MOST_BONES:
            raise BadLine(row, f"大类超过 {MOST_BONES} 个，图会看不清，请合并。")
        found.append((words, []))
        return
    if not found:
        raise BadLine(row, "原因前面还没有大类。大类单独一行，以冒号结尾，如“人员：”。")
    causes = found[-1][1]
    if depth == 2 and causes:
        last = causes[-1]
        causes[-1] = Cause(last.text, last.mark, (*last.whys, words.strip("* ")))
        return
    if len(causes) == MOST_CAUSES:
        raise BadLine(row, f"“{found[-1][0]}”下的原因超过 {MOST_CAUSES} 条，请归并。")
    stars = len(words) - len(words.rstrip("*＊ ").rstrip())
    marked = words.rstrip()[-2:].replace("＊", "*")
    mark = TRUE if marked == "**" else CHIEF if stars and marked.endswith("*") else ""
    causes.append(Cause(words.rstrip("*＊ "), mark))
