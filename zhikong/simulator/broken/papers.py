"""Which stays have papers that are not whole: sections, signatures, countersignatures, times in their order."""

from __future__ import annotations

from datetime import timedelta

from zhikong.simulator.broken.facts import Row, Stay
from zhikong.simulator.broken.writing import SENIOR, SUPERIOR, Truth

_EMPTY = ("", "……", "同前", "无")
_NOTES = ("34", "35", "36", "37", "38", "39", "40", "41", "42", "43", "44", "45", "49", "50", "51")
_BY_INTERNS = ("34", "35", "37", "38", "39", "41", "42", "43", "44", "46", "49")
_CONSENTED = ("operation", "anaesthesia", "transfusion", "special", "critical", "refusal")


def _documents(s: Stay, *types: str) -> list[Row]:
    return s.there("documents", lambda r: r["type"] in types)


def _said(s: Stay, document: str) -> dict[str, str]:
    """The sections of a document."""
    return {
        r["section"]: (r["text"] or "").strip("。 ")
        for r in s.there("document_sections")
        if r["document_id"] == document
    }


def _lacking(kind: str, *sections: str) -> Truth:
    """A document of this type with words, but without one of these sections or with an empty one."""

    def truth(s: Stay) -> bool:
        texts = [said for row in _documents(s, kind) if (said := _said(s, row["document_id"]))]
        return any(said.get(name, "") in _EMPTY for said in texts for name in sections)

    return truth


def _history(s: Stay) -> bool:
    names = ("个人史", "家族史", *(("婚育史",) if s.row["age_years"] >= 14 else ()))
    return _lacking("34", *names)(s)


def _short_notes(s: Stay) -> bool:
    for row in _documents(s, "38"):
        said = _said(s, row["document_id"])
        words = said.get("病程记录", said.get("危急值处理"))
        if said and (words is None or len(words) < 11 or words in _EMPTY):
            return True
    return False


def _unsigned(*types: str) -> Truth:
    return lambda s: any(None in (r["author"], r["signed_at"]) for r in _documents(s, *types))


def _alone(
    types: tuple[str, ...], authors: tuple[str, ...], levels: tuple[str, ...], hours: int = 0
) -> Truth:
    """Written by one of `authors` without a countersignature of one of `levels` (in so many hours after signing)."""

    def alone(r: Row) -> bool:
        if r["author_level"] not in authors:
            return False
        if r["cosigner_level"] not in levels or r["cosigned_at"] is None:
            return True
        return (
            bool(hours)
            and r["signed_at"] is not None
            and r["cosigned_at"] - r["signed_at"] > timedelta(hours=hours)
        )

    return lambda s: any(alone(r) for r in _documents(s, *types))


def _order(types: tuple[str, ...], first: str, second: str) -> Truth:
    """The time in `second` lies before that in `first`; unknown ones are in order."""
    return lambda s: any(
        None not in (r[first], r[second]) and r[second] < r[first] for r in _documents(s, *types)
    )


def _unfinished(r: Row) -> bool:
    known = (r["requested_at"], r["to_department"], r["doctor"], r["completed_at"])
    return None in known or r["completed_at"] < r["requested_at"]


PAPERS: dict[str, Truth] = {
    "admission_record_main_sections": _lacking("34", "主诉", "现病史", "既往史", "体格检查", "初步诊断"),
    "admission_record_tests_section": _lacking("34", "辅助检查"),
    "admission_record_personal_history": _history,
    "first_note_sections": _lacking("37", "病例特点", "诊断依据", "鉴别诊断", "诊疗计划"),
    "discharge_record_sections": _lacking("49", "入院情况", "诊疗经过", "出院诊断", "出院情况", "出院医嘱"),
    "short_stay_record_sections": _lacking("35", "入院情况", "诊疗经过", "出院情况", "出院医嘱"),
    "short_stay_death_record_sections": _lacking("36", "入院情况", "抢救经过", "死亡原因", "死亡诊断"),
    "death_record_sections": _lacking("50", "入院情况", "诊疗经过", "死亡原因", "死亡诊断"),
    "daily_note_not_blank": _short_notes,
    "documents_signed": _unsigned(*_NOTES),
    "nursing_documents_signed": _unsigned("17", "18", "23", "24", "25"),
    "operative_documents_signed": _unsigned("09", "08", "10", "11", "12", "13", "19", "46", "47", "48"),
    "consent_documents_signed": _unsigned("26", "27", "28", "29", "30", "31"),
    "consents_signed_by_patient": lambda s: any(
        r["signer"] == "none" or r["signed_at"] is None
        for r in s.there("consents", lambda r: r["kind"] in _CONSENTED)
    ),
    "consent_talk_by_doctor": lambda s: any(
        None in (r["doctor"], r["talked_at"])
        or (r["signed_at"] is not None and r["talked_at"] > r["signed_at"])
        for r in s.there("consents")
    ),
    "consultation_request_complete": lambda s: any(_unfinished(r) for r in s.there("consultations")),
    "admission_record_cosigned": _alone(("34",), ("resident",), SUPERIOR, 72),
    "rescue_record_cosigned": _alone(("44",), ("intern", "resident"), SUPERIOR),
    "senior_round_cosigned": _alone(("39",), ("intern", "resident"), SUPERIOR),
    "intern_notes_cosigned": _alone(_BY_INTERNS, ("intern",), ("resident", *SUPERIOR)),
    "death_discussion_signed_by_chair": lambda s: (
        _unsigned("51")(s) or _alone(("51",), ("intern", "resident", "attending"), SENIOR)(s)
    ),
    "signed_after_written": _order(
        ("34", "37", "38", "39", "44", "09", "46", "47", "48", "49", "50", "45"), "written_at", "signed_at"
    ),
    "written_after_it_happened": _order(
        ("09", "08", "44", "12", "13", "48", "50", "51"), "occurred_at", "written_at"
    ),
    "notes_not_before_admission": lambda s: any(
        r["written_at"] is not None and r["written_at"] < s.start
        for r in _documents(s, "34", "37", "38", "39", "23")
    ),
}
"""The planter's name of a rule -> whether a stay breaks it."""
