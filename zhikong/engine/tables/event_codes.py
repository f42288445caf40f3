"""Closed code sets of clinical events: orders, medicines, levels of staff, kinds of talk, infection, assessment."""

from __future__ import annotations

from zhikong.engine.tables.model import CodeSet

_CORE = "医疗质量安全核心制度要点（2018）"

STAFF_LEVEL = CodeSet(
    "staff_level",
    (
        ("intern", "实习、进修或试用人员"),
        ("resident", "住院医师"),
        ("attending", "主治医师"),
        ("associate_chief", "副主任医师"),
        ("chief", "主任医师"),
        ("nurse", "护士"),
        ("charge_nurse", "主管护师及以上"),
        ("technician", "医技人员"),
        ("pharmacist", "药师"),
        ("other", "其他人员"),
    ),
    _CORE,
)
ORDER_KIND = CodeSet(
    "order_kind",
    (
        ("drug", "药品"),
        ("lab", "检验"),
        ("exam", "检查"),
        ("operation", "手术及操作"),
        ("blood", "用血"),
        ("nursing", "护理"),
        ("diet", "膳食"),
        ("treatment", "治疗"),
        ("consultation", "会诊"),
        ("other", "其他"),
    ),
)
ORDER_STATUS = CodeSet(
    "order_status", (("active", "执行中"), ("done", "已执行"), ("stopped", "已停止"), ("cancelled", "已作废"))
)
RESULT_KIND = CodeSet(
    "result_kind",
    (
        ("lab", "检验"),
        ("exam", "检查"),
        ("pathology", "病理"),
        ("microbiology", "微生物"),
        ("vital", "生命体征"),
        ("score", "评分的分项"),
        ("device", "设备与治疗参数"),
    ),
)
ABNORMAL = CodeSet(
    "abnormal",
    (("N", "正常"), ("H", "偏高"), ("L", "偏低"), ("A", "异常"), ("HH", "危急高值"), ("LL", "危急低值")),
)
ANTIBACTERIAL_CLASS = CodeSet(
    "antibacterial_class",
    (
        ("none", "不是抗菌药物"),
        ("unrestricted", "非限制使用级"),
        ("restricted", "限制使用级"),
        ("special", "特殊使用级"),
    ),
    "抗菌药物临床应用管理办法（2012）",
)
DRUG_PURPOSE = CodeSet("drug_purpose", (("treatment", "治疗"), ("prophylaxis", "预防"), ("other", "其他")))
BLOOD_COMPONENT = CodeSet(
    "blood_component",
    (
        ("red_cells", "红细胞"),
        ("plasma", "血浆"),
        ("platelets", "血小板"),
        ("cryoprecipitate", "冷沉淀"),
        ("whole_blood", "全血"),
        ("autologous", "自体血"),
    ),
    "医疗机构临床用血管理办法",
)
CONDITION_KIND = CodeSet(
    "condition_kind",
    (
        ("critical", "病危"),
        ("serious", "病重"),
        ("nursing_special", "特级护理"),
        ("nursing_1", "一级护理"),
        ("nursing_2", "二级护理"),
        ("nursing_3", "三级护理"),
        ("leave", "请假离院"),
        ("isolation", "隔离"),
        ("restraint", "约束"),
    ),
    _CORE,
)
CONSENT_KIND = CodeSet(
    "consent_kind",
    (
        ("admission", "入院告知"),
        ("operation", "手术知情同意"),
        ("anaesthesia", "麻醉知情同意"),
        ("transfusion", "输血治疗知情同意"),
        ("special", "特殊检查、特殊治疗知情同意"),
        ("critical", "病危（重）告知"),
        ("refusal", "拒绝或放弃诊疗告知"),
        ("self_paid", "自费项目告知"),
        ("discharge", "出院告知"),
        ("other", "其他谈话告知"),
    ),
)
SIGNER = CodeSet(
    "signer", (("patient", "患者本人"), ("relative", "近亲属"), ("agent", "授权代理人"), ("none", "未签字"))
)
INFECTION_SITE = CodeSet(
    "infection_site",
    (
        ("respiratory", "呼吸道"),
        ("vap", "呼吸机相关肺炎"),
        ("crbsi", "血管导管相关血流感染"),
        ("bloodstream", "其他血流感染"),
        ("cauti", "导尿管相关泌尿系感染"),
        ("urinary", "其他泌尿系感染"),
        ("ssi", "手术部位感染"),
        ("gastrointestinal", "胃肠道"),
        ("skin", "皮肤软组织"),
        ("neonatal", "新生儿感染"),
        ("other", "其他部位"),
    ),
)
DEVICE_KIND = CodeSet(
    "device_kind",
    (
        ("ventilator", "有创呼吸机"),
        ("central_line", "中心静脉导管"),
        ("urinary_catheter", "导尿管"),
        ("airway", "人工气道"),
        ("gastric_tube", "胃管"),
        ("drain", "引流管"),
    ),
)
ASSESSMENT_KIND = CodeSet(
    "assessment_kind",
    (
        ("fall", "跌倒坠床风险"),
        ("pressure_injury", "压力性损伤风险"),
        ("vte", "静脉血栓栓塞风险"),
        ("pain", "疼痛"),
        ("adl", "日常生活能力"),
        ("nutrition", "营养风险"),
        ("tube", "管路滑脱风险"),
        ("admission", "入院护理评估"),
        ("consciousness", "意识"),
        ("sedation", "镇静"),
        ("delirium", "谵妄"),
        ("breathing_trial", "自主呼吸试验"),
    ),
)
PATHWAY_OUTCOME = CodeSet(
    "pathway_outcome", (("completed", "完成路径"), ("exited", "退出路径"), ("running", "在径"))
)
VISIT_KIND = CodeSet(
    "visit_kind",
    (("outpatient", "门诊"), ("emergency", "急诊"), ("observation", "急诊留观"), ("online", "互联网诊疗")),
)
DISPOSITION = CodeSet(
    "disposition",
    (
        ("home", "离院"),
        ("admitted", "收住院"),
        ("observed", "留观"),
        ("transferred", "转院"),
        ("died", "死亡"),
        ("left", "自行离开"),
    ),
)
APPOINTMENT_STATUS = CodeSet(
    "appointment_status",
    (
        ("booked", "已预约"),
        ("arrived", "已到诊"),
        ("cancelled", "已取消"),
        ("missed", "未到诊"),
        ("stopped", "停诊"),
    ),
)
SHIFT_KIND = CodeSet(
    "shift_kind", (("day", "白班"), ("evening", "小夜班"), ("night", "夜班"), ("on_call", "二线或听班"))
)
HARM = CodeSet(
    "harm",
    (
        ("none", "无伤害"),
        ("mild", "轻度"),
        ("moderate", "中度"),
        ("severe", "重度"),
        ("death", "死亡"),
        ("unknown", "不详"),
    ),
)
FEE_KIND = CodeSet(
    "fee_kind",
    (
        ("D11", "一般医疗服务费"), ("D12", "一般治疗操作费"), ("D13", "护理费"), ("D14", "综合医疗服务其他费"),
        ("D15", "病理诊断费"), ("D16", "实验室诊断费"), ("D17", "影像学诊断费"), ("D18", "临床诊断项目费"),
        ("D19", "非手术治疗项目费"), ("D19x01", "其中临床物理治疗费"), ("D20", "手术治疗费"), ("D20x01", "其中麻醉费"),
        ("D20x02", "其中手术费"), ("D21", "康复费"), ("D22", "中医治疗费"), ("D23", "西药费"),
        ("D23x01", "其中抗菌药物费"), ("D24", "中成药费"), ("D25", "中草药费"), ("D26", "血费"),
        ("D27", "白蛋白类制品费"), ("D28", "球蛋白类制品费"), ("D29", "凝血因子类制品费"), ("D30", "细胞因子类制品费"),
        ("D31", "检查用一次性医用材料费"), ("D32", "治疗用一次性医用材料费"), ("D33", "手术用一次性医用材料费"),
        ("D34", "其他费"),
    ),
    "住院病案首页数据填写质量规范与绩效考核接口标准（2020）",
)  # fmt: skip
