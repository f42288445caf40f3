"""`stays`: one row per finished inpatient stay, mostly the front page (病案首页)."""

from __future__ import annotations

from zhikong.engine.tables import codes
from zhikong.engine.tables.model import CodeSet, Column, Rule, Table, Type


def _text(name: str, meaning: str, *, hqms: str = "", nullable: bool = True) -> Column:
    return Column(name, Type.TEXT, meaning, nullable=nullable, hqms=hqms)


def _code(name: str, meaning: str, domain: CodeSet, *, hqms: str = "", nullable: bool = True) -> Column:
    return Column(name, Type.TEXT, meaning, nullable=nullable, domain=domain, hqms=hqms)


def _number(name: str, meaning: str, unit: str, *, hqms: str = "", nullable: bool = True) -> Column:
    return Column(name, Type.INT, meaning, unit=unit, nullable=nullable, minimum=0, hqms=hqms)


def _fee(name: str, meaning: str, hqms: str) -> Column:
    return _number(name, meaning, "分", hqms=hqms)


_WHO_WHERE_WHEN = (
    _text("stay_id", "一次住院的唯一编号", nullable=False),
    _text("patient_key", "患者假名，同一患者各次住院相同；不含身份信息", nullable=False),
    _text("institution", "医疗机构代码", nullable=False, hqms="A01"),
    _text("zone", "机构所在时区（IANA 名称），如 Asia/Shanghai", nullable=False),
    Column("admitted_at", Type.TIMESTAMP, "入院时间（当地时间）", nullable=False, hqms="B12"),
    Column("discharged_at", Type.TIMESTAMP, "出院时间（当地时间）", nullable=False, hqms="B15"),
    _number("age_years", "入院年龄", "岁", hqms="A14"),
    _code("sex", "性别", codes.SEX, hqms="A12C"),
    _code("admission_route", "入院途径", codes.ADMISSION_ROUTE, hqms="B11C"),
    _text("admission_department", "入院科室代码", hqms="B13C"),
    _text("discharge_department", "出院科室代码", nullable=False, hqms="B16C"),
    _text("discharge_ward", "出院病区代码", hqms="B17"),
    _code("discharge_way", "离院方式", codes.DISCHARGE_WAY, hqms="B34C"),
    _code("readmission_planned", "31 天内再住院计划", codes.READMISSION_PLAN, hqms="B36C"),
    Column("day_surgery", Type.BOOL, "是否日间手术", hqms="B38"),
    _number("days", "实际住院天数：出院日减入院日，同日出入院记 1 天", "天", hqms="B20"),
)

_QUALITY = (
    Column("confirmed_on", Type.DATE, "入院后确诊日期", hqms="F04"),
    _code("admission_discharge_match", "入院与出院诊断符合情况", codes.MATCH),
    _code("outpatient_discharge_match", "门诊与出院诊断符合情况", codes.MATCH),
    _code("preop_postop_match", "术前与术后诊断符合情况", codes.MATCH),
    _code("clinical_pathology_match", "临床与病理诊断符合情况", codes.MATCH),
    _code("clinical_radiology_match", "临床与放射诊断符合情况", codes.MATCH),
    _number("rescues", "抢救次数", "次"),
    _number("rescue_successes", "抢救成功次数", "次"),
    _code("record_grade", "病案质量等级", codes.RECORD_GRADE, hqms="B30C"),
    _text("attending_doctor", "主治医师工号", hqms="B24C"),
    _text("resident_doctor", "住院医师工号", hqms="B25C"),
    _text("principal_diagnosis", "出院主要诊断编码（国家临床版 ICD-10）", hqms="C03C"),
    _number("nursing_special_days", "特级护理天数", "天", hqms="F17"),
    _number("nursing_1_days", "一级护理天数", "天", hqms="F18"),
    _number("nursing_2_days", "二级护理天数", "天", hqms="F19"),
    _number("nursing_3_days", "三级护理天数", "天", hqms="F20"),
    _number("ventilator_hours", "有创呼吸机使用时间", "小时", hqms="C47"),
    _code("transfusion_reaction", "输血反应", codes.TRANSFUSION_REACTION, hqms="F21"),
    _number("red_cells_units", "红细胞", "单位", hqms="F22"),
    _number("platelet_units", "血小板", "袋", hqms="F23"),
    _number("plasma_ml", "血浆", "毫升", hqms="F24"),
    _number("whole_blood_ml", "全血", "毫升", hqms="F25"),
    _number("autologous_ml", "自体血回输", "毫升", hqms="F26"),
)

_MONEY = (
    _fee("total_fee", "总费用", "D01"),
    _fee("self_paid_fee", "自付金额", "D09"),
    _fee("western_drug_fee", "西药费", "D23"),
    _fee("antibacterial_fee", "其中抗菌药物费", "D23x01"),
    _fee("chinese_patent_drug_fee", "中成药费", "D24"),
    _fee("herbal_drug_fee", "中草药费", "D25"),
    _fee("exam_material_fee", "检查用一次性医用材料费", "D31"),
    _fee("treatment_material_fee", "治疗用一次性医用材料费", "D32"),
    _fee("surgery_material_fee", "手术用一次性医用材料费", "D33"),
    _fee("medical_service_fee", "一般医疗服务费", "D11"),
    _fee("nursing_fee", "护理费", "D13"),
    _fee("lab_fee", "实验室诊断费", "D16"),
    _fee("imaging_fee", "影像学诊断费", "D17"),
    _fee("surgery_fee", "手术费", "D20x02"),
    _fee("anaesthesia_fee", "麻醉费", "D20x01"),
    _fee("blood_fee", "血费", "D26"),
    _code("payment", "医疗付费方式", codes.PAYMENT, hqms="A46C"),
)

_DERIVED = (
    Column("stay_minutes", Type.INT, "入院到出院经过的整分钟数", unit="分钟"),
    Column("stay_days_elapsed", Type.INT, "入院到出院经过的整天数（每 24 小时为 1 天）", unit="天"),
    Column(
        "minutes_to_next_admission",
        Type.INT,
        "出院到同一机构同一患者下一次入院（不早于本次出院）经过的整分钟数；同一时刻为 0，没有下一次时为空",
        unit="分钟",
    ),
)

STAYS = Table(
    name="stays",
    meaning="已出院的住院：每行是一次住院，内容主要来自病案首页",
    columns=_WHO_WHERE_WHEN + _QUALITY + _MONEY,
    month_of="discharged_at",
    key=("stay_id",),
    rules=(
        Rule("admitted_at", "discharged_at", "出院时间早于入院时间"),
        Rule("rescue_successes", "rescues", "抢救成功次数多于抢救次数"),
        Rule("self_paid_fee", "total_fee", "自付金额多于总费用"),
    ),
    derived=_DERIVED,
)
