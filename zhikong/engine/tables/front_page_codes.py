"""Closed code sets of the front page (值域 RCnnn of the HQMS interface, 卫统4-1 notes) that only `front_pages` uses."""

from __future__ import annotations

from zhikong.engine.tables.model import CodeSet

_FRONT_PAGE = "住院病案首页数据填写质量规范与绩效考核接口标准（2020）"
_NOTES = "住院病案首页部分项目填写说明（2011）"

NAME_CHECK = CodeSet(
    "name_check",
    (
        ("ok", "正常"),
        ("exempt", "外籍，不检查"),
        ("length", "不是 2–40 个字符"),
        ("characters", "含数字或首尾有标点"),
    ),
)
ID_NUMBER_CHECK = CodeSet(
    "id_number_check",
    (("ok", "正常"), ("exempt", "外籍、无名氏或 1 岁以下，不检查"), ("pattern", "不是 18 位或 15 位"),
     ("birth", "其中的出生日期不成立"), ("check_digit", "校验位不对")),
    "GB 11643",
)  # fmt: skip
BIRTH_CHECK = CodeSet(
    "birth_check",
    (("ok", "相符"), ("id_differs", "与身份证号中的出生日期不同"), ("age_differs", "与年龄和入院日期不符"),
     ("after_admission", "晚于入院日期")),
)  # fmt: skip
MARITAL = CodeSet(
    "marital",
    (("10", "未婚"), ("20", "已婚"), ("21", "初婚"), ("22", "再婚"), ("23", "复婚"), ("30", "丧偶"), ("40", "离婚"),
     ("90", "未说明")),
    "GB/T 2261.2",
)  # fmt: skip
OCCUPATION = CodeSet(
    "occupation",
    (("11", "国家公务员"), ("13", "专业技术人员"), ("17", "职员"), ("21", "企业管理人员"), ("24", "工人"), ("27", "农民"),
     ("31", "学生"), ("37", "现役军人"), ("51", "自由职业者"), ("54", "个体经营者"), ("70", "无业人员"),
     ("80", "退（离）休人员"), ("90", "其他")),
    _NOTES,
)  # fmt: skip
ADMISSION_CONDITION = CodeSet("admission_condition", (("1", "危"), ("2", "急"), ("3", "一般")), _FRONT_PAGE)
NO_YES = CodeSet("no_yes", (("1", "无"), ("2", "有")), _FRONT_PAGE)
YES_NO = CodeSet("yes_no", (("1", "是"), ("2", "否")), _FRONT_PAGE)
SEROLOGY = CodeSet("serology", (("0", "未做"), ("1", "阴性"), ("2", "阳性")), _FRONT_PAGE)
ABO = CodeSet(
    "abo", (("1", "A"), ("2", "B"), ("3", "O"), ("4", "AB"), ("5", "不详"), ("6", "未查")), _FRONT_PAGE
)
RH = CodeSet("rh", (("1", "阴"), ("2", "阳"), ("3", "不详"), ("4", "未查")), _FRONT_PAGE)
