"""What the county's doctors write badly: words left out, empty talk, contradictions, remnants, each in the ledger.

The planter's names are those of what is wrong; a document is spoiled at most once.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SHARE = 0.004
"""Of the documents that could be spoiled in one way; one at least is."""
TRIED = 60
"""Documents tried at most for one way."""
OTHER = "先天性无虹膜"
"""A diagnosis that nobody of the simulated has."""
Text = Callable[[str, "Words"], str | None]


@dataclass(frozen=True)
class Words:
    """The words of one stay's documents: by type and section, the last of each."""

    said: Mapping[tuple[str, str], str]

    def of(self, kind: str, section: str) -> str | None:
        return self.said.get((kind, section))


def instead(text: str) -> Text:
    return lambda _old, _words: text


def added(text: str) -> Text:
    return lambda old, _words: old + text


def without(*words: str) -> Text:
    """The text without the clauses in which one of the words stands."""
    clause = re.compile(rf"[^。；，]*(?:{'|'.join(words)})[^。；，]*[，。；]?")
    return lambda old, _words: clause.sub("", old) or "无。"


def swapped(one: str, other: str) -> Text:
    """The text with the first of two words in place of the second, or the other way; None where neither stands."""

    def change(old: str, _words: Words) -> str | None:
        if one not in old and other not in old:
            return None
        return old.replace(one, "\0").replace(other, one).replace("\0", other)

    return change


def rewritten(pattern: str, replacement: str) -> Text:
    """None where the pattern does not stand."""
    found = re.compile(pattern)
    return lambda old, _words: found.sub(replacement, old, count=1) if found.search(old) else None


def copied(kind: str, section: str, more: str = "") -> Text:
    return lambda _old, words: None if (said := words.of(kind, section)) is None else said + more


def _denied(old: str, words: Words) -> str | None:
    history = words.of("34", "既往史") or ""
    return f"{old}患者有高血压病史10年。" if "否认高血压" in history else None


# what is wrong, type, section, how the text is spoiled
FAULTS: tuple[tuple[tuple[str, ...], str, str, Text], ...] = (
    (("admission_record_personal_history",), "34", "家族史", instead("")),
    (("admission_record_tests_section",), "34", "辅助检查", instead("")),
    (("admission_record_general_state",), "34", "现病史", without("精神", "神志", "饮食", "食欲", "睡眠", "二便", "大小便", "体重")),
    (("admission_record_allergy_history",), "34", "既往史", instead("既往体健，否认高血压、糖尿病史。")),
    (("admission_record_vital_signs",), "34", "体格检查", instead("神志清，查体合作，心肺听诊未见明显异常，腹软无压痛。")),
    (("chief_complaint_form",), "34", "主诉", instead("胸闷不适。")),
    (("chief_complaint_not_a_diagnosis",), "34", "主诉", instead("肺炎3天。")),
    (("no_abbreviations_in_diagnoses",), "34", "初步诊断", added("、CAD")),
    (("first_note_diagnosis_agrees_admission_record",), "34", "初步诊断", instead(OTHER)),
    (("operation_consent_alternatives",), "26", "告知内容", instead("告知手术指征、出血、感染等风险和并发症，患方表示理解。")),
    (("anaesthesia_consent_risks",), "27", "告知内容", instead("告知麻醉方式，患方表示理解。")),
    (("transfusion_consent_risks",), "28", "告知内容", instead("告知输血指征，患方表示理解。")),
    (("special_consent_risks",), "29", "告知内容", instead("告知检查治疗目的，患方表示理解。")),
    (("anaesthesia_preop_visit_content",), "10", "麻醉前评估", instead("已访视患者。")),
    (("anaesthesia_postop_visit_content",), "12", "术后访视", instead("术后随访一次。")),
    (("operation_record_content",), "09", "手术经过", instead("消毒铺巾后完成手术，过程顺利，清点器械敷料无误，术后安返病房。")),
    (("operation_record_count_and_specimen",), "09", "手术经过", without("清点")),
    (("operation_record_names_operation_done",), "09", "手术经过", rewritten(r"行(?:左侧|右侧|双侧)?[^，。：行]{3,40}([：，。])", r"行扁桃体切除术\1")),
    (("operation_diagnosis_agrees_preop",), "09", "术中诊断", instead(OTHER)),
    (("operation_date_stated_agrees",), "09", "手术经过", rewritten(r"于\d{4}年", "于2019年")),
    (("postop_first_note_content",), "48", "术后首次病程", instead("患者术毕返回病房。")),
    (("postop_note_not_copied_from_operation_record",), "48", "术后首次病程", copied("09", "手术经过", "麻醉满意，手术顺利，生命体征平稳，注意观察。")),
    (("preop_summary_content",), "46", "术前小结", instead("患者准备手术。")),
    (("operation_done_agrees_plan",), "46", "术前小结", rewritten(r"拟施手术：[^，。]*", "拟施手术：扁桃体切除术")),
    (("preop_side_agrees",), "46", "术前小结", swapped("左侧", "右侧")),
    (("preop_discussion_content",), "47", "讨论意见", instead("讨论同意。")),
    (("procedure_record_content",), "08", "操作记录", instead("已做检查。")),
    (("transfusion_record_content",), "13", "输血记录", instead("输注顺利，有输血指征，效果评价：有效。")),
    (("transfusion_effect_evaluated",), "13", "输血记录", instead("输注红细胞，双人核对，过程顺利，未见反应。")),
    (("critical_nursing_record_content",), "18", "护理记录", instead("患者安静。")),
    (("nursing_admission_assessment_content",), "23", "入院护理评估", instead("已评估。")),
    (("discharge_guidance_content",), "25", "出院指导", instead("祝早日康复。")),
    (("short_stay_record_sections",), "35", "出院医嘱", instead("")),
    (("short_stay_death_record_sections",), "36", "死亡原因", instead("")),
    (("first_note_differential_diagnosis",), "37", "鉴别诊断", instead("诊断明确，无需鉴别。")),
    (("first_note_plan",), "37", "诊疗计划", instead("1. 内科护理常规。2. 完善相关检查。3. 请示上级医师。")),
    (("first_note_features_not_copied",), "37", "病例特点", copied("34", "现病史")),
    (("diagnosis_discussion_not_repeating_features",), "37", "诊断依据", copied("37", "病例特点")),
    (("sex_stated_agrees",), "37", "病例特点", swapped("患者男", "患者女")),
    (("admission_date_stated_agrees",), "37", "病例特点", rewritten(r"于\d{4}年", "于2019年")),
    (("daily_note_not_blank", "daily_note_has_assessment_and_action"), "38", "病程记录", instead("同前。")),
    (("daily_note_has_assessment_and_action",), "38", "病程记录", instead("今日无殊，余同昨日安排不变，明日再看。")),
    (("no_forbidden_wording",), "38", "病程记录", added("患者拉肚子两次。")),
    (("no_template_remnants",), "38", "病程记录", added("血压____mmHg。")),
    (("no_unanswered_choice",), "38", "病程记录", added("腹痛有/无。")),
    (("no_other_patients_residue",), "38", "病程记录", added("患者王建国，男，情况平稳。")),
    (("no_vague_wording",), "38", "病程记录", added("情况还可以吧。")),
    (("history_not_contradicted",), "38", "病程记录", _denied),
    (("critical_value_note_content",), "38", "危急值处理", instead("08:30已知悉。")),
    (("critical_value_note_read_back",), "38", "危急值处理", instead("接危急值报告，予对症处理后复查，密切观察。")),
    (("ward_round_has_analysis_and_orders",), "39", "查房记录", instead("同意目前诊断及治疗，继续治疗。")),
    (("difficult_case_discussion_attendance", "difficult_case_discussion_opinions"), "40", "讨论意见", instead("同前。")),
    (("handover_note_content",), "41", "交班记录", instead("患者安返病房。")),
    (("transfer_record_content",), "42", "转科记录", instead("患者今日离开本科。")),
    (("stage_summary_content",), "43", "阶段小结", instead("患者住院已一月，情况同前。")),
    (("rescue_record_content",), "44", "抢救记录", instead("10:20患者病情变化，医师赶来处置，家属知情，情况好转后离开。")),
    (("rescue_record_time_to_minute",), "44", "抢救记录", rewritten(r"\d{1,2}:\d{2}", "")),
    (("consultation_opinion_content",), "45", "会诊意见", instead("谢邀。")),
    (("discharge_advice_specific",), "49", "出院医嘱", instead("注意休息，不适随诊。")),
    (("discharge_diagnosis_agrees_front_page",), "49", "出院诊断", instead(OTHER)),
    (("no_unclear_diagnosis_at_discharge",), "49", "出院诊断", added("，贫血待查")),
    (("death_record_sections",), "50", "死亡原因", instead("")),
    (("death_diagnosis_agrees_front_page",), "50", "死亡诊断", instead(OTHER)),
    (("death_time_to_minute",), "50", "诊疗经过", rewritten(r"\d{1,2}:\d{2}", "")),
    ((
        "death_discussion_attendance", "death_discussion_case_reported", "death_discussion_cause", "death_discussion_chair",
        "death_discussion_diagnosis", "death_discussion_lessons", "death_discussion_opinions", "death_discussion_titles",
    ), "51", "讨论意见", instead("已讨论。")),
)  # fmt: skip


def spoiled(block, book, kept, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The texts with these faults; spans of what was overwritten are gone."""
    rows = tables["document_sections"].select(["document_id", "section", "text"]).to_pydict()
    kinds = dict(zip(kept.columns["document_id"].to_pylist(), _types(kept), strict=True))
    stays = dict(zip(kept.columns["document_id"].to_pylist(), kept.i.tolist(), strict=True))
    places: dict[tuple[str, str], list[int]] = {}
    said: dict[int, dict[tuple[str, str], str]] = {}
    for n, (document, section, text) in enumerate(zip(*rows.values(), strict=True)):
        places.setdefault((kinds[document], section), []).append(n)
        said.setdefault(stays[document], {})[kinds[document], section] = text or ""
    texts, done = dict[int, str](), set[str]()
    for names, kind, section, change in sorted(FAULTS, key=lambda fault: len(places.get(fault[1:3], ()))):
        own = places.get((kind, section), [])
        left = max(round(SHARE * len(own)), 1)
        for n in block.rng(f"spoiled {names[0]} {section}").permutation(own)[:TRIED].tolist():
            document = rows["document_id"][n]
            new = (
                change(rows["text"][n], Words(said[stays[document]]))
                if rows["text"][n] and document not in done
                else None
            )
            if new is None or new == rows["text"][n]:
                continue
            texts[n] = new
            done.add(document)
            for name in names:
                book.add(
                    name,
                    "document_sections",
                    np.array([f"{document}|{section}"], dtype=object),
                    np.array([stays[document]]),
                )
            left -= 1
            if not left:
                break
    return _with(tables, texts)


def _types(kept) -> list[str]:
    held = kept.columns["type"]
    return np.array([str(value) for value in held.values])[held.index].tolist()


def _with(tables: dict[str, pa.Table], texts: dict[int, str]) -> dict[str, pa.Table]:
    """The tables with other texts at these rows."""
    made = dict(tables)
    for name in ("document_sections", "delivered_sections"):
        if name in made:
            column = made[name]["text"].to_pylist()
            for n, text in texts.items():
                column[n] = text
            place = made[name].column_names.index("text")
            made[name] = made[name].set_column(
                place, made[name].schema.field("text"), pa.array(column, pa.string())
            )
    if "planted_spans" in made and texts:
        sections = made["document_sections"].take(pa.array(sorted(texts)))
        lost = pc.binary_join_element_wise(sections["document_id"], sections["section"], "|").combine_chunks()
        spans = made["planted_spans"]
        keys = pc.binary_join_element_wise(spans["document_id"], spans["section"], "|")
        made["planted_spans"] = spans.filter(pc.invert(pc.is_in(keys, lost)))
    return made
