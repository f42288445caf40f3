"""Who owes something: the body, office or post at the head of a clause or sentence."""

from __future__ import annotations

import re

from zhikong.reading.scan import Scan

BODY = re.compile(
    r"(?:各|全|本|院|病区|护理单元|医院|临床|医技|职能|科室|分管|主管|医疗|护理|质量|安全|管理|病历|病案|感染|药事|输血|医务|质控|感控|院感|后勤|信息|药剂|科教|人事|财务|安委|社会服务|由|市|县|区|卫生|办公|专业|手术|伦理|科主任|业务|责任|住院|主治|主任|副主任|总|药物|治疗学|医学|教育|装备|器械|输血|、|和|及|与|[a-zA-Z])*"
    r"(?:委员会|领导小组|小组|督导组|督查组|检查组|工作组|专班|医务科|医务处|医务部|护理部|质控科|质控办|质管科|质管办|质管部|院感科|院感办|感控科|感染管理科|药剂科|药学部|医教科|信息科|设备科|医学装备科|后勤科|总务科|财务科|人事科|科教科|病案室|病案科|医保办|医保科|门诊部|办公室|院办|党办|工会|院长|院领导|科主任|护士长|质控员|质控医师|质控护士|职能科室|职能部门|科室|部门|中心|卫生局|医师|医生|护士|医务人员|药师|安委会)"
)
_MARKED = re.compile(r"^[(（]?[\d一二三四五六七八九十]+[)）]?[、.]?(?:[)）])?")


def owner_of(scan: Scan, at: int) -> str:
    """The body that stands before a place in its clause, or right after it, or at the sentence's head; '' for none."""
    start = scan.opens(at)
    head = _MARKED.sub("", scan.text[start:at])
    named = _first(head) or BODY.match(scan.text[at:]) or _last_of_head(_MARKED.sub("", scan.before(at)))
    return named[0].lstrip("由、和及与") if named else scan.sentence.department


def _first(words: str) -> re.Match[str] | None:
    return BODY.search(words)


def _last_of_head(words: str) -> re.Match[str] | None:
    """医务科、质控科每月…: the head of the sentence, when it opens with a body."""
    return BODY.match(words)
