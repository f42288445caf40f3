"""The synthetic hospital itself: profile, departments and wards. People are in `people`.

A 600-bed tertiary general hospital that exists nowhere. Department codes are the hospital's own (short Latin
words); names, classes and aliases are the usual ones, so that aliases can be tested (ORG-25, X-23).
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

SINCE = date(2020, 1, 1)
"""The day from which the hospital's structure is known."""


@dataclass(frozen=True)
class Profile:
    """What the institution is; `level` and `kind` use the words of the organisation model."""

    code: str = "DEMO600"
    name: str = "示范市人民医院"
    level: str = "tertiary"
    kind: str = "general"
    open_beds: int = 600
    time_zone: str = "Asia/Shanghai"
    since: date = SINCE


@dataclass(frozen=True)
class FormerName:
    """A name a department had before it was renamed on `until` (excluded)."""

    name: str
    until: date


@dataclass(frozen=True)
class Department:
    """A department. kind: clinical | medtech | functional; `sort_key` is pinyin without tones.

    `function` binds a duty to a department whatever its name (quality_office, medical_affairs, …).
    `admits` is true where patients lie in beds and are discharged from.
    """

    code: str
    name: str
    sort_key: str
    kind: str
    function: str
    beds: int
    aliases: tuple[str, ...] = ()
    former: tuple[FormerName, ...] = ()
    since: date = SINCE

    @property
    def admits(self) -> bool:
        return self.beds > 0


@dataclass(frozen=True)
class Ward:
    """A nursing unit of a clinical department; its beds are part of the department's."""

    code: str
    name: str
    sort_key: str
    department: str
    beds: int


# code, name, pinyin, beds, aliases separated by a blank
CLINICAL = (
    ("CARD", "心血管内科", "xinxueguanneike", 44, "心内科 心内"),
    ("RESP", "呼吸与危重症医学科", "huxiyuweizhongzhengyixueke", 36, "呼吸内科 呼吸科 PCCM"),
    ("GAST", "消化内科", "xiaohuaneike", 30, "消化科"),
    ("NEUR", "神经内科", "shenjingneike", 38, "神内"),
    ("NEPH", "肾内科", "shenneike", 20, "肾病科 肾病内科"),
    ("ENDO", "内分泌科", "neifenmike", 22, "内分泌代谢科"),
    ("HEMA", "血液内科", "xueyeneike", 16, "血液科"),
    ("RHEU", "风湿免疫科", "fengshimianyike", 12, "风湿科"),
    ("ONCO", "肿瘤科", "zhongliuke", 32, "肿瘤内科"),
    ("INFE", "感染性疾病科", "ganranxingjibingke", 16, "感染科 传染科"),
    ("GERI", "老年医学科", "laonianyixueke", 18, "老年病科"),
    ("REHA", "康复医学科", "kangfuyixueke", 14, "康复科"),
    ("TCMD", "中医科", "zhongyike", 10, "中医内科"),
    ("GSUR", "胃肠外科", "weichangwaike", 32, "普外一科 普通外科"),
    ("HEPB", "肝胆胰外科", "gandanyiwaike", 24, "普外二科 肝胆外科"),
    ("BREA", "甲状腺乳腺外科", "jiazhuangxianruxianwaike", 14, "甲乳外科"),
    ("ORTH", "骨科", "guke", 36, "骨外科"),
    ("UROL", "泌尿外科", "miniaowaike", 20, "泌尿科"),
    ("THOR", "胸外科", "xiongwaike", 14, "普胸外科"),
    ("NEUS", "神经外科", "shenjingwaike", 18, "神外 脑外科"),
    ("ANOR", "肛肠科", "gangchangke", 10, "肛肠外科"),
    ("GYNE", "妇科", "fuke", 18, "妇科病房"),
    ("OBST", "产科", "chanke", 26, "产科病房"),
    ("PEDI", "儿科", "erke", 22, "小儿内科"),
    ("NEON", "新生儿科", "xinshengerke", 12, "新生儿病房 NICU"),
    ("OPHT", "眼科", "yanke", 8, ""),
    ("ENTD", "耳鼻咽喉头颈外科", "erbiyanhoutoujingwaike", 12, "耳鼻喉科 五官科"),
    ("STOM", "口腔科", "kouqiangke", 4, "口腔颌面外科"),
    ("ICUD", "重症医学科", "zhongzhengyixueke", 14, "ICU 综合ICU"),
    ("EMER", "急诊医学科", "jizhenyixueke", 8, "急诊科 急诊病房"),
)
OUTPATIENT = (("ANES", "麻醉科", "mazuike", "anaesthesia", "麻醉手术科 手术室"),)
MEDTECH = (
    ("LABO", "检验科", "jianyanke", "laboratory", "医学检验科 化验室"),
    ("RADI", "放射科", "fangsheke", "radiology", "影像科 医学影像科"),
    ("ULTR", "超声医学科", "chaoshengyixueke", "ultrasound", "超声科 B超室"),
    ("PATH", "病理科", "bingliike", "pathology", "病理室"),
    ("PHAR", "药学部", "yaoxuebu", "pharmacy", "药剂科 药械科"),
    ("BLOO", "输血科", "shuxueke", "blood_bank", "血库"),
    ("ENDS", "内镜中心", "neijingzhongxin", "endoscopy", "胃镜室 内窥镜室"),
    ("CSSD", "消毒供应中心", "xiaodugongyingzhongxin", "sterile_supply", "供应室"),
)
FUNCTIONAL = (
    ("QUAL", "质量控制科", "zhiliangkongzhike", "quality_office", "质控科 质管科 质量管理科"),
    ("MEDA", "医务科", "yiwuke", "medical_affairs", "医务处 医教科 医务部"),
    ("NURS", "护理部", "hulibu", "nursing", "护理管理部"),
    ("INFC", "医院感染管理科", "yiyuanganranguanlike", "infection_control", "院感科 感控科"),
    ("RECO", "病案科", "bingganke", "records", "病案室 病案统计科"),
    ("INFO", "信息科", "xinxike", "information", "信息中心 网络中心"),
    ("PRES", "院长办公室", "yuanzhangbangongshi", "president_office", "院办 院部"),
    ("COMP", "医患关系办公室", "yihuanguanxibangongshi", "complaint_office", "医患办 投诉办 投诉管理办公室"),
    ("INSU", "医疗保险办公室", "yiliaobaoxianbangongshi", "insurance_office", "医保办 医保科"),
    ("FINA", "财务科", "caiwuke", "finance", "财务处"),
    ("EQUI", "医学装备科", "yixuezhuangbeike", "equipment", "设备科"),
    ("AUDI", "审计科", "shenjike", "audit", "内审科"),
    ("TEAC", "科教科", "kejiaoke", "teaching", "科研教学科"),
)
FORMER = {
    "RESP": (FormerName("呼吸内科", date(2025, 7, 1)),),
    "QUAL": (FormerName("质控办", date(2025, 1, 1)),),
}
TWO_WARDS_FROM = 32
"""Departments of at least so many beds have two wards."""


@cache
def profile() -> Profile:
    """The institution."""
    return Profile()


@cache
def departments() -> tuple[Department, ...]:
    """All departments in official order: clinical (those with beds first), medtech, functional."""
    rows = [
        _department(code, name, key, "clinical", "", beds, words) for code, name, key, beds, words in CLINICAL
    ]
    for kind, group in (("clinical", OUTPATIENT), ("medtech", MEDTECH), ("functional", FUNCTIONAL)):
        rows += [_department(code, name, key, kind, duty, 0, words) for code, name, key, duty, words in group]
    return tuple(rows)


def _department(code, name, sort_key, kind, function, beds, words) -> Department:
    former = FORMER.get(code, ())
    aliases = tuple(word for word in words.split() if word not in {f.name for f in former})
    aliases += tuple(f.name for f in former)
    return Department(code, name, sort_key, kind, function, beds, aliases, former)


@cache
def admitting() -> tuple[Department, ...]:
    """The departments with beds, in official order."""
    return tuple(department for department in departments() if department.admits)


@cache
def department(code: str) -> Department:
    """The department with this code; KeyError if there is none."""
    return {d.code: d for d in departments()}[code]


@cache
def wards() -> tuple[Ward, ...]:
    """One ward for each admitting department, two for the large ones."""
    return tuple(ward for d in admitting() for ward in _wards_of(d))


def _wards_of(department: Department) -> list[Ward]:
    count = 2 if department.beds >= TWO_WARDS_FROM else 1
    first = department.beds - department.beds // 2 if count == 2 else department.beds
    sizes = [first, department.beds - first][:count]
    words = [("一", "yi"), ("二", "er")] if count == 2 else [("", "")]
    return [
        Ward(
            code=f"{department.code}-{n + 1}",
            name=f"{department.name}{han}病区",
            sort_key=f"{department.sort_key}{key}bingqu",
            department=department.code,
            beds=size,
        )
        for n, ((han, key), size) in enumerate(zip(words, sizes, strict=True))
    ]
