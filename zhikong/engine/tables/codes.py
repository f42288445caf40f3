"""Closed code sets of the contract, as the national front-page documents give them."""

from __future__ import annotations

from zhikong.engine.tables.model import CodeSet

_FRONT_PAGE = "住院病案首页数据填写质量规范与绩效考核接口标准（2020）"

SEX = CodeSet("sex", (("0", "未知"), ("1", "男"), ("2", "女"), ("9", "未说明")), "GB/T 2261.1")
ADMISSION_ROUTE = CodeSet(
    "admission_route", (("1", "急诊"), ("2", "门诊"), ("3", "其他医疗机构转入"), ("9", "其他")), _FRONT_PAGE
)
DISCHARGE_WAY = CodeSet(
    "discharge_way",
    (
        ("1", "医嘱离院"),
        ("2", "医嘱转院"),
        ("3", "医嘱转社区/乡镇"),
        ("4", "非医嘱离院"),
        ("5", "死亡"),
        ("9", "其他"),
    ),
    _FRONT_PAGE,
)
READMISSION_PLAN = CodeSet("readmission_plan", (("1", "无"), ("2", "有")), _FRONT_PAGE)
MATCH = CodeSet("match", (("0", "未做"), ("1", "符合"), ("2", "不符合"), ("3", "不确定")), _FRONT_PAGE)
RECORD_GRADE = CodeSet("record_grade", (("1", "甲"), ("2", "乙"), ("3", "丙")), _FRONT_PAGE)
TRANSFUSION_REACTION = CodeSet("transfusion_reaction", (("0", "未输"), ("1", "有"), ("2", "无")), _FRONT_PAGE)
PAYMENT = CodeSet(
    "payment",
    (
        ("1", "城镇职工基本医疗保险"),
        ("2", "城乡居民基本医疗保险"),
        ("3", "新型农村合作医疗"),
        ("4", "贫困救助"),
        ("5", "商业医疗保险"),
        ("6", "全公费"),
        ("7", "全自费"),
        ("8", "其他社会保险"),
        ("9", "其他"),
    ),
    _FRONT_PAGE,
)
DIAGNOSIS_KIND = CodeSet(
    "diagnosis_kind",
    (
        ("outpatient", "门（急）诊诊断"),
        ("admission", "入院诊断"),
        ("principal", "出院主要诊断"),
        ("other", "出院其他诊断"),
        ("pathology", "病理诊断"),
        ("external", "损伤中毒的外部原因"),
    ),
)
ON_ADMISSION = CodeSet(
    "on_admission", (("1", "有"), ("2", "临床未确定"), ("3", "情况不明"), ("4", "无")), _FRONT_PAGE
)
OUTCOME = CodeSet(
    "outcome", (("1", "治愈"), ("2", "好转"), ("3", "未愈"), ("4", "死亡"), ("9", "其他")), _FRONT_PAGE
)
OPERATION_KIND = CodeSet(
    "operation_kind",
    (
        ("surgery", "手术"),
        ("intervention", "介入治疗"),
        ("treatment", "治疗性操作"),
        ("diagnostic", "诊断性操作"),
    ),
)
OPERATION_GRADE = CodeSet(
    "operation_grade", (("1", "一级"), ("2", "二级"), ("3", "三级"), ("4", "四级")), _FRONT_PAGE
)
INCISION_CLASS = CodeSet(
    "incision_class", (("0", "0 类"), ("1", "Ⅰ类"), ("2", "Ⅱ类"), ("3", "Ⅲ类")), _FRONT_PAGE
)
HEALING = CodeSet(
    "healing", (("1", "甲级愈合"), ("2", "乙级愈合"), ("3", "丙级愈合"), ("9", "其他")), _FRONT_PAGE
)

SIDE = CodeSet("side", (("left", "左侧"), ("right", "右侧"), ("both", "双侧"), ("none", "不分侧别")))
CONSULTATION_URGENCY = CodeSet(
    "consultation_urgency",
    (
        ("urgent", "急会诊"),
        ("routine", "普通会诊"),
        ("multidisciplinary", "多学科会诊"),
        ("external", "院外会诊"),
    ),
    "医疗质量安全核心制度要点（2018）",
)

_WS_T_500 = [
    "病历概要",
    "门急诊病历",
    "急诊留观病历",
    "西药处方",
    "中药处方",
    "检查报告",
    "检验报告",
    "治疗记录",
    "一般手术记录",
    "麻醉术前访视记录",
    "麻醉记录",
    "麻醉术后访视记录",
    "输血记录",
    "待产记录",
    "阴道分娩记录",
    "剖宫产记录",
    "一般护理记录",
    "病重（病危）护理记录",
    "手术护理记录",
    "生命体征测量记录",
    "出入量记录",
    "高值耗材使用记录",
    "入院评估",
    "护理计划",
    "出院评估与指导",
    "手术知情同意书",
    "麻醉知情同意书",
    "输血治疗同意书",
    "特殊检查及特殊治疗同意书",
    "病危（重）通知书",
    "其他知情告知同意书",
    "住院病案首页",
    "中医住院病案首页",
    "入院记录",
    "24小时内入出院记录",
    "24小时内入院死亡记录",
    "首次病程记录",
    "日常病程记录",
    "上级医师查房记录",
    "疑难病例讨论记录",
    "交接班记录",
    "转科记录",
    "阶段小结",
    "抢救记录",
    "会诊记录",
    "术前小结",
    "术前讨论",
    "术后首次病程记录",
    "出院记录",
    "死亡记录",
    "死亡病例讨论记录",
    "住院医嘱",
    "出院小结",
]
DOCUMENT_TYPE = CodeSet(
    "document_type",
    tuple((f"{number:02d}", name) for number, name in enumerate(_WS_T_500, start=1)),
    "WS/T 500-2016 电子病历共享文档规范",
)
