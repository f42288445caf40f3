"""The way of patients who are in hospital now: where they came in, were moved to, were operated, and lie today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhikong.foundation.organisation.models import Department
from zhikong.foundation.patients import live
from zhikong.foundation.patients.queries import open_stays
from zhikong.hospital.functions.inspections.queries.planning import places
from zhikong.hospital.functions.inspections.queries.planning.frames import bed_words

QUESTIONS = {
    "急诊": ("分诊级别和等待时间有记录", "首诊医师的交接有记录", "身份识别用两种方式"),
    "入院": ("入院评估在规定时间内完成", "医嘱与病情相符", "患者知道主管医师和护士是谁"),
    "转科": ("转出转入有交接记录和双方签名", "用药和过敏史核对过", "转科后 8 小时内有评估"),
    "手术": ("手术安全核查三步都做了", "部位标记与知情同意一致", "标本、植入物有登记"),
    "重症监护": ("镇静镇痛和谵妄有评估", "三管每日评估有记录", "家属谈话有记录"),
    "现在所在": ("护理级别、医嘱和床头卡一致", "危急值和会诊按时处理", "患者说得出治疗和注意事项"),
}
TABLES = ("stays", "transfers", "operations", "icu_stays")


@dataclass(frozen=True)
class Path:
    """One patient's way. stops: (what, department, why); label: the bed, never a name."""

    stay_id: str
    patient_key: str
    label: str
    stops: tuple[tuple[str, int, str], ...]

    @property
    def departments(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(department for _what, department, _why in self.stops))


def paths(*, on: date) -> list[Path]:
    """The ways of all patients in scope, by stay."""
    rows, codes = live.live_rows(tables=TABLES), dict(Department.objects.values_list("code", "pk"))
    emergency, theatre, icu = (
        places.by_words(w, on=on) for w in (("急诊",), ("手术", "麻醉"), ("重症医学", "ICU"))
    )
    of = {name: _by_stay(rows.get(name, ())) for name in TABLES}
    found = []
    for stay in open_stays():
        told = (of["stays"].get(stay.stay_id) or [{}])[0]
        stops = []
        if told.get("admission_route") == "1" and emergency:
            stops.append(("急诊", emergency.id, "由急诊入院"))
        moved = [codes.get(row.get("department")) for row in of["transfers"].get(stay.stay_id, ())]
        first = codes.get(told.get("admission_department"))
        if first and first != stay.department_id:
            stops.append(("入院", first, "入院科室"))
        stops += [
            ("转科", d, "转入过") for d in dict.fromkeys(moved) if d and d not in (first, stay.department_id)
        ]
        if theatre and of["operations"].get(stay.stay_id):
            stops.append(("手术", theatre.id, "住院期间做过手术"))
        if icu and of["icu_stays"].get(stay.stay_id) and icu.id != stay.department_id:
            stops.append(("重症监护", icu.id, "住过重症监护"))
        stops.append(("现在所在", stay.department_id, "现在的科室"))
        found.append(Path(stay.stay_id, stay.patient_key, bed_words(stay), tuple(stops)))
    return found


def _by_stay(rows) -> Mapping[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for row in rows:
        found[row["stay_id"]].append(row)
    return found
