"""What a new version of a form would change for those who fill it, in sentences for whoever publishes it."""

from __future__ import annotations

from zhikong.foundation.forms.definition.model import FormDefinition, Item


def sentences(old: FormDefinition | None, new: FormDefinition) -> list[str]:
    """Sheets that are open keep their version; these sentences speak of sheets opened from then on."""
    if old is None:
        return [f"新表“{new.title}”，共 {_count(new)} 个条目。"]
    before, after = _items(old), _items(new)
    added = [item.text for name, item in after.items() if name not in before]
    gone = [item.text for name, item in before.items() if name not in after]
    changed = [after[name].text for name in after if name in before and after[name] != before[name]]
    found = [_list("新增", added), _list("删去", gone), _list("修改", changed)]
    if old.full_score != new.full_score:
        found.append(f"满分由 {old.full_score or '不计分'} 改为 {new.full_score or '不计分'}。")
    if old.pass_score != new.pass_score:
        found.append(f"合格分由 {old.pass_score or '无'} 改为 {new.pass_score or '无'}。")
    if old.fill != new.fill:
        found.append("可以填写的岗位有变化。")
    return [sentence for sentence in found if sentence] or ["条目没有变化。"]


def _items(form: FormDefinition) -> dict[str, Item]:
    return {item.id: item for item in form.items()}


def _count(form: FormDefinition) -> int:
    return sum(1 for item in form.items() if item.has_answer)


def _list(verb: str, texts: list[str]) -> str:
    if not texts:
        return ""
    shown = "、".join(f"“{text[:24]}”" for text in texts[:5])
    return f"{verb} {len(texts)} 个条目：{shown}{' 等' if len(texts) > 5 else ''}。"
