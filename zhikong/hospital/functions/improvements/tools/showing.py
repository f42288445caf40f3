"""A saved or fresh drawing, ready for a page, Word and PowerPoint alike: picture, words, table, footnote."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from zhikong.hospital.functions.improvements.models.tools import Kind
from zhikong.hospital.functions.improvements.tools.footnote import footnote, subtitle
from zhikong.hospital.functions.improvements.tools.pictures import Picture, picture
from zhikong.hospital.functions.improvements.tools.telling import Told, told
from zhikong.web.charts import render

WIDE = 720  # px that a picture has on a page


@dataclass(frozen=True)
class Shown:
    """drawn: a SavedTool, ToolDrawing or Fresh. title: what it is called; empty takes the finding."""

    kind: str
    drawn: object
    title: str = ""
    note: str = ""
    number: int = 0

    @property
    def kind_title(self) -> str:
        return str(Kind(self.kind).label)

    @cached_property
    def told(self) -> Told:
        return told(self.kind, self.drawn.snapshot["figures"])  # type: ignore[attr-defined]

    @property
    def named(self) -> str:
        return self.title or self.told.finding

    @property
    def by_id(self) -> str:
        """The dimension whose values lead from the table to the rows behind them."""
        return self.drawn.snapshot["figures"].get("by_id", "")  # type: ignore[attr-defined]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the picture says, without what its title says already."""
        return tuple(one for one in self.told.sentences if one.rstrip("。") != self.named)

    def picture(self, theme: str = "light") -> Picture | None:
        """The picture in a theme; None for a tool that is a table."""
        snapshot = self.drawn.snapshot  # type: ignore[attr-defined]
        return picture(self.kind, snapshot["figures"], title=self.named, subtitle=subtitle(snapshot), theme=theme)  # fmt: skip

    @cached_property
    def stamp(self) -> str:
        """Changes when the picture does, so that a browser may keep one for ever."""
        text = json.dumps(self.picture(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def svg(self, theme: str = "light") -> bytes | None:
        return None if (made := self.picture(theme)) is None else render(made, "svg")

    def png(self, *, scale: float = 2.0) -> bytes | None:
        return None if (made := self.picture()) is None else render(made, "png", scale=scale)

    @property
    def footnote(self) -> list[str]:
        return footnote(self.drawn, number=self.number)

    @property
    def alt(self) -> str:
        """What the picture says, for who does not see it; the figures stand in the table beside it."""
        return f"{self.kind_title}：{self.named}。{''.join(self.told.sentences)}"


def shown(tool) -> Shown:
    """A saved picture as it was drawn last."""
    return Shown(tool.kind, tool, tool.title, tool.note)
