"""Our documented Excel layout of a form: which sheets and columns there are, and what each holds.

One row is one item. Codes are written as the words of the screen, so that a reader needs no list of codes; the ids
of sections, items and options stand in columns of their own, and may be left empty for new ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.forms.building import words

GUIDE, FORM, SECTIONS, ITEMS, OPTIONS, GRADES = "填写说明", "表单", "分节", "题目", "选项", "等级"
YES, NO = "是", "否"
SEPARATORS = "、,，;；"


@dataclass(frozen=True)
class Column:
    """One column: its heading, the field it fills, how it is read, and the words to choose from."""

    head: str
    field: str
    kind: str = "text"  # text, number, yes, code
    codes: Mapping[str, Any] | None = None
    width: int = 12
    help: str = ""

    def words(self) -> list[str]:
        """What the drop-down list offers."""
        if self.kind == "yes":
            return [YES, NO]
        return [str(word) for word in (self.codes or {}).values()]

    def word(self, code: Any) -> Any:
        """A code as its word; anything else as it is."""
        if self.kind == "yes":
            return YES if code else NO
        if self.codes is None or not isinstance(code, str):
            return code
        return str(self.codes.get(code, code))

    def code(self, word: str) -> str:
        """The code of a word (or of the code itself). Raises ValueError with what can be chosen."""
        for code, known in (self.codes or {}).items():
            if word in (code, str(known)) or _bare(word) == _bare(str(known)):
                return code
        raise ValueError(f"没有“{word[:20]}”，可选：{'、'.join(self.words())}。")


def _bare(word: str) -> str:
    """Without blanks and brackets: 是/否 is as good as 是 / 否."""
    return "".join(c for c in word.split("（")[0] if not c.isspace())


def role_names() -> dict[str, str]:
    return {code: str(role.title) for code, role in ROLES.items()}


TITLE_FIELDS = (("zh", "名称"), ("en", "名称（英文）"), ("zh-hant", "名称（繁体）"))
FORM_COLUMNS = (
    Column("编号", "id", help="英文标识，留空由系统编号"),
    *(Column(head, f"title.{code}") for code, head in TITLE_FIELDS),
    Column("种类", "kind", "code", words.KINDS),
    Column("用途", "purpose", help="一句话：为什么填、填了给谁看"),
    Column("依据文件", "source.document"),
    Column("依据条款", "source.clause"),
    Column("依据可靠程度", "source.mark", "code", words.MARKS),
    Column("负责部门", "owner", "code", role_names()),
    Column("核对部门", "checker", "code", role_names(), help="与负责部门不同"),
    Column("下次复核日期", "next_review", "date", help="如 2027-10-31"),
    Column("一张表针对", "subject", "code", words.SUBJECTS),
    Column("谁可以填", "fill", "codes", role_names(), help="多个用顿号隔开；留空则人人可填"),
    Column("编号格式", "number", help="如 JJC-{year}-{serial:04d}，可留空"),
    Column("满分", "full_score", "number", help="留空则为各题分值之和"),
    Column("合格分", "pass_score", "number"),
    Column("使用前说明", "notes"),
)
SECTION_COLUMNS = (
    Column("分节编号", "id", width=14),
    Column("分节", "title", width=24),
    Column("说明", "help", width=36),
    Column("最多扣（得）分", "cap", "number"),
    Column("计分方式", "scoring", "code", words.SCORING, 22),
)
ITEM_COLUMNS = (
    Column("分节", "section", width=16, help="与上一行相同时可留空"),
    Column("题目编号", "id", width=14, help="留空由系统编号；已有的不要改"),
    Column("题型", "type", "code", words.TYPES, 18),
    Column("题目", "text", width=44),
    Column("填写说明", "help", width=24),
    Column("必填", "required", "yes", width=7, help="有分值的题总是必填"),
    Column("分值", "score.full", "number", width=7),
    Column("答“否”得分", "score.when_no", "number", width=11, help="留空为 0"),
    Column("每处扣分", "score.each", "number", width=9, help="只用于数字题"),
    Column("否决", "veto", "code", words.VETOES, 16, "答“否”时"),
    Column("否决的分数", "veto_points", "number", width=11, help="“总分最多得…分”“总分扣…分”时填"),
    Column("何时要证据", "evidence", "code", words.EVIDENCE, 14),
    Column("依据条款", "clause", width=18),
    Column("显示条件", "show_if", width=24, help="如 item_1 = 'no'；只能问前面的题"),
    Column(
        "选项", "options", width=24, help="简写：用分号隔开，如 完好；缺损。要写分值或代码请用“选项”工作表"
    ),
    Column("单位", "unit", width=8),
    Column("最小值", "min", "number", width=8),
    Column("最大值", "max", "number", width=8),
    Column("小数位数", "decimals", "number", width=9),
    Column("抽查总数", "of", "number", width=9),
    Column("所属表格", "table", width=14, help="表格的一列：写那道表格题的编号"),
    Column("最少行数", "rows.min", "number", width=9),
    Column("最多行数", "rows.max", "number", width=9),
    Column("固定的行", "fixed", width=18, help="用换行隔开"),
    Column("问题级别", "severity", "code", words.SEVERITIES, 10, "答“否”时；留空由检查人定"),
    Column("怎样查", "check", "code", words.LOOKS, 10),
    Column("可靠程度", "mark", "code", words.MARKS, 12, "与整张表不同时才填"),
)
OPTION_COLUMNS = (
    Column("题目编号", "item", width=24, help="表格里的列写成 表格编号.列编号"),
    Column("代码", "code", width=16),
    Column("选项", "text", width=36),
    Column("分值", "score", "number"),
)
GRADE_COLUMNS = (
    Column("等级", "name", width=16),
    Column("至少得分", "at_least", "number"),
)
GUIDE_LINES = (
    "这个文件就是一张表单：改好后，在“表单设计”里选“从 Excel 导入”。导入前会逐行检查，有错就一行也不写入。",
    "“表单”工作表写整张表的情况；“题目”工作表一行一道题，按顺序排列；有选项的题在“选项”工作表里写代码和分值。",
    "带下拉箭头的格子请从列表里选。灰色的表头不要改动，列的先后可以换，不用的列可以删。",
    "题目编号用来认出同一道题：改题目的文字不要改编号；新题留空，由系统编号。",
    "显示条件的写法：item_1 = 'no'，多个条件用 and 或 or 连接；是/否题的答案是 'yes'、'no'、'na'。",
)


def heads(columns: Iterable[Column]) -> list[str]:
    return [column.head for column in columns]
