"""Tables that belong to no stay: visits with their records, appointments, prescriptions, adverse events of other systems, staff, duty."""

from __future__ import annotations

from zhikong.engine.tables import codes, event_codes
from zhikong.engine.tables.building import at, code, number, own_id, text, whole, yes_no
from zhikong.engine.tables.model import Column, Rule, Table, Type

_INSTITUTION = text("institution", "医疗机构代码", nullable=False)
_PATIENT = text("patient_key", "患者假名，同一患者各次就诊相同；不含身份信息")

VISITS = Table(
    name="visits",
    meaning="门急诊就诊：每行是一次就诊",
    columns=(
        own_id("visit_id", "一次就诊的唯一编号"),
        _PATIENT,
        _INSTITUTION,
        text("department", "就诊科室代码"),
        code("kind", "就诊类别", event_codes.VISIT_KIND, nullable=False),
        at("registered_at", "挂号或分诊时间（当地时间）", nullable=False),
        at("seen_at", "开始接诊时间（当地时间）"),
        at("left_at", "离开时间（当地时间）"),
        whole("triage_level", "急诊分诊级别", "级", minimum=1),
        code("disposition", "去向", event_codes.DISPOSITION),
        text("doctor", "接诊医师工号"),
        text("diagnosis_code", "主要诊断编码"),
        text("diagnosis", "主要诊断名称"),
        whole("age_years", "年龄", "岁"),
        code("sex", "性别", codes.SEX),
    ),
    month_of="registered_at",
    key=("visit_id",),
    rules=(Rule("registered_at", "left_at", "离开时间早于挂号时间"),),
)

# no age and no sex here: they are the visit's
VISIT_RECORDS = Table(
    name="visit_records",
    meaning="门急诊病历：每行是一次就诊的病历，文字已去除身份信息",
    columns=(
        own_id("visit_id", "所属就诊的唯一编号"),
        _PATIENT,
        _INSTITUTION,
        text("department", "就诊科室代码"),
        text("doctor", "书写医师工号"),
        code("doctor_level", "书写医师职级", event_codes.STAFF_LEVEL),
        code("kind", "就诊类别", event_codes.VISIT_KIND),
        at("registered_at", "挂号或分诊时间（当地时间）", nullable=False),
        at("written_at", "书写完成时间（当地时间）"),
        at("signed_at", "签名时间（当地时间）"),
        whole("visit_seq", "因同一问题第几次就诊", "次", minimum=1),
        yes_no("confirmed", "诊断是否已明确"),
        yes_no("consulted", "是否已请上级医师或专科会诊"),
        text("chief_complaint", "主诉（已去除身份信息）"),
        text("present_illness", "现病史（已去除身份信息）"),
        text("past_history", "既往史，含药物过敏史（已去除身份信息）"),
        text("examination", "体格检查（已去除身份信息）"),
        text("tests", "辅助检查及结果（已去除身份信息）"),
        text("diagnosis", "诊断（已去除身份信息）"),
        text("plan", "处理意见（已去除身份信息）"),
        yes_no("drugs_recorded", "所开药品是否记入病历"),
        code("disposition", "去向", event_codes.DISPOSITION),
        yes_no("refusal_signed", "拒绝诊疗时患方是否签字"),
    ),
    month_of="registered_at",
    key=("visit_id",),
)

APPOINTMENTS = Table(
    name="appointments",
    meaning="预约：每行是一次预约",
    columns=(
        own_id("appointment_id", "预约的唯一编号"),
        _PATIENT,
        _INSTITUTION,
        text("department", "预约科室代码"),
        text("doctor", "预约医师工号"),
        text("service", "预约项目：门诊、检查、手术、日间等"),
        at("booked_at", "预约时间（当地时间）"),
        at("scheduled_at", "约定时间（当地时间）", nullable=False),
        at("arrived_at", "到诊时间（当地时间）"),
        code("status", "状态", event_codes.APPOINTMENT_STATUS),
    ),
    month_of="scheduled_at",
    key=("appointment_id",),
)

PRESCRIPTIONS = Table(
    name="prescriptions",
    meaning="门急诊处方：每行是一张处方的一种药品",
    columns=(
        own_id("prescription_id", "处方的唯一编号"),
        Column("seq", Type.INT, "药品在处方中的次序，从 1 开始", nullable=False, minimum=1),
        text("visit_id", "所属就诊的编号"),
        _PATIENT,
        _INSTITUTION,
        text("department", "开方科室代码"),
        at("prescribed_at", "开方时间（当地时间）", nullable=False),
        text("prescriber", "开方医师工号"),
        text("reviewer", "审方药师工号"),
        text("diagnosis_code", "诊断编码"),
        text("code", "药品代码"),
        text("name", "药品名称"),
        number("dose", "单次剂量"),
        text("dose_unit", "剂量单位"),
        text("route", "给药途径"),
        text("frequency", "频次"),
        whole("days", "天数", "天"),
        code("antibacterial_class", "抗菌药物分级", event_codes.ANTIBACTERIAL_CLASS),
        whole("amount", "金额", "分"),
    ),
    month_of="prescribed_at",
    key=("prescription_id", "seq"),
)

# no column for who reported it, now or later: what other systems know of a reporter stays there
ADVERSE_EVENTS = Table(
    name="adverse_events",
    meaning="其他系统登记的不良事件：每行是一起事件，不含报告人",
    columns=(
        own_id("event_id", "事件的唯一编号"),
        text("stay_id", "相关住院的编号"),
        _INSTITUTION,
        text("department", "发生科室代码"),
        text("category", "事件类别"),
        at("occurred_at", "发生时间（当地时间）", nullable=False),
        at("recorded_at", "登记时间（当地时间）"),
        code("harm", "伤害程度", event_codes.HARM),
    ),
    month_of="occurred_at",
    key=("event_id",),
)

STAFF = Table(
    name="staff",
    meaning="医务人员：每行是一名人员从某日起的岗位与职级，不含姓名",
    columns=(
        text("code", "工号", nullable=False),
        _INSTITUTION,
        text("department", "所在科室代码"),
        code("level", "职级", event_codes.STAFF_LEVEL),
        text("title", "专业技术职务"),
        Column("valid_from", Type.DATE, "起始日期", nullable=False),
        Column("valid_to", Type.DATE, "结束日期（不含）"),
    ),
    month_of="valid_from",
    key=("institution", "code", "valid_from"),
    rules=(Rule("valid_from", "valid_to", "结束日期早于起始日期"),),
)

DUTY_SHIFTS = Table(
    name="duty_shifts",
    meaning="值班：每行是一名医务人员的一个班次",
    columns=(
        own_id("shift_id", "班次的唯一编号"),
        _INSTITUTION,
        text("department", "值班科室代码"),
        text("staff", "值班人员工号"),
        code("kind", "班次类别", event_codes.SHIFT_KIND),
        at("started_at", "开始时间（当地时间）", nullable=False),
        at("ended_at", "结束时间（当地时间）"),
    ),
    month_of="started_at",
    key=("shift_id",),
    rules=(Rule("started_at", "ended_at", "班次的结束时间早于开始时间"),),
)

OUTPATIENT = (VISITS, VISIT_RECORDS, APPOINTMENTS, PRESCRIPTIONS, ADVERSE_EVENTS, STAFF, DUTY_SHIFTS)
