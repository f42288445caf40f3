"""A stored preview as the page shows it: months side by side, departments that change colour, numbers of cases."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators import rules
from zhikong.hospital.functions.indicators.rules import WORDS, Status
from zhikong.hospital.functions.indicators.sides import SIDE_WORDS, Side


@dataclass(frozen=True)
class Pair:
    """One month of the hospital or a department, by the old text and by the new one."""

    place: str
    month: str
    old: dict | None
    new: dict | None
    difference: str
    unit: str

    @property
    def recoloured(self) -> bool:
        return self.old is not None and self.new is not None and self.old["status"] != self.new["status"]

    @property
    def parts(self) -> tuple[str, str]:
        return _parts(self.old), _parts(self.new)


def _parts(said: dict | None) -> str:
    if said is None:
        return "—"
    known = (said.get("numerator"), said.get("denominator"))
    return " / ".join("—" if part is None else f"{part:,}" for part in known)


@dataclass(frozen=True)
class Lines:
    """What the page lists."""

    hospital: list[Pair]
    departments: list[Pair]
    recoloured: list[Pair]
    sides: list[tuple[str, str]]
    moved: list[tuple[str, list[tuple[str, int]], int]]
    total: dict[str, int]
    sentences: list[str]


def shown_lines(result: dict, definition: Definition, names: dict[str, str]) -> Lines:
    """names: departments by code."""
    hospital = [_pair(row, definition, names) for row in result["hospital"]]
    departments = [_pair(row, definition, names) for row in result["departments"]]
    recoloured = [pair for pair in departments if pair.recoloured]
    occurring = {side for counted in result["moved"].values() for side in counted}
    sides = [(side.value, str(SIDE_WORDS[side])) for side in Side if side.value in occurring]
    moved = [
        (month, [(side, counted.get(side, 0)) for side, _words in sides], sum(counted.values()))
        for month, counted in result["moved"].items()
    ]
    total = {
        side: sum(counted.get(side, 0) for counted in result["moved"].values()) for side, _words in sides
    }
    return Lines(
        hospital, departments, recoloured, sides, moved, total, _sentences(hospital, recoloured, sides, total)
    )


def _pair(row: dict, definition: Definition, names: dict[str, str]) -> Pair:
    place = _("全院") if row["place"] is None else names.get(row["place"], row["place"])
    old, new = (_with_words(said) for said in (row["old"], row["new"]))
    values = [None if said is None else said["number"] for said in (old, new)]
    return Pair(
        place, row["month"], old, new, rules.change_text(rules.change(values[1], values[0])), definition.unit
    )


def _with_words(said: dict | None) -> dict | None:
    if said is None:
        return None
    number = None if said["value"] is None else Decimal(said["value"])
    return said | {"number": number, "shown": rules.shown(number), "word": str(WORDS[Status(said["status"])])}


def _sentences(
    hospital: list[Pair], recoloured: list[Pair], sides: list[tuple[str, str]], total: dict[str, int]
) -> list[str]:
    """The change in words: the hospital's months, departments that change colour, cases."""
    changed = [pair for pair in hospital if pair.old is not None and pair.old["value"] != pair.new["value"]]
    judged = [pair for pair in hospital if pair.recoloured]
    if all(pair.old is None for pair in hospital):
        return [_("这是新指标，没有原来的口径可比；下面是近 %(n)d 个月的试算结果。") % {"n": len(hospital)}]
    said = [
        _("近 %(n)d 个月中，全院有 %(changed)d 个月的数值会变。")
        % {"n": len(hospital), "changed": len(changed)}
    ]
    if judged:
        words = "、".join(f"{calendar.spoken(p.month)}{p.old['word']}→{p.new['word']}" for p in judged[:6])
        said.append(_("全院的判断会变：%(words)s。") % {"words": words})
    places = {pair.place for pair in recoloured}
    said.append(
        _("%(places)d 个科室的 %(n)d 个月会改变判断。") % {"places": len(places), "n": len(recoloured)}
        if recoloured
        else _("没有科室会改变判断。")
    )
    if sides:
        words = "，".join(_("%(words)s %(n)d 例") % {"words": w, "n": total[code]} for code, w in sides)
        said.append(_("病例：%(words)s。") % {"words": words})
    return said
