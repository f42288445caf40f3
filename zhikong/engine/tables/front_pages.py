"""`front_pages`: what the front page (病案首页) says of a stay beyond `stays`, one row a stay, no direct identifier.

Column order and meanings: HQMS 2020 interface (811 columns) and its older P codes. Birth date, names, addresses and
numbers stay in the sealed identity; what they are needed for is judged while the file is read, and only the verdict
(`name_check`, `id_number_check`, `birth_check`, `record_number_length`) is kept.
"""

from __future__ import annotations

from zhikong.engine.tables import front_page_codes as domains
from zhikong.engine.tables.building import STAY_ID, STAY_MONTH, code, text, whole, yes_no
from zhikong.engine.tables.model import Column, Table, Type

_PERSON = (
    whole("admission_count", "住院次数", "次", hqms="A49"),
    whole("record_number_length", "病案号的字符数（病案号本身不入库）", "个"),
    code("name_check", "姓名填写检查", domains.NAME_CHECK),
    code("id_number_check", "身份证号检查", domains.ID_NUMBER_CHECK),
    code("birth_check", "出生日期与年龄、身份证号的核对", domains.BIRTH_CHECK),
    text("id_type", "证件类别代码", hqms="A20N"),
    text("nationality", "国籍代码", hqms="A15C"),
    text("native_province", "籍贯省代码", hqms="A23C"),
    text("ethnicity", "民族代码（GB/T 3304）", hqms="A19C"),
    code("marital", "婚姻状况", domains.MARITAL, hqms="A21C"),
    code("occupation", "职业", domains.OCCUPATION, hqms="A38C"),
    text("contact_relation", "联系人关系代码", hqms="A33C"),
    text("patient_type", "患者类型代码（旧首页）"),
)

_INFANT = (
    whole("age_days", "不足 1 周岁的年龄", "天", hqms="A16"),
    text("age_months", "不足 1 周岁的年龄（月），写作 N M/30"),
    *(whole(f"newborn_weight_{n}", f"新生儿出生体重 {n}", "克", hqms=f"A18x0{n}") for n in range(1, 6)),
    whole("admission_weight", "新生儿入院体重", "克", hqms="A17"),
)

_WAY_THROUGH = (
    text("admission_ward", "入院病房", hqms="B14"),
    text("transfer_departments", "转科科别，按来源的写法", hqms="B21C"),
    code("admission_condition", "入院时情况", domains.ADMISSION_CONDITION, hqms="F01"),
    text("readmission_purpose", "31 天内再住院的目的", hqms="B37"),
    text("receiving_institution", "拟接收的医疗机构", hqms="B35"),
)

_CLINICAL = (
    yes_no("pathology_numbered", "病理号是否填写（病理号本身不入库）"),
    code("drug_allergy", "有无药物过敏", domains.NO_YES, hqms="C24C"),
    text("allergens", "过敏药物", hqms="C25"),
    code("hbsag", "HBsAg", domains.SEROLOGY, hqms="F10"),
    code("hcv_ab", "HCV-Ab", domains.SEROLOGY, hqms="F11"),
    code("hiv_ab", "HIV-Ab", domains.SEROLOGY, hqms="F12"),
    code("autopsy", "死亡患者尸检", domains.YES_NO, hqms="C34C"),
    code("abo", "ABO 血型", domains.ABO, hqms="C26C"),
    code("rh", "Rh 血型", domains.RH, hqms="C27C"),
    whole("coma_before_days", "颅脑损伤患者入院前昏迷：天", "天", hqms="C28"),
    whole("coma_before_hours", "颅脑损伤患者入院前昏迷：小时", "小时", hqms="C29"),
    whole("coma_before_minutes", "颅脑损伤患者入院前昏迷：分钟", "分钟", hqms="C30"),
    whole("coma_after_days", "颅脑损伤患者入院后昏迷：天", "天", hqms="C31"),
    whole("coma_after_hours", "颅脑损伤患者入院后昏迷：小时", "小时", hqms="C32"),
    whole("coma_after_minutes", "颅脑损伤患者入院后昏迷：分钟", "分钟", hqms="C33"),
    text("diagnosis_basis", "最高诊断依据代码（RC009，旧首页）"),
    text("differentiation", "分化程度代码（RC010，旧首页）"),
    text("tnm_stage", "肿瘤 TNM 分期（附页）"),
    whole("infections", "医院感染次数（旧首页）", "次"),
    yes_no("codes_match", "编码都在编码库中且名称与编码相符；没有编码库时为空"),
)

_SIGNATURES = (
    text("department_head", "科主任工号", hqms="B22C"),
    text("chief_doctor", "主任（副主任）医师工号", hqms="B23C"),
    text("nurse", "责任护士工号", hqms="B26C"),
    text("coder", "编码员工号；来源只写姓名时为空", hqms="B29"),
    text("qc_doctor", "质控医师工号；来源只写姓名时为空", hqms="B31"),
    text("qc_nurse", "质控护士工号；来源只写姓名时为空", hqms="B32"),
    Column("qc_date", Type.DATE, "质控日期", hqms="B33"),
    yes_no("signed_department_head", "科主任是否签名"),
    yes_no("signed_chief_doctor", "主任（副主任）医师是否签名"),
    yes_no("signed_attending_doctor", "主治医师是否签名"),
    yes_no("signed_resident_doctor", "住院医师是否签名"),
    yes_no("signed_nurse", "责任护士是否签名"),
    yes_no("signed_coder", "编码员是否签名"),
    yes_no("teaching_case", "是否示教病例（旧首页）"),
    yes_no("follow_up", "是否随诊（旧首页）"),
)

FRONT_PAGES = Table(
    name="front_pages",
    meaning="病案首页的其余内容：每行是一次住院，与 stays 一一对应",
    columns=(STAY_ID, *_PERSON, *_INFANT, *_WAY_THROUGH, *_CLINICAL, *_SIGNATURES),
    month_of=STAY_MONTH,
    key=("stay_id",),
    child_of="stays",
)
