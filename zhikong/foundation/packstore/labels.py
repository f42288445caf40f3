"""Fields of definitions in words: what a quality officer reads instead of sections.#outside.items.#locked.text."""

from __future__ import annotations

from typing import Any

from zhikong.foundation.packstore.comparing import ORDER, Key

WORDS = {
    "title": "名称", "name": "名称", "zh": "中文", "en": "英文", "zh-hant": "繁体", "purpose": "用途", "why": "意义",
    "source": "来源", "document": "文件", "clause": "条款", "mark": "核实程度", "owner": "负责岗位",
    "checker": "复核岗位", "next_review": "复审日期", "kind": "类型", "subject": "对象", "fill": "填写人",
    "full_score": "满分", "pass_score": "合格分", "grades": "等级", "sections": "部分", "items": "条目",
    "cap": "限分", "scoring": "计分方式", "type": "题型", "text": "内容", "required": "必填", "score": "分值",
    "veto": "一票否决", "evidence": "佐证", "show_if": "出现条件", "options": "选项", "unit": "单位", "min": "最小值",
    "max": "最大值", "decimals": "小数位", "columns": "列", "rows": "行", "opens": "发起", "roles": "角色",
    "role": "角色", "form": "表单", "states": "状态", "deadline": "期限", "hours": "小时", "working_days": "工作日",
    "says": "说明", "warn": "提醒", "escalate": "逐级上报", "after": "之后", "to": "去向", "from": "自",
    "transitions": "步骤", "guard": "条件", "guard_says": "条件说明", "needs_reason": "须写理由", "number": "编号规则",
    "every": "频次", "due": "到期", "who": "谁做", "body": "主体", "remind": "提醒", "population": "统计范围",
    "numerator": "分子", "denominator": "分母", "exclusions": "排除", "when": "条件", "multiplier": "倍数",
    "direction": "方向", "targets": "目标值", "at_least": "不低于", "at_most": "不高于", "equals": "等于",
    "range": "范围", "quote": "原文", "line": "原文行号", "notes": "说明", "strata": "分层", "chart": "图",
    "minimum_denominator": "最小分母", "status": "状态", "table": "数据表", "date": "日期列", "department": "科室列",
    "count": "计数", "sum": "合计", "confidential": "保密", "hospital_only": "只考核全院", "level": "级别",
    "indicators": "指标", "id": "编号", "version": "版本",
}  # fmt: skip
ORDER_WORD = "顺序"


def label(path: Key, *sides: Any) -> str:
    """The field in words; items of lists by the title that they have in one of the sides."""
    found, now = [], list(sides)
    for part in path:
        now = [_step(side, part) for side in now]
        found.append(_word(part, now))
    return " › ".join(found)


def _word(part: str, sides: list[Any]) -> str:
    if part == ORDER:
        return ORDER_WORD
    if not part.startswith("#"):
        return WORDS.get(part, part)
    return next((f"“{name}”" for side in sides if (name := _name(side))), part[1:])


def _name(item: Any) -> str:
    """The title of an item as its author wrote it; shortened."""
    if not isinstance(item, dict):
        return ""
    said = item.get("title") or item.get("text") or item.get("name") or ""
    said = said.get("zh", "") if isinstance(said, dict) else said
    return str(said)[:24]


def _step(side: Any, part: str) -> Any:
    if isinstance(side, dict):
        return side.get(part)
    if isinstance(side, list) and part.startswith("#"):
        return next(
            (i for i in side if isinstance(i, dict) and part[1:] in (i.get("id"), i.get("code"))), None
        )
    return None
