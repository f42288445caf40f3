"""The tools of the gallery: what each is for, what it may be drawn from, and an example to write over."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.improvements.models.tools import Kind


@dataclass(frozen=True)
class Field:
    """A word or number that belongs to entered data beside the lines."""

    name: str
    title: object
    help: object = ""


@dataclass(frozen=True)
class Tool:
    """why: when to take it. live: what the question of live data asks for; empty: only entered. fields: of entered data.

    lines: how the lines are written. example: lines that can be read as they stand.
    """

    kind: Kind
    icon: str
    why: object
    lines: object
    example: str
    live: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    seven: bool = True

    @property
    def code(self) -> str:
        return self.kind.value

    @property
    def title(self) -> str:
        return str(self.kind.label)


AXIS = Field("axis", _("纵轴或单位"), _("如“缺陷数（处）”。"))
SPEC = (Field("low", _("规格下限")), Field("high", _("规格上限")), Field("target", _("目标")))
SPAN = ("first", "last", "departments", "only")

TOOLS = (
    Tool(
        Kind.CHECK_SHEET, "clipboard-list", _("边看边记：什么问题，在什么时候、哪个班次或科室出现了多少次。"),
        _("第一行表头：项目和各列；下面每行一个项目。不写数就是空白表，可打印后手工画“正”。"),
        "项目\t白班\t小夜\t大夜\n接触患者前未洗手\t3\t7\t10\n洗手时间不足\t5\t5\t6\n手消液过期\t1\t0\t2",
        (*SPAN, "by", "across", "most"), (AXIS,),
    ),
    Tool(
        Kind.STRATIFICATION, "layers", _("同一个量分开看：按科室、班次、月份、程度，差别在哪一层。"),
        _("第一行表头：分层和各组；下面每行一层。"),
        "科室\t2026-07\t2026-08\t2026-09\n心血管内科\t82\t85\t91\n骨科\t76\t75\t78",
        (*SPAN, "by", "across", "measure"), (AXIS,),
    ),
    Tool(
        Kind.PARETO, "chart-no-axes-combined", _("抓重点：从多到少排，算出累计 80% 的少数几项，就是改善重点；也可前后对照。"),
        _("每行一个项目和次数；再写一列就是改善后的次数。"),
        "项目\t改善前\t改善后\n手卫生时机遗漏\t45\t15\n快速手消液过期\t30\t14\n洗手方法不正确\t20\t12\n未戴手套\t6\t5\n其他\t9\t4",
        (*SPAN, "by", "measure", "most", "cut"), (AXIS,),
    ),
    Tool(
        Kind.FISHBONE, "fish", _("追原因：按人、机、料、法、环列出可能的原因，圈出要因，用数据验证真因。"),
        _("大类单独一行，以冒号结尾；下面缩进写原因，再缩进写“再问为什么”。行末一个 * 是要因，两个 ** 是真因。"),
        "人员：\n  夜班人手不足 *\n    新护士占比高\n  培训没有覆盖实习生 **\n设备：\n  手消液放置位置不便\n方法：\n  没有规定谁补充手消液 **\n环境：\n  床间距小",
        (), (Field("effect", _("要分析的结果（鱼头）"), _("如“手卫生依从率只有 62%”。")),),
    ),
    Tool(
        Kind.SCATTER, "chart-scatter", _("看两个量是不是一起变：相关系数带区间和例数；相关不等于因果。"),
        _("每行一对数，可在后面写名称；第一行可以是两个量的名字。"),
        "护士床位比\t跌倒例数\t科室\n0.42\t5\t内一\n0.45\t4\t内二\n0.50\t4\t外一\n0.38\t6\t外二\n0.55\t2\t妇科\n0.47\t3\t儿科\n0.52\t3\t骨一\n0.40\t5\t骨二\n0.60\t1\t产科\n0.44\t4\t神内",
        (*SPAN, "by", "measure", "measure_y", "key_y"),
    ),
    Tool(
        Kind.HISTOGRAM, "chart-column", _("看分布：集中还是分散，有没有双峰，离规格多远；条件够才给 Cp、Cpk。"),
        _("按时间先后写数，一行一个或几个。"),
        "32 35 28 41 30 33 36 29 38 31 34 27 39 33 30 35 37 32 26 34",
        (*SPAN, "measure", "low", "high", "target", "rule"), (AXIS, *SPEC),
    ),
    Tool(
        Kind.CONTROL, "activity", _("分清特殊原因和随机波动：每月的数、中心线和控制限。"),
        _("每行一期和数值；或一期、分子、分母。"),
        "月份\t分子\t分母\n2026-01\t12\t240\n2026-02\t9\t231\n2026-03\t14\t250\n2026-04\t10\t238\n2026-05\t11\t244\n2026-06\t5\t240",
        (*SPAN, "measure", "target"), (AXIS, Field("target", _("目标"))),
    ),
    Tool(
        Kind.RADAR, "radar", _("无形成果：圈员对能力和信心的自评，改善前后各一圈。"),
        _("每行一项、改善前均分、改善后均分。"),
        "项目\t改善前\t改善后\n团队凝聚力\t2.6\t4.3\n手法运用\t1.8\t3.9\n沟通协调\t3.0\t4.2\n解决问题\t2.5\t4.1\n责任心\t3.5\t4.6\n积极性\t3.2\t4.4",
        (), (Field("full", _("满分"), _("不写是 5 分。")),), seven=False,
    ),
    Tool(
        Kind.GANTT, "chart-gantt", _("活动计划：每项任务计划和实际的起止，谁负责。"),
        _("每行：任务、计划开始、计划结束、负责人、实际开始、实际结束（后三项可不写）。"),
        "主题选定\t2026-03-01\t2026-03-14\t王敏\t2026-03-01\t2026-03-12\n现状把握\t2026-03-15\t2026-04-15\t李建国\t2026-03-16\t2026-04-25\n解析\t2026-04-16\t2026-05-10\t全体\t2026-04-26",
        (), (), seven=False,
    ),
    Tool(
        Kind.BEFORE_AFTER, "git-compare", _("效果确认：改善前后的差别有多大，95% 区间多宽，达成率多少。"),
        _("两行：改善前、改善后，各写分子和分母；或各写一串单个数值。"),
        "期间\t分子\t分母\n改善前 2026-01 至 03\t480\t800\n改善后 2026-07 至 09\t560\t700",
        (*SPAN, "measure", "cut", "target"), (AXIS, Field("target", _("目标"))), seven=False,
    ),
    Tool(
        Kind.AFFINITY, "boxes", _("把零散的意见归成组（新七种工具）。"),
        _("组名单独一行，以冒号结尾；下面缩进写意见。"),
        "交接：\n  口头交接没有记录\n  夜班交接时间太短\n培训：\n  新职工没有考核", (), (), seven=False,
    ),
    Tool(
        Kind.RELATION, "waypoints", _("原因之间的关系：谁指出最多，谁就是根本（新七种工具）。"),
        _("每行一个关系：原因 → 结果。"),
        "人手不足 -> 交接匆忙\n交接匆忙 -> 漏执行医嘱\n没有提醒 -> 漏执行医嘱\n人手不足 -> 没有提醒",
        (), (), seven=False,
    ),
)  # fmt: skip
BY_CODE = {tool.code: tool for tool in TOOLS}
