"""A file with a form in it, whatever its format: all of it is sound, or every fault is told with its row.

Nothing is written here. What is refused is refused as a whole: a form of which some rows were dropped would look
like the one that its author meant.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from zhikong.engine.definitions.located import Located, read_text
from zhikong.foundation.forms.building import documents, outline, problems
from zhikong.foundation.forms.building.documents import Data, NotADefinition
from zhikong.foundation.forms.definition import read as judge
from zhikong.foundation.forms.exchange import excel_in, layout, workbooks, xlsform_in
from zhikong.foundation.forms.exchange.excel_in import Imported
from zhikong.foundation.forms.exchange.workbooks import RowProblem, Unreadable

MAX_TEXT = 1_000_000


class Refused(ValueError):
    """The file is not taken. problems: the rows to mend; empty when the file as a whole cannot be read."""

    def __init__(self, sentence: str, problems: Collection[RowProblem] = ()) -> None:
        super().__init__(sentence)
        self.sentence, self.problems = sentence, list(problems)


def definition(name: str, content: bytes, *, start: Data, taken: Collection[str] = ()) -> Data:
    """The data of the form in a file. start: what holds where the file says nothing. Raises Refused."""
    if name.lower().endswith((".yaml", ".yml")):
        return _yaml(content, start)
    try:
        sheets = workbooks.read(content)
        is_xlsform = xlsform_in.SURVEY in sheets and layout.ITEMS not in sheets
        found = (xlsform_in if is_xlsform else excel_in).definition(content, taken=taken)
    except Unreadable as problem:
        raise Refused(str(problem)) from problem
    if found.problems:
        raise _refused(found.problems)
    found.data = _filled(found.data, start)
    if wrong := faults(found):
        raise _refused(wrong)
    return found.data


def faults(found: Imported) -> list[RowProblem]:
    """What the reading of forms finds wrong, at the rows that it comes from."""
    text = documents.write(found.data)
    judged = judge(text, file=Path(f"{found.data['id']}.yaml"))
    if not isinstance(judged, list):
        return []
    return [_at_row(shown, found) for shown in problems.shown(text, found.data, judged)]


def _at_row(shown: problems.Shown, found: Imported) -> RowProblem:
    kind, _dot, name = shown.at.partition(".")
    place = found.rows.get(name) if kind in "is" else None
    sheet, row = place or (layout.FORM, 0)
    return RowProblem(sheet, row, shown.sentence)


def _filled(data: Data, start: Data) -> Data:
    """The file's own words go before what is assumed."""
    found = {**start, **{k: v for k, v in data.items() if v not in (None, "", {})}}
    found["source"] = {**start.get("source", {}), **(data.get("source") or {})}
    title = found.get("title")
    found["title"] = title if isinstance(title, dict) else {"zh": documents.chinese(title)}
    return found


def _yaml(content: bytes, start: Data) -> Data:
    try:
        if len(content) > MAX_TEXT:
            raise Refused("文件过大，一个文件只写一张表。")
        text = content.decode("utf-8-sig")
        data = documents.read(text)
    except UnicodeDecodeError as problem:
        raise Refused("文件不是 UTF-8 编码，请另存为 UTF-8。") from problem
    except NotADefinition as problem:
        raise Refused(str(problem)) from problem
    data = {**start, **data}
    judged = judge(text, file=Path(f"{data['id']}.yaml"))
    if isinstance(judged, list):
        found = [RowProblem("YAML", p.line, problems.in_words(f"{p.message}{p.remedy}")) for p in judged]
        raise _refused(found)
    located = read_text(text, file=Path("form.yaml"))
    return located.data if isinstance(located, Located) else outline.change_form(data, {})


def _refused(found: Collection[RowProblem]) -> Refused:
    return Refused("文件里有要改正的地方，见上面的清单；改好后再上传。", found)
