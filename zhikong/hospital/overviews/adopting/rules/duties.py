"""What a plan's item says of a duty: whose it is, on which proof, under which name. Pure."""

from __future__ import annotations

import re

from zhikong.hospital.overviews.adopting.rules.units import WORDS
from zhikong.hospital.overviews.adopting.rules.wishes import Wish

OF_DEPARTMENTS = re.compile(
    r"(各|每个?|本|我)?(临床|医技)?[、和]?(临床|医技)?科室?(?!会同)(?=[^会]|$)|病区|质控小组|科内|护理单元"
)
OFFICES = (
    ("infection_control", ("院感", "感染管理科", "感控")),
    ("pharmacy", ("药学部", "药剂科", "药事")),
    ("equipment", ("医学装备", "设备科", "器械科")),
    ("nursing", ("护理部",)),
    ("medical_affairs", ("医务科", "医务处", "医务部", "医教科", "安委会")),
    ("quality_office", ("质控科", "质管科", "质控处", "质管办", "质量管理科", "质控办")),
)
OFFICE_WORDS = re.compile(
    r"职能(科室|部门|科)|医务[科处部]|护理部|质控[科处办]|质管[科办]|院感[科办]|科教科|院办|药剂科"
)
EVIDENCE = {
    "minutes": "meeting", "inspection": "report", "analysis": "report", "training": "training", "report": "report",
    "submission": "report", "exam": "training", "survey": "report", "review": "document", "drill": "training",
}  # fmt: skip
"""The reader's word for what shows that it was done → the proof that duties know."""
NEXT = re.compile(r"次月|下月|下个月|次季|下季|翌月")
SIGNS = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜", "=": "＝"}


def name_of(wish: Wish) -> str:
    """A short name: the item's subject, its own words where the subject tells too little."""
    subject = wish.subject.strip("，。；、：的 ")
    text = re.sub(r"^[\s（(]*[\d一二三四五六七八九十]+[、.)）]\s*", "", " ".join(wish.text.split()))
    return (subject if len(subject) >= 4 else text)[:60]


def office_of(words: str) -> str:
    """The role code of the office that the words name; '' for none."""
    return next((role for role, names in OFFICES if any(name in words for name in names)), "")


def is_of_departments(wish: Wish) -> bool:
    """Whether every department owes it: 各科室每月…, but not 医务科 or 职能科室."""
    said = wish.word("department")
    if said:
        return not OFFICE_WORDS.search(said) and bool(OF_DEPARTMENTS.search(said))
    opening = wish.text[:14]
    return not OFFICE_WORDS.search(opening) and bool(re.match(r"[\s（(\d一二三四五六、.)）]*(各|每个)?(临床|医技)?[、和]?(临床|医技)?科室", opening))  # fmt: skip


def evidence_of(wish: Wish) -> tuple[str, ...]:
    said = EVIDENCE.get(wish.word("evidence"))
    found = [said] if said else []
    return tuple(dict.fromkeys([*found, *(["document"] if wish.word("document") else [])]))


def bound_text(wish: Wish) -> str:
    """≥ 90 %; '' without a number."""
    if wish.value is None:
        return ""
    sign, upto = SIGNS.get(wish.word("operator"), ""), wish.fields.get("upto")
    if upto is not None:
        return f"{wish.value.normalize():f}～{upto.normalize():f}{WORDS.get(wish.word('unit'), '')}"
    return f"{sign}{wish.value.normalize():f}{WORDS.get(wish.word('unit'), '')}"
