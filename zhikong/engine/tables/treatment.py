"""Tables of treatment: orders, medicines given, transfusions, condition, rescues, infections, devices, nursing, charges."""

from __future__ import annotations

from zhikong.engine.tables import codes, event_codes
from zhikong.engine.tables.building import STAY_ID, STAY_MONTH, at, code, number, own_id, text, whole, yes_no
from zhikong.engine.tables.model import Column, Rule, Table, Type


def _child(name: str, meaning: str, key: tuple[str, ...], columns: tuple[Column, ...], *rules: Rule) -> Table:
    return Table(name, meaning, (STAY_ID, *columns), STAY_MONTH, key, child_of="stays", rules=rules)


ORDERS = _child(
    "orders",
    "医嘱：每行是一条医嘱",
    ("order_id",),
    (
        own_id("order_id", "医嘱的编号"),
        code("kind", "医嘱类别", event_codes.ORDER_KIND, nullable=False),
        text("code", "项目代码"),
        text("name", "项目名称"),
        yes_no("standing", "是否长期医嘱"),
        at("ordered_at", "下达时间（当地时间）", nullable=False),
        at("checked_at", "护士核对时间（当地时间）"),
        at("executed_at", "首次执行时间（当地时间）"),
        at("stopped_at", "停止时间（当地时间）"),
        text("doctor", "下达医师工号"),
        text("department", "下达科室代码"),
        code("status", "状态", event_codes.ORDER_STATUS),
    ),
    Rule("ordered_at", "stopped_at", "停止时间早于下达时间"),
)

MEDICATIONS = _child(
    "medications",
    "用药：每行是一次给药",
    ("medication_id",),
    (
        own_id("medication_id", "给药记录的编号"),
        text("order_id", "所属医嘱的编号"),
        text("code", "药品代码"),
        text("name", "药品名称"),
        number("dose", "单次剂量"),
        text("dose_unit", "剂量单位"),
        text("route", "给药途径"),
        text("frequency", "频次"),
        at("given_at", "给药时间（当地时间）"),
        code("antibacterial_class", "抗菌药物分级", event_codes.ANTIBACTERIAL_CLASS),
        code("purpose", "用药目的", event_codes.DRUG_PURPOSE),
        number("ddds", "限定日剂量数", "DDD"),
        text("prescriber", "开具医师工号"),
        text("nurse", "给药护士工号"),
    ),
)

TRANSFUSIONS = _child(
    "transfusions",
    "输血：每行是一次输注",
    ("transfusion_id",),
    (
        own_id("transfusion_id", "输注的编号"),
        code("component", "血液成分", event_codes.BLOOD_COMPONENT, nullable=False),
        number("amount", "输注量"),
        text("unit", "输注量单位"),
        at("requested_at", "申请时间（当地时间）"),
        text("requested_by", "申请医师工号"),
        code("requester_level", "申请医师职级", event_codes.STAFF_LEVEL),
        text("approved_by", "审批者工号"),
        at("started_at", "开始输注时间（当地时间）"),
        at("ended_at", "结束输注时间（当地时间）"),
        code("reaction", "输血反应", codes.TRANSFUSION_REACTION),
        at("evaluated_at", "输注后评价时间（当地时间）"),
    ),
    Rule("started_at", "ended_at", "输注结束时间早于开始时间"),
)

CONDITION_PERIODS = _child(
    "condition_periods",
    "病情与护理级别：每行是一段连续的病危、病重、护理级别、隔离、约束或请假",
    ("stay_id", "kind", "started_at"),
    (
        code("kind", "类别", event_codes.CONDITION_KIND, nullable=False),
        at("started_at", "开始时间（当地时间）", nullable=False),
        at("ended_at", "结束时间（当地时间）"),
        text("doctor", "下达医师工号"),
    ),
    Rule("started_at", "ended_at", "结束时间早于开始时间"),
)

RESCUES = _child(
    "rescues",
    "抢救：每行是一次抢救",
    ("stay_id", "started_at"),
    (
        at("started_at", "开始时间（当地时间）", nullable=False),
        at("ended_at", "结束时间（当地时间）"),
        yes_no("successful", "是否成功"),
        text("led_by", "主持抢救者工号"),
    ),
    Rule("started_at", "ended_at", "抢救结束时间早于开始时间"),
)

INFECTIONS = _child(
    "infections",
    "医院感染：每行是一例次医院感染",
    ("infection_id",),
    (
        own_id("infection_id", "感染病例的编号"),
        code("site", "感染部位", event_codes.INFECTION_SITE, nullable=False),
        at("onset_at", "发病时间（当地时间）"),
        at("reported_at", "报告时间（当地时间）"),
        at("confirmed_at", "确认时间（当地时间）"),
        text("organism", "病原体"),
        yes_no("resistant", "是否多重耐药菌"),
        whole("operation_seq", "相关手术的次序"),
        text("department", "发生科室代码"),
    ),
)

DEVICES = _child(
    "devices",
    "导管与器械使用：每行是一次置入到拔除",
    ("device_id",),
    (
        own_id("device_id", "置管记录的编号"),
        code("kind", "类别", event_codes.DEVICE_KIND, nullable=False),
        at("placed_at", "置入时间（当地时间）", nullable=False),
        at("removed_at", "拔除时间（当地时间）"),
        yes_no("unplanned_removal", "是否非计划拔管"),
        text("department", "使用科室代码"),
    ),
    Rule("placed_at", "removed_at", "拔除时间早于置入时间"),
)

ASSESSMENTS = _child(
    "assessments",
    "护理评估：每行是一次评估",
    ("assessment_id",),
    (
        own_id("assessment_id", "评估的编号"),
        code("kind", "评估类别", event_codes.ASSESSMENT_KIND, nullable=False),
        at("at", "评估时间（当地时间）", nullable=False),
        number("score", "得分", minimum=None),
        yes_no("at_risk", "是否高风险"),
        text("nurse", "评估护士工号"),
        text("department", "评估科室代码"),
    ),
)

CHARGES = _child(
    "charges",
    "收费明细：每行是一笔收费",
    ("charge_id",),
    (
        own_id("charge_id", "收费记录的编号"),
        code("fee_kind", "首页费用类别", event_codes.FEE_KIND),
        text("code", "收费项目代码"),
        text("name", "收费项目名称"),
        number("quantity", "数量", minimum=None),
        # a refund is a charge below zero
        Column("amount", Type.INT, "金额", unit="分"),
        at("charged_at", "收费时间（当地时间）"),
        text("order_id", "所属医嘱的编号"),
        text("department", "执行科室代码"),
    ),
)

FEES = _child(
    "fees",
    "首页费用：每行是一次住院的一类费用",
    ("stay_id", "kind"),
    (
        code("kind", "费用类别（首页编号）", event_codes.FEE_KIND, nullable=False),
        whole("amount", "金额", "分"),
    ),
)

PATHWAYS = _child(
    "pathways",
    "临床路径：每行是一次入径",
    ("stay_id", "code"),
    (
        text("code", "路径代码", nullable=False),
        text("name", "路径名称"),
        at("entered_at", "入径时间（当地时间）"),
        at("left_at", "出径时间（当地时间）"),
        code("outcome", "结果", event_codes.PATHWAY_OUTCOME),
        text("reason", "退出或变异的原因"),
        whole("variances", "变异次数", "次"),
    ),
)

TREATMENT = (
    ORDERS, MEDICATIONS, TRANSFUSIONS, CONDITION_PERIODS, RESCUES, INFECTIONS, DEVICES, ASSESSMENTS, CHARGES, FEES,
    PATHWAYS,
)  # fmt: skip
