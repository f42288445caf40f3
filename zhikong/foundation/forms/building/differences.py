"""What changed between two texts of a form, as sentences that a reviewer reads: 新增第 3 题…, 分值 5 → 10."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from zhikong.foundation.forms.building import words
from zhikong.foundation.forms.building.documents import Data, chinese
from zhikong.foundation.forms.building.merging import FORM, Conflict, Token, holders, sequence

SHORT = 40
CODES = {
    "kind": words.KINDS,
    "subject": words.SUBJECTS,
    "type": words.TYPES,
    "evidence": words.EVIDENCE,
    "severity": words.SEVERITIES,
    "check": words.LOOKS,
    "mark": words.MARKS,
    "scoring": words.SCORING,
}


def sentences(before: Data, after: Data) -> list[str]:
    """One sentence for each change, in the order of the new form; nothing for equal texts."""
    return [*_form(before, after), *_gone(before, after), *_held(before, after), *_moved(before, after)]


def name(token: Token, data: Data) -> str:
    """第 3 题「急救车上锁」, 分节「外观」, or 表单."""
    if token == FORM:
        return _("表单")
    values = holders(data)[token]
    if token[0] == "section":
        return _("分节「%(title)s」") % {"title": shortened(chinese(values.get("title")))}
    numbers = [t for t in sequence(data) if t[0] == "item"]
    text = shortened(chinese(values.get("text")))
    return _("第 %(n)d 题「%(text)s」") % {"n": numbers.index(token) + 1, "text": text}


def shown(field: str, value: Any) -> str:
    """A value as a person reads it: codes by their names, scores and vetoes in words."""
    if value is None or value == "" or value == []:
        return _("（空）")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if field in CODES:
        return str(CODES[field].get(value, value)) if isinstance(value, str) else str(value)
    special = {"score": _score, "veto": _veto, "options": _options, "source": _source}
    if field in special:
        return special[field](value)
    if isinstance(value, dict) and "zh" not in value:
        return "，".join(f"{k} {v}" for k, v in value.items())
    if isinstance(value, list):
        return shortened("、".join(chinese(v) for v in value))
    return shortened(chinese(value))


def conflict_sentence(conflict: Conflict, mine: Data, theirs: Data) -> str:
    """What two people did to the same thing, and what stands now."""
    where = name(conflict.token, theirs if conflict.token in holders(theirs) else mine)
    if conflict.field == "(order)":
        return _("两个人都移动了题目的顺序，保留了对方的顺序。")
    if conflict.field == "(whole)" and conflict.theirs is None:
        return _("%(where)s已被对方删除，您对它的修改没有保存。") % {"where": where}
    if conflict.field == "(whole)":
        return _("%(where)s刚被对方改过，没有删除。") % {"where": where}
    values = {
        "where": where,
        "field": words.field(conflict.field),
        "theirs": shown(conflict.field, conflict.theirs),
        "mine": shown(conflict.field, conflict.mine),
    }
    return _("%(where)s的%(field)s：对方改成了“%(theirs)s”，您写的是“%(mine)s”；保留了对方的。") % values


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def _form(before: Data, after: Data) -> Iterator[str]:
    yield from _changes(_("表单"), holders(before)[FORM], holders(after)[FORM], skip={"version"})


def _gone(before: Data, after: Data) -> Iterator[str]:
    here = set(sequence(after))
    for token in sequence(before):
        if token not in here:
            yield _("删除%(what)s") % {"what": name(token, before)}


def _held(before: Data, after: Data) -> Iterator[str]:
    old, new = holders(before), holders(after)
    for token in sequence(after):
        if token not in old:
            yield _("新增%(what)s") % {"what": name(token, after)}
        else:
            yield from _changes(name(token, after), old[token], new[token])


def _changes(what: str, old: Data, new: Data, skip: set[str] = frozenset()) -> Iterator[str]:
    for key in dict.fromkeys([*old, *new]):
        if key in skip or old.get(key) == new.get(key):
            continue
        values = {"what": what, "field": words.field(key)}
        values |= {"old": shown(key, old.get(key)), "new": shown(key, new.get(key))}
        yield _("%(what)s：%(field)s %(old)s → %(new)s") % values


def _moved(before: Data, after: Data) -> Iterator[str]:
    """Items that changed their place among those that both texts have: as few as explain the new order."""
    both = set(sequence(before)) & set(sequence(after))
    old = [t for t in sequence(before) if t in both]
    new = [t for t in sequence(after) if t in both]
    if old == new:
        return
    stayed = _longest_common(old, new)
    for token in new:
        if token not in stayed:
            yield _("%(what)s移动了位置") % {"what": name(token, after)}


def _longest_common(old: list[Token], new: list[Token]) -> set[Token]:
    """The tokens that best explain the new order by staying: most of them, sections rather than items."""
    place = {token: index for index, token in enumerate(old)}
    best: list[tuple[float, int | None]] = []
    for index, token in enumerate(new):
        earlier = ((best[j][0], j) for j in range(index) if place[new[j]] < place[token])
        weight, before = max(earlier, default=(0, None), key=lambda pair: pair[0])
        best.append((weight + (1.5 if token[0] == "section" else 1), before))
    last = max(range(len(new)), key=lambda j: best[j][0], default=None)
    found = set()
    while last is not None:
        found.add(new[last])
        last = best[last][1]
    return found


def _score(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    full = _("%(n)s 分") % {"n": value.get("full", 0)}
    if value.get("each") is not None:
        return _("%(full)s（每处扣 %(n)s 分）") % {"full": full, "n": value["each"]}
    lost = value.get("when_no", 0)
    return full if not lost else _("%(full)s（答“否”得 %(n)s 分）") % {"full": full, "n": lost}


def _veto(value: Any) -> str:
    if isinstance(value, dict) and "deduct" in value:
        return _("总分扣 %(n)s 分") % {"n": value["deduct"]}
    if isinstance(value, dict):
        return _("总分最多 %(n)s 分") % {"n": value.get("cap")}
    return str(words.VETOES.get(value, value))


def _options(value: Any) -> str:
    return shortened("、".join(_option(o) for o in value if isinstance(o, dict)))


def _option(option: Data) -> str:
    text = chinese(option.get("text"))
    return text if option.get("score") is None else f"{text}（{option['score']}）"


def _source(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return shortened(" ".join(chinese(value.get(k)) for k in ("document", "clause") if value.get(k)))
