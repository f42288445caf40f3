"""What a step of a project asks for: fields, tables and votes, by the name that a kind's file uses (contents). No ORM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CATEGORIES = ("人", "机", "料", "法", "环", "测")
FIVE_THREE_ONE = (5, 3, 1)
ONE_TO_FIVE = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Field:
    """One thing to fill in. kind: line, text, number, whole, date, month, choice or yes. why: why it matters."""

    id: str
    label: str
    kind: str = "line"
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    why: str = ""


@dataclass(frozen=True)
class Table:
    """Rows with columns; every row bears an id that others may point at. least: so many rows are asked for."""

    id: str
    label: str
    columns: tuple[Field, ...]
    help: str = ""
    least: int = 0
    why: str = ""


@dataclass(frozen=True)
class Votes:
    """Every voting member gives each item points by each criterion. items: the table, or `measures`.

    rounds: the moments of voting; one unnamed moment when there is only one.
    """

    items: str
    criteria: tuple[tuple[str, str], ...]
    points: tuple[int, ...] = FIVE_THREE_ONE
    rounds: tuple[tuple[str, str], ...] = (("", ""),)


@dataclass(frozen=True)
class Contents:
    """What one step asks for. special: the page adds what is more than fields (plan, measures, doing, standard)."""

    id: str
    fields: tuple[Field, ...] = ()
    tables: tuple[Table, ...] = ()
    votes: Votes | None = None
    special: str = ""

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.id == name), None)

    def table(self, name: str) -> Table | None:
        return next((one for one in self.tables if one.id == name), None)


def choice(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return (("", "请选择"), *pairs)


SAME_WAY = choice(("same", "与改善前相同"), ("other", "有不同（请在下面说明）"))
CLAIMS = choice(("reached", "达到目标"), ("improved", "有改善，未达目标"), ("not_shown", "未能证明有改善"))

THEME = Contents(
    "theme_matrix",
    fields=(
        Field("chosen", "选定的主题", "choice", "从下面的备选主题里选；通常是得分最高的一个。"),
        Field("reason", "不选最高分的理由", "text", "选定的不是总分最高的主题时必须写。"),
        Field("background", "选题背景与理由", "text", "为什么现在做：对患者、同事、医院各有什么意义。"),
        Field("definition", "衡量指标的定义", "text", "分子、分母各是什么，哪些不算。"),
        Field("terms", "名词解释", "text"),
    ),
    tables=(
        Table("candidates", "备选主题", (Field("name", "主题"), Field("problem", "现场的问题", "text")),
              "动词（方向）＋名词（对象）＋衡量指标，例如“降低抢救车药品不合格率”。", 3),
    ),
    votes=Votes("candidates", (("policy", "上级政策"), ("feasible", "可行性"), ("urgent", "迫切性"), ("ability", "圈能力"))),
)  # fmt: skip
PLAN = Contents(
    "plan_gantt",
    fields=(Field("share_reason", "时间分配的说明", "text", "与 30%、40%、20%、10% 相差超过 10 个百分点时写明原因。"),),
    special="plan",
)  # fmt: skip
AS_IS = Contents(
    "as_is",
    fields=(
        Field("flow", "现行流程", "text", "一行一步；把容易出错的一步标出来。"),
        Field("method", "查检方法", "text", "怎样判断合格与不合格，逐例看还是抽查。"),
        Field("place", "查检地点"),
        Field("checker", "查检人"),
        Field("from", "查检开始", "date"),
        Field("to", "查检结束", "date"),
        Field("n", "查检总数（分母）", "whole"),
        Field("events", "不合格数（分子）", "whole", "越低越好的指标填不合格数；越高越好的指标填合格数。"),
        Field("values", "逐例数值（平均值类指标）", "text", "指标是平均数（如平均等候分钟）时，把每一例的数值用空格隔开写在这里，总数与例数不填。"),
        Field("few_reason", "例数少的说明", "text", "不足 30 例时写明为什么只能这么多。"),
        Field("vital_reason", "改善重点的说明", "text", "选中的几项合计不到 80% 时写明理由。"),
    ),
    tables=(
        Table("items", "缺陷分项", (
            Field("name", "项目"), Field("count", "例数", "whole"),
            Field("vital", "改善重点", "yes", "从多到少选，合计到 80% 左右；一项都不选时按 80% 自动取。"),
        ), "查检表的合计：每一项出现了多少次。", 3),
    ),
)  # fmt: skip
TARGET = Contents(
    "target",
    fields=(
        Field("ceiling", "理想值", "number", "越高越好的指标离它的差距才可改善；百分比不填按 100。"),
        Field("set", "采用的目标值", "number", "不填即采用按公式算出的目标值。"),
        Field("deviation", "不按公式的理由", "text", "采用的目标值与公式不同时必须写，例如上级规定的目标。"),
        Field("why", "目标设定说明", "text", "上级要求、同行水平、本圈条件。"),
    ),
    tables=(Table("ability", "圈能力评估", (Field("name", "评估项目"),), "成员给本圈的能力评分；平均分 ÷ 5 即圈能力。"),),
    votes=Votes("ability", (("score", "能力"),), ONE_TO_FIVE),
)  # fmt: skip
CAUSES = Contents(
    "causes",
    fields=(
        Field("effect", "要解析的问题（鱼头）"),
        Field("chief_reason", "要因取舍的说明", "text", "圈选的要因不是得分最高的几项时写明。"),
        Field("verify_reason", "真因判断的说明", "text", "占比低的判为真因、占比高的不判时写明。"),
    ),
    tables=(
        Table("causes", "原因", (
            Field("bone", "类别", "line", "人、机、料、法、环、测，或按流程分。"), Field("middle", "中原因"),
            Field("name", "小原因"), Field("chief", "要因", "yes"),
        ), "每一根大骨下面追问为什么，直到可以采取行动。", 8),
        Table("checks", "真因验证", (
            Field("cause", "要因", "choice"), Field("how", "验证方法（看什么）"), Field("where", "地点和期间"),
            Field("who", "查检人"), Field("n", "查检数", "whole"), Field("hits", "由此原因造成", "whole"),
            Field("true", "真因", "yes"),
        ), "到现场查：这个原因实际造成了多少例。投票不能代替数据。"),
    ),
    votes=Votes("causes", (("weight", "重要性"),)),
)  # fmt: skip
GAPS = Contents(
    "task_gap",
    fields=(Field("vision", "课题明确化：想达到的状态", "text"),),
    tables=(
        Table("causes", "望差值与攻坚点", (
            Field("bone", "把握项目"), Field("wish", "期望水平"), Field("now", "现况水平"), Field("name", "攻坚点"),
            Field("n", "调查数", "whole"), Field("hits", "有差距的", "whole"), Field("true", "攻坚点采纳", "yes"),
        ), "现况要有调查的数字，不能只写感受。", 3),
    ),
)  # fmt: skip
MEASURES = Contents(
    "measures",
    fields=(Field("note", "对策整合说明", "text"),),
    votes=Votes("measures", (("feasible", "可行性"), ("cost", "经济性"), ("benefit", "效益性"))),
    special="measures",
)  # fmt: skip
DOING = Contents("doing", fields=(Field("note", "实施中的问题与处理", "text"),), special="doing")
EFFECT = Contents(
    "effect",
    fields=(
        Field("from", "查检开始", "date"), Field("to", "查检结束", "date"), Field("place", "查检地点"),
        Field("n", "改善后总数（分母）", "whole"), Field("events", "改善后例数（分子）", "whole", "与现状把握的分子同一种。"),
        Field("values", "逐例数值（平均值类指标）", "text", "与现状把握同一种写法。"),
        Field("same_way", "查检方法", "choice", "前后方法不同，差别就说明不了问题。", SAME_WAY),
        Field("way_reason", "方法不同的说明", "text"),
        Field("claim", "成效结论", "choice", "不能好于数据所能说明的。", CLAIMS),
        Field("rate_reason", "达成率说明", "text", "达成率低于 80% 或高于 150% 时分析原因。"),
        Field("tangible", "有形成果（工时、费用、并发症等）", "text"),
        Field("side", "附带效果与副作用", "text", "有没有把问题推给别的环节，其他指标有没有变差。"),
    ),
    tables=(
        Table("items", "改善后缺陷分项", (Field("name", "项目"), Field("count", "例数", "whole"))),
        Table("abilities", "无形成果项目", (Field("name", "能力"),), "例如解决问题能力、团队凝聚力、沟通协调、QCC 手法、责任心、积极性。"),
    ),
    votes=Votes("abilities", (("score", "能力"),), ONE_TO_FIVE, (("before", "改善前"), ("after", "改善后"))),
)  # fmt: skip
STANDARD = Contents(
    "standard",
    fields=(
        Field("name", "标准书名称"), Field("code", "编号"), Field("scope", "适用范围", "text", "在哪些科室、岗位执行。"),
        Field("from", "执行日期", "date"), Field("approver", "审定人"),
    ),
    tables=(
        Table("training", "培训", (
            Field("on", "日期", "date"), Field("who", "对象"), Field("people", "人数", "whole"), Field("passed", "考核合格", "whole"),
        )),
    ),
    special="standard",
)  # fmt: skip
REVIEW = Contents(
    "review",
    fields=(
        Field("left", "遗留问题", "text"), Field("next", "下一期主题"),
        Field("watch_until", "效果跟踪到", "month", "至少三个月。"), Field("watcher", "跟踪负责人"),
    ),
    tables=(
        Table("steps", "逐步检讨", (
            Field("step", "步骤"), Field("good", "优点", "text"), Field("bad", "不足", "text"), Field("next", "今后努力方向", "text"),
        ), "每一步做得好的和没做好的。", 5),
    ),
)  # fmt: skip

CATALOGUE: Mapping[str, Contents] = {
    one.id: one
    for one in (THEME, PLAN, AS_IS, TARGET, CAUSES, GAPS, MEASURES, DOING, EFFECT, STANDARD, REVIEW)
}
FIELDS = "fields"  # contents that the kind's own file describes


def rows(content: Mapping[str, Any], table: str) -> list[dict[str, Any]]:
    """The rows of a table in a step's content."""
    found = content.get(table)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
