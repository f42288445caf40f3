"""What is said of an obligation: the sentence that explains it, and the reason of a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zhikong.engine.definitions.nodes import Ref
from zhikong.engine.plan.needs import walk
from zhikong.engine.record_rules.clock.duty import Duty, Why
from zhikong.engine.record_rules.clock.limits import Limit, Unit, span_words
from zhikong.engine.record_rules.clock.model import ClockRule, Demand, Selection
from zhikong.engine.record_rules.clock.moments import DAY, moment
from zhikong.engine.results import Reason
from zhikong.engine.tables import TABLES

NOT_APPLIES = "不属于适用范围。"


def told(minute: int) -> str:
    """A moment as a page says it: 11-22 09:00."""
    return f"{moment(minute):%m-%d %H:%M}"


@dataclass
class Wording:
    """The sentences of one rule under the limit that holds. blind: number of an excuse -> why it cannot be known."""

    rule: ClockRule
    limit: Limit | None
    blind: Mapping[int, Reason] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """What is to be done, and how often."""
        times = self.rule.times
        return self.rule.then.title + (f"（{times} 次）" if times > 1 else "")

    def explanation(self, duty: Duty) -> str:
        """首次病程记录应于 11-22 09:00 前完成：入院 01:00 起 8 小时，规则 first-progress-note-8h 第 3 版"""
        named = f"规则 {self.rule.id} 第 {self.rule.version} 版"
        match self.rule.demand:
            case Demand.REQUIRED:
                return f"须有{self.what}：{self._anchor(duty).strip()}，{named}"
            case Demand.NEVER:
                return f"不得有{self.what}：{self._anchor(duty)}起，{named}"
        if duty.due is None:
            return f"{self.what}：{self._anchor(duty)}起，时限无法计算，{named}"
        return f"{self.what}应于 {told(duty.due)} 前完成：{self._counted(duty)}，{named}"

    def reason(self, duty: Duty, more: int = 0) -> str:
        """Why the verdict is as it is; more: how many other obligations of the encounter failed too."""
        said = self._said(duty)
        return f"{said}；另有 {more} 处。" if more else f"{said}。"

    def no_anchor(self) -> str:
        """Nothing started the clock."""
        return f"没有{self.rule.when.title}，不需要{self.rule.then.title}。"

    def unknown_applies(self) -> str:
        """It cannot be said whether the rule applies."""
        return f"是否适用无法判断：{_columns(self.rule.applies)}没有数据。"

    def _said(self, duty: Duty) -> str:
        then, when = self.what, self.rule.when.title
        match duty.why:
            case Why.DONE:
                return self._done(duty)
            case Why.LATE:
                return self._late(duty)
            case Why.MISSING:
                return f"没有{then}：{self._demanded(duty)}"
            case Why.UNSIGNED:
                return f"{then}已书写但未签名：{self._demanded(duty)}"
            case Why.PENDING:
                return (
                    f"尚未到时限：{self._demanded(duty)}" if duty.due else f"尚未出院：{self._demanded(duty)}"
                )
            case Why.EXCUSED:
                return f"属于例外（{self._excuses()}），不要求{then}"
            case Why.ENDED:
                return f"时限未到已经结束，不再要求{then}"
            case Why.HAPPENED:
                return f"{told(duty.at or 0)} 有{then}：{self._anchor(duty)}起不得有"
            case Why.NEVER:
                return f"没有{then}"
            case Why.ANCHOR_TIME:
                return f"{when}没有记录时间，无法计算时限"
            case Why.RESPONSE_TIME:
                return f"{then}没有记录时间，无法判断是否按时"
            case Why.CONDITION:
                return f"是否为{then}无法判断：{_of_selection(self.rule.then)}没有数据"
            case Why.ABOUT:
                return f"{then}没有写明所记事项，无法对应到{when}"
            case Why.SHIFT:
                return f"值班表（duty_shifts）里没有{self._anchor(duty)}的班次，无法确定当班何时结束"
            case Why.UNLESS:
                known = "".join(reason.sentence for reason in self.blind.values()).rstrip("。")
                return f"是否属于例外（{self._excuses()}）无法判断" + (f"：{known}" if known else "")
            case Why.ANCHOR:
                return f"是否有{when}无法判断：{_of_selection(self.rule.when)}没有数据"
            case Why.STATES:
                return f"病情状态的记录不全，无法判断{then}是否按时"

    def _done(self, duty: Duty) -> str:
        if duty.at is None:
            return f"已有{self.what}"
        done = f"{self.what}已于 {told(duty.at)} 完成"
        return f"{done}，时限 {told(duty.due)}" if duty.due is not None else done

    def _late(self, duty: Duty) -> str:
        assert duty.at is not None
        assert duty.due is not None
        late = span_words(duty.at - duty.due)
        return f"{self.what}于 {told(duty.at)} 完成，超时 {late}：{self._demanded(duty)}"

    def _demanded(self, duty: Duty) -> str:
        if duty.due is None:
            return f"{self._anchor(duty)}须有{self.rule.then.title}"
        return f"应于 {told(duty.due)} 前完成（{self._counted(duty)}）"

    def _anchor(self, duty: Duty) -> str:
        title = self._title(duty)
        if duty.since is None:
            return title
        same_day = duty.due is not None and duty.due // DAY == duty.since // DAY
        return f"{title} {moment(duty.since):%H:%M} " if same_day else f"{title} {told(duty.since)} "

    def _title(self, duty: Duty) -> str:
        if duty.linked:
            return "上次"
        restart = self.rule.restart
        tables = {part.table for part in self.rule.when.parts}
        if restart is not None and duty.anchor.table not in tables:
            return restart.title
        return self.rule.when.title

    def _counted(self, duty: Duty) -> str:
        limit, anchor = self.limit, self._anchor(duty)
        assert limit is not None
        if self.rule.demand is Demand.BEFORE:
            return f"{anchor}前" + (f"至少 {limit.words}" if limit.amount else "")
        if limit.unit is Unit.SHIFT or (limit.unit is Unit.CALENDAR_DAYS and not limit.amount):
            return f"{anchor}{limit.words}"
        stopped = f"，扣除停止计时的 {span_words(duty.stopped)}" if duty.stopped else ""
        return f"{anchor}起 {limit.words}{stopped}"

    def _excuses(self) -> str:
        return "、".join(dict.fromkeys(one.title for one in self.rule.unless))


def _of_selection(selection: Selection) -> str:
    return "、".join(filter(None, (_columns(part.condition) for part in selection.parts)))


def _columns(node) -> str:
    """The columns that a condition reads, in Chinese."""
    if node is None:
        return ""
    refs = [each for each in walk(node) if isinstance(each, Ref)]
    meanings = []
    for ref in refs:
        column = TABLES[ref.table].column(ref.column) if ref.table in TABLES else None
        meanings.append(column.meaning.split("：")[0] if column is not None else ref.column)
    return "、".join(dict.fromkeys(meanings))
