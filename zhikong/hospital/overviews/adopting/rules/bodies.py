"""Which standing body a plan's words mean, and who sits in it. Pure."""

from __future__ import annotations

import re

_KINDS = (
    ("qc_group", re.compile(r"科室[^，。；]{0,8}(质控|质量控制|质量管理|病历质控)[^，。；]{0,4}小组|质控小组")),
    ("transfusion_committee", re.compile(r"(输血|用血)[^，。；、]{0,8}委员会")),
    ("infection_committee", re.compile(r"(院感|感染)[^，。；、]{0,10}委员会")),
    ("pharmacy_committee", re.compile(r"(药事|药物治疗)[^，。；、]{0,10}委员会")),
    ("record_committee", re.compile(r"(病案|病历)[^，。；、]{0,8}委员会")),
    ("quality_committee", re.compile(r"(医疗质量|质量管理|质量与安全|质量、安全)[^，。；]{0,12}(委员会|组织)|院级质量管理组织")),
    ("safety_committee", re.compile(r"(安全|医疗事故)[^，。；]{0,10}委员会|安委会")),
)  # fmt: skip
NAMES = {
    "qc_group": "科室质控小组",
    "quality_committee": "医疗质量管理委员会",
    "record_committee": "病案管理委员会",
    "pharmacy_committee": "药事管理委员会",
    "infection_committee": "医院感染管理委员会",
    "transfusion_committee": "输血管理委员会",
    "safety_committee": "医疗安全管理委员会",
}
POSTS = (
    ("deputy_director", ("分管院长", "分管副院长", "主管院长", "业务院长", "副院长")),
    ("president", ("院长",)),
    ("department_head", ("科主任", "科室主任", "主任")),
    ("head_nurse", ("护士长",)),
    ("qc_officer", ("质控员", "质控医师", "质控护士")),
)


def kind_of(words: str) -> str:
    """The kind of body that the words name; '' for none in the hospital's register."""
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), "")


def meeting_of(words: str) -> str:
    """The committee that a duty's words speak of, also without its full name: 每季召开专业委员会会议 names none."""
    kind = kind_of(words)
    return "" if kind == "qc_group" else kind


def posts_in(words: str) -> tuple[str, ...]:
    """Posts that the words name, each once, in the order of rank; 分管院长 is not 院长 too."""
    found, left = [], words
    for post, names in POSTS:
        for name in sorted(names, key=len, reverse=True):
            if name in left:
                found.append(post)
                left = left.replace(name, "　")
                break
    return tuple(found)
