"""The report of an analysis in Word: people stand in it by their labels, names and numbers of persons are taken out again."""

from __future__ import annotations

import io
import struct

from django.utils import timezone
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm

from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.incidents import drawings_analysis as drawings
from zhikong.hospital.functions.incidents import rules_analysis as rules
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.queries.analysis import guards, reading
from zhikong.hospital.functions.incidents.queries.analysis.packs import factors, hierarchy
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_reporting import SHOWN_LEVELS
from zhikong.hospital.functions.incidents.templatetags.analysis_tags import department
from zhikong.intake.deidentifying import deidentify
from zhikong.web.charts import render as draw
from zhikong.web.paper import BODY, GREY, HEADING, RED, TITLE, add_table, centred, lay_out, set_font

WIDTH, TALLEST = 15.8, 17.0  # centimetres
CONFIDENTIAL = "内部资料　用于质量改进，不作为处理个人的依据"


def word(one: Analysis) -> bytes:
    """The report as a .docx. Says where it stands when the analysis is not finished."""
    writer = _Writer(one)
    writer.head()
    for part in (writer.course, writer.causes, writer.statements, writer.measures, writer.people, writer.end):
        part()
    saved = io.BytesIO()
    writer.document.save(saved)
    return saved.getvalue()


class _Writer:
    """One document that grows part by part; every word goes through ``clean``."""

    def __init__(self, one: Analysis):
        self.one, self.document = one, Document()
        lay_out(self.document)
        self.names = [name for name in reading.hidden_names(one) if name]
        self.document.core_properties.title = "不良事件分析报告"
        self.document.core_properties.author = ""

    def clean(self, text: str) -> str:
        return deidentify(text, self.names).text

    def say(self, text: str) -> None:
        set_font(self.document.add_paragraph().add_run(self.clean(text)), BODY, 12)

    def title(self, text: str) -> None:
        self.document.add_paragraph(text, style="Heading 1")

    def table(self, heads, widths, rows) -> None:
        add_table(
            self.document, heads, widths, [[self.clean(str(cell)) for cell in row] for row in rows], right=()
        )

    def picture(self, svg: str, words: str) -> None:
        if not svg:
            return
        drawn = draw(svg, "png")
        width, height = struct.unpack(">II", drawn[16:24])
        wide = min(WIDTH, TALLEST * width / height, width / 58)  # never larger than on the screen
        self.document.add_picture(io.BytesIO(drawn), width=Cm(wide))
        last = self.document.paragraphs[-1]
        last.alignment, last.paragraph_format.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
        last.paragraph_format.line_spacing = 1
        centred(self.document, words, BODY, 10, GREY)

    def head(self) -> None:
        one = self.one
        centred(self.document, institution().name, HEADING, 12, RED)
        centred(self.document, f"{one.get_kind_display()}报告", TITLE, 22)
        centred(self.document, self.clean(one.title), BODY, 14)
        centred(self.document, CONFIDENTIAL, BODY, 10, GREY)
        rows = [
            ("编号", one.code),
            ("状态", one.get_state_display()),
            ("科室", department(one.department_id) or "多个科室"),
        ]
        rows += [
            ("开始", f"{timezone.localdate(one.opened_at)}"),
            ("完成期限", f"{one.due_on}（{one.due_reason}）"),
        ]
        if one.finished_at:
            rows.append(("完成", f"{timezone.localdate(one.finished_at)}"))
        if one.approved_at:
            rows.append(("批准", f"{one.approved_by} {timezone.localdate(one.approved_at)}"))
        team = "、".join(
            f"{row.user}（{row.get_role_display()}{'，未参与事件' if row.outside else ''}）"
            for row in reading.team(one)
        )
        # the team signs with its names; the people of the case stand by their labels
        add_table(self.document, ("项目", "内容"), (2.6, 13.2), [*rows, ("团队", team or "—")], right=())

    def course(self) -> None:
        self.title("一、事件与经过")
        for incident in reading.incidents_of(self.one):
            told = (
                incident.code,
                categories.title(incident.category) if incident.category else "未分类",
                SHOWN_LEVELS.get(incident.level, "未定级"),
            )
            self.say(f"事件 {told[0]}：{told[1]}，级别 {told[2]}。")
        if self.one.summary:
            self.say(self.one.summary)
        rows = list(self.one.timelineevents.select_related("person").order_by("at", "pk"))
        if rows:
            self.picture(drawings.timeline(self.one), "图 1　时间线（红色为与规定不同之处）")

    def causes(self) -> None:
        self.title("二、原因分析")
        nodes = guards.nodes(self.one)
        if not nodes:
            self.say("还没有写出原因。")
            return
        tree, bones = drawings.causes(self.one)
        self.picture(tree, "图 2　原因树（粗框为根本原因）")
        self.picture(bones, "图 3　按促成因素归类的要因图")
        confirmed = [node for node in nodes if node.status == "confirmed"]
        rows = [
            (node.text, factors().title_of(node.factor) or "—", "是" if node.root else "", node.evidence)
            for node in confirmed
        ]
        if rows:
            self.table(("已证实的原因", "促成因素", "根本原因", "依据"), (5.2, 3.4, 1.9, 5.3), rows)
        for chain in rules.chains(nodes):
            if chain[-1].root and len(chain) > 1:
                self.say("五个为什么：" + " ← ".join(node.text for node in chain))
        barriers = [
            (row.hazard, row.barrier, row.get_worked_display(), row.why or "—")
            for row in self.one.barriers.all()
        ]
        if barriers:
            self.table(("危险", "屏障", "作用", "为什么"), (4, 4, 2.6, 5.2), barriers)

    def statements(self) -> None:
        rows = list(self.one.causalstatements.all())
        if rows:
            self.title("三、因果陈述")
        for number, row in enumerate(rows, 1):
            self.say(f"{number}. {guards.statement_of(row).sentence}")
        if self.one.cause_text:
            word = "原因已查清" if self.one.cause_clear else "原因尚未查清"
            self.say(f"结论：{word}。{self.one.cause_text}")

    def measures(self) -> None:
        self.title("四、措施与效果")
        known = hierarchy()
        rows = []
        for made in reading.measures_of(self.one):
            kind = known.get(made.kind)
            done = f"{timezone.localdate(made.done_at)} 落实" if made.done_at else f"{made.due_on} 前"
            how = made.sample or made.indicator_id
            effect = (
                f"{made.get_judged_display()}：{made.result}" if made.judged else f"待测（{made.measure_on}）"
            )
            owner = f"{department(made.department_id)} {ROLES[made.owner_post].title}"
            rows.append(
                (
                    made.text,
                    f"{made.get_strength_display()}（{kind.title if kind else made.kind}）",
                    owner,
                    done,
                    f"{how}，{made.aim}",
                    effect,
                )
            )
        if rows:
            self.table(
                ("措施", "强度", "负责", "完成", "怎样衡量", "效果"), (4, 2.4, 2.4, 2.2, 2.6, 2.2), rows
            )
        else:
            self.say(f"没有措施：{self.one.weak_reason or '还没有写。'}")
        if rows and self.one.weak_reason:
            self.say(f"关于措施强度的说明：{self.one.weak_reason}")

    def people(self) -> None:
        self.title("五、当事人的认识")
        staff = [row for row in self.one.casepersons.order_by("pk") if row.is_staff]
        for row in staff:
            self.say(f"{row.label}（{row.get_aware_display()}）：{row.words or '—'}")
        if not staff:
            self.say(f"没有当事人：{self.one.nobody_reason or '还没有写。'}")

    def end(self) -> None:
        if self.one.lesson_text:
            self.title("六、值得别人知道的")
            self.say(self.one.lesson_text)
        waiting = guards.finishing_obstacles(self.one) if self.one.is_open else []
        if waiting:
            self.title("尚未完成")
            for each in waiting:
                self.say(f"· {each.sentence}")
