"""What a number is about, whether its clause looks back, and whether it sets something off."""

from __future__ import annotations

import re

from zhikong.reading.items import Item
from zhikong.reading.scan import Scan, level_of, subject_of

NAMED = re.compile(
    r"(?:率|比例|比|比重|占比|覆盖面?|满意度|评分|得分|均分|平均分|平均成绩|合格|系数|指数|强度|密度|费用?|成本|消耗|支出|床日|住院日|天数|日数|时间|时长|次数|台次|人次|数量?|总量|量|额|增幅|涨幅|降幅|人均|次均|例数|满意度|知晓度|依从性|日|CLABSI|CRBSI|CAUTI|VAP|SSI|DNT|DPT|DTB|D2B|CMI)(?:[(（][^)）]*[)）])?(?:[^,。;\d]{0,6})?$"
)
_PAST = re.compile(
    r"(?:下降|降低|减少|缩短|提高|提升|增长|增加|上升|达到|达|降|升|完成|实现|保持|建立|共|接听|救治|发现)(?:至|到|为|在)?了|(?<![较比])去年(?!同期?[^,。]{0,4}(?:下降|降低|减少|提高|增))|上年度?(?:完成|达|实际)|过去|全年共|据统计|数据显示|结果显示|以来|累计(?!每)|目前(?:已|为)|已(?:经)?(?:达|完成|建立|开展|确定|颁布)|共(?:开展|建立|收集|接听|接待|完成|发生|受理)|连续\S{1,3}年(?:保持|达)"
)
_WANTED = re.compile(
    r"力争|争取|目标|确保|(?<!非)计划(?!性|生育|免疫)|要求|达到.{0,4}以上的目标|不得|不低于|不超过|(?<![反适供相响对])应(?![用急])"
)
_AGAIN = re.compile(r"(?:提高|提升|上升|增加|降低|下降|缩短|减少|降|升)(?:至|到|为)")
_RISES = re.compile(r"(?:提高|提升|上升|增加|增长|升)(?:至|到)")
_FALLS = re.compile(r"(?:降低|下降|缩短|减少|压缩|压减|降)(?:至|到)")
_PATIENTS = re.compile(r"^(?:住院|出院|门诊|急诊)(?:患者|病人)?")
_CONSEQUENCE = r"(?:扣|罚|取消|奖励?(?!项|牌)|予以|给予|视为|须经|须报|应报|需报|需经|约谈|诫勉|待岗|暂停|不予|一票否决|通报批评|不得分|按[^,。;]{0,3}分计|[记计]零?0?分)"
_SETS_OFF = re.compile(
    rf"^(?:的|者)(?![^,。;]{{0,4}}(?:目标|标准|要求|水平|基础上|范围))(?=[^。;]{{0,24}}?(?:{_CONSEQUENCE}|为不?合格|为良|为优|评|补|重新|必须|须|应|讨论|组织|每|上报|$))"
    rf"|^[^,。;]{{0,6}}(?:(?:为|视为|定为|视同)(?:不?合格|优|良|达标|不达标|基本)|评为|评先|授予)|^[^,。;、]{{0,8}}{_CONSEQUENCE}"
    r"|^(?:的)?[^,。;]{0,4}(?:由|报|经)[^,。;]{1,10}(?:审批|批准|同意|审核)"
    r"|^(?:的)?[^,。;]{0,6}(?:科室|医师|人员|个人|单位|病区)(?=,[^。;]{0,14}(?:扣|罚|取消|奖|暂停|约谈|通报|给予|予以))"
)


_DEFINED = re.compile(
    r"[(][^()]*\d[^()]*[)]"
)  # 合格率100%(80分为合格): what follows belongs to the number inside
_GOES_ON = re.compile(r"^,每(?:再)?(?:低|降|少|差|减)[^。;]{0,12}?(?:扣|罚|减)")
_REWARDED = re.compile(
    r"^,(?:每(?:再)?(?:高|超|多|增)[^。;]{0,10})?(?:奖励|扣|罚|取消|视为|予以|给予|不得参)"
)


def sets_off(scan: Scan, end: int) -> bool:
    """Whether a number is what something follows from: 低于80分的…, 900分以上为优秀, 超过30天的病人须…."""
    after = scan.text[end : min(end + 40, scan.sentence.end)]
    if _DEFINED.match(after):
        return False
    below = re.search(r"[<＜]|低于|不足|少于|未达", scan.text[max(scan.sentence.start, end - 12) : end])
    return bool(_SETS_OFF.match(after) or (below and _GOES_ON.match(after)) or _REWARDED.match(after))


def add_target(
    scan: Scan, span: tuple[int, int], value: float | None, unit: str, operator: str, **more
) -> None:
    """A target, or a result where the clause looks back, or a threshold where it sets something off."""
    left = scan.left(span[0])
    subject = more.pop("subject", "") or _subject(scan, span, left, bool(more.get("relative")))
    kind = (
        "result" if is_past(scan, span) else "threshold" if _sets_off(scan, span[1], operator) else "target"
    )
    written = scan.text[span[0] : span[1]]
    operator = _meant(kind, operator, left + written, written, value, unit, bool(more.get("relative")))
    doubtful = value == 100 and unit == "%" and operator in (">=", ">")
    scan.add(
        Item(kind, scan.opens(span[0]), span[1], subject, operator, value, unit, level=level_of(left),
             department=scan.sentence.department, needs_review=more.pop("needs_review", False) or doubtful,
             why="“≥100%”应为“=100%”" if doubtful else "", **more),
        span,
    )  # fmt: skip


def _sets_off(scan: Scan, end: int, operator: str) -> bool:
    rewarded = re.match(r"的(?:医师|科室|个人|人员|护士|者)", scan.text[end : end + 4])
    return bool(sets_off(scan, end) if operator else rewarded)


def _meant(
    kind: str, operator: str, words: str, written: str, value: float | None, unit: str, relative: bool
) -> str:
    """达到 of what was reached is =, so is 达到100%; 提升至 of a target is at least, 降至 at most."""
    compared = re.search(r"[≥≤<>]|以上|以下|以内|不|超|低于|高于|大于|小于|少于|至少", written)
    if operator == ">=" and not compared and (kind == "result" or (value == 100 and unit == "%")):
        return "="
    if operator or relative or kind == "result":
        return operator or "="
    tail = words[-(len(written) + 4) :]
    return ">=" if _RISES.search(tail) else "<=" if _FALLS.search(tail) else "="


def _subject(scan: Scan, span: tuple[int, int], left: str, relative: bool) -> str:
    before = scan.items[-1] if scan.items and scan.items[-1].kind in ("target", "result") else None
    if relative and (compared := _compared(scan, span[0])):
        return compared
    if before and scan.text[before.end : before.end + 1] == "(" and not NAMED.search(subject_of(left)):
        return before.subject  # 使用率不少于70%(2026年为61.4%)
    again = before and (relative or _AGAIN.search(left + scan.text[span[0] : span[1]]))
    named = subject_of(left)
    if again and not NAMED.search(named):
        named = before.subject
    subject = named or subject_before(scan, span[0])
    if NAMED.search(subject) or NAMED.search(left):
        scan.named = subject
        return subject
    return _completed(scan, span, subject, left, before)


def _completed(scan: Scan, span: tuple[int, int], subject: str, left: str, before: Item | None) -> str:
    """A name that measures nothing is a part: of the sentence's topic, of its row, of the name before it, of what follows.

    手卫生依从率:重点科室≥85%,其他科室≥75%; a cell CT≥70%、MRI≥75% in the row 大型设备检查阳性率.
    """
    if NAMED.search(scan.topic):
        return subject + subject_of(scan.topic)
    row = scan.sentence.heading if scan.sentence.role in ("value", "past") else ""
    if row and subject != row and NAMED.search(row):
        return subject + subject_of(row)
    if before and before.subject and before.unit:
        root = scan.named or before.subject
        if not subject_of(left) or root.startswith(subject):
            return root
        return root if level_of(left) else subject + _PATIENTS.sub("", root)
    tail = scan.right(span[1])
    if before or tail[:1] in "/、和及与":
        return subject
    return (subject_of(tail) if re.match(r"[\u4e00-\u9fff]", tail) else "") or subject


def _compared(scan: Scan, at: int) -> str:
    """呼吸机相关性肺炎发病率 of 呼吸机相关性肺炎发病率较2026年下降5个百分点; '' when the clause names nothing measured."""
    clause = scan.text[scan.clause(at)[0] : at]
    named = subject_of(re.split(r"(?:较|比(?!例|率)|与|同比|环比)", clause)[0])
    if named != subject_of(clause) and NAMED.search(named):
        return named
    own = re.match(r"(?P<own>[\u4e00-\u9fff]{3,8})(?:较|比)(?:上年|去年|20\d\d年)", clause)
    return own["own"] if own else ""  # 锐器伤较上年下降10%


def subject_before(scan: Scan, at: int) -> str:
    """When nothing stands before the number in its clause: the clause before, or the heading."""
    earlier = scan.before(at).rstrip(",:(")
    found = [subject_of(one) for one in re.split(r"[,;:。]", earlier)]
    named = [one for one in found if NAMED.search(one)]
    return (named[-1] if named else found[-1] if found else "") or subject_of(scan.sentence.heading)


def is_past(scan: Scan, span: tuple[int, int]) -> bool:
    """Whether the clause tells what was reached, not what is wanted."""
    start, end = scan.clause(span[0])
    words = (
        scan.text[start : span[1]] + scan.text[span[1] : end].split("(")[0]
    )  # (上年实际为57.4%) is of itself
    named = re.findall(r"(?<![较比以于与])(?:^|[(])(20\d\d)年(?!底前|前)", words[: span[0] - start])
    if named and scan.year and int(named[-1]) < scan.year:
        return True
    if _WANTED.search(words):
        return False
    lead = scan.text[scan.sentence.start : start][-40:]
    past = _PAST.search(words) or _PAST.search(lead + words[: span[1] - start])
    return scan.sentence.back or bool(past)
