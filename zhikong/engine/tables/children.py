"""Tables whose rows belong to one stay: diagnoses, operations, transfers, ICU stays, results."""

from __future__ import annotations

from zhikong.engine.tables import codes, event_codes
from zhikong.engine.tables.model import Column, Rule, Table, Type

_STAY_ID = Column("stay_id", Type.TEXT, "所属住院的编号", nullable=False)
_MONTH = "stays.discharged_at"


def _at(name: str, meaning: str, *, nullable: bool = True) -> Column:
    return Column(name, Type.TIMESTAMP, meaning, nullable=nullable)


def _text(name: str, meaning: str, *, nullable: bool = True) -> Column:
    return Column(name, Type.TEXT, meaning, nullable=nullable)


DIAGNOSES = Table(
    name="diagnoses",
    meaning="诊断：每行是一次住院的一条诊断",
    columns=(
        _STAY_ID,
        Column("kind", Type.TEXT, "诊断类别", nullable=False, domain=codes.DIAGNOSIS_KIND),
        Column("seq", Type.INT, "同类诊断中的次序，从 1 开始", nullable=False, minimum=1),
        _text("code", "疾病编码（国家临床版 ICD-10）"),
        _text("name", "诊断名称"),
        Column("on_admission", Type.TEXT, "入院病情", domain=codes.ON_ADMISSION),
        Column("outcome", Type.TEXT, "出院情况", domain=codes.OUTCOME),
    ),
    month_of=_MONTH,
    key=("stay_id", "kind", "seq"),
    child_of="stays",
)

OPERATIONS = Table(
    name="operations",
    meaning="手术及操作：每行是一次住院的一项手术或操作",
    columns=(
        _STAY_ID,
        Column("seq", Type.INT, "次序，1 为主要手术及操作", nullable=False, minimum=1),
        _text("code", "手术操作编码（国家临床版 ICD-9-CM-3）"),
        _text("name", "手术操作名称"),
        Column("kind", Type.TEXT, "手术、介入或操作的类别", domain=codes.OPERATION_KIND),
        _at("performed_at", "手术操作开始时间（当地时间）"),
        Column("minutes", Type.INT, "持续时间", unit="分钟", minimum=0),
        Column("grade", Type.TEXT, "手术级别；操作可以为空", domain=codes.OPERATION_GRADE),
        Column("elective", Type.BOOL, "是否择期"),
        Column("minimally_invasive", Type.BOOL, "是否微创"),
        Column("unplanned_return", Type.BOOL, "是否非计划重返手术室再手术"),
        Column("incision_class", Type.TEXT, "切口类别", domain=codes.INCISION_CLASS),
        Column("healing", Type.TEXT, "切口愈合等级", domain=codes.HEALING),
        _text("anaesthesia", "麻醉方式代码"),
        _text("operator", "术者工号"),
        _text("anaesthetist", "麻醉医师工号"),
        _at("ended_at", "手术操作结束时间（当地时间）"),
        _text("first_assistant", "Ⅰ助工号"),
        _text("second_assistant", "Ⅱ助工号"),
        _text("anaesthesia_grade", "麻醉（ASA）分级"),
        Column("side", Type.TEXT, "手术侧别", domain=codes.SIDE),
    ),
    month_of=_MONTH,
    key=("stay_id", "seq"),
    child_of="stays",
)

TRANSFERS = Table(
    name="transfers",
    meaning="转科：每行是一次转科",
    columns=(
        _STAY_ID,
        Column("seq", Type.INT, "次序，从 1 开始", nullable=False, minimum=1),
        _text("from_department", "转出科室代码"),
        _text("to_department", "转入科室代码"),
        _at("at", "转科时间（当地时间）"),
    ),
    month_of=_MONTH,
    key=("stay_id", "seq"),
    child_of="stays",
    numbered=("seq", "at"),
)

ICU_STAYS = Table(
    name="icu_stays",
    meaning="重症监护：每行是一次进出重症监护室",
    columns=(
        _STAY_ID,
        _text("unit", "重症监护室代码"),
        _at("entered_at", "进入时间（当地时间）", nullable=False),
        _at("left_at", "离开时间（当地时间）"),
    ),
    month_of=_MONTH,
    key=("stay_id", "entered_at"),
    child_of="stays",
    rules=(Rule("entered_at", "left_at", "离开重症监护室的时间早于进入时间"),),
)

RESULTS = Table(
    name="results",
    meaning="检验检查结果：每行是一个项目的一次结果",
    columns=(
        _STAY_ID,
        _text("item", "项目代码", nullable=False),
        Column("value", Type.FLOAT, "数值结果；非数值时为空"),
        _at("at", "报告时间（当地时间）", nullable=False),
        Column("critical", Type.BOOL, "是否危急值"),
        _at("notified_at", "危急值通报时间（当地时间）"),
        _at("handled_at", "危急值处置时间（当地时间）"),
        Column("kind", Type.TEXT, "结果类别", domain=event_codes.RESULT_KIND),
        _text("name", "项目名称"),
        _text("text", "文字结果（已去除身份信息）"),
        _text("unit", "单位"),
        Column("abnormal", Type.TEXT, "异常提示", domain=event_codes.ABNORMAL),
        _at("collected_at", "采样或检查时间（当地时间）"),
        _text("order_id", "所属医嘱的编号"),
        _text("department", "申请科室代码"),
    ),
    month_of=_MONTH,
    key=("stay_id", "item", "at"),
    child_of="stays",
)

CHILDREN = (DIAGNOSES, OPERATIONS, TRANSFERS, ICU_STAYS, RESULTS)
