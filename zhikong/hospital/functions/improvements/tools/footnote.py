"""What stands below every picture: where its figures come from, by which definition, how many rows, drawn when by whom."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _


def subtitle(snapshot) -> str:
    """Below the title inside the picture: source, narrowing, place and period."""
    parts = (snapshot.get("source"), snapshot.get("only"), snapshot.get("place"), snapshot.get("period"))
    return " · ".join(str(part) for part in parts if part)


def footnote(drawn, *, number: int = 0) -> list[str]:
    """The lines of a SavedTool, a ToolDrawing or a fresh count (which has neither moment nor person)."""
    said = drawn.snapshot
    first = [_("数据来源：%(source)s") % {"source": said.get("source") or "—"}]
    first += [_("口径：%(text)s") % {"text": said["definition"]}] if said.get("definition") else []
    first += [
        _("范围：%(text)s") % {"text": " ".join(filter(None, (said.get("place"), said.get("period"), said.get("only"))))}
    ] if said.get("place") else []  # fmt: skip
    second = [_("共 %(n)d 行") % {"n": drawn.rows}]
    second += [_("数据版本 %(version)s") % {"version": drawn.data_version[:16]}] if drawn.data_version else []
    second.append(_("数据校验码 %(digest)s") % {"digest": drawn.data_hash[:12]})
    if (at := getattr(drawn, "drawn_at", None)) is not None:
        who = getattr(drawn.drawn_by, "name", "") or _("系统")
        second.append(_("%(at)s 由 %(who)s 绘制") % {"at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}", "who": who})  # fmt: skip
    second += [_("第 %(n)d 次") % {"n": number}] if number else []
    lines = ["；".join(first) + "。", "；".join(second) + "。"]
    return [*lines, said["hidden"]] if said.get("hidden") else lines
