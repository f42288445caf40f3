"""The texts: no identifier in the true ones, every identifier of the delivered ones in the ledger of places."""

from collections import Counter, defaultdict

import pytest

from zhikong.simulator.events.staffing import names as staff_names
from zhikong.simulator.texts import library

PLACEHOLDER = {
    "name": "【姓名】",
    "phone": "【电话】",
    "id_number": "【证件号】",
    "address": "【住址】",
    "record_number": "【院内号】",
}


@pytest.fixture(scope="module")
def rows(small) -> dict[str, list[dict]]:
    names = (
        "document_sections",
        "delivered_sections",
        "planted_spans",
        "planted_events",
        "documents",
        "stays",
        "identities",
    )
    return {name: small.tables[name].to_pylist() for name in (*names, "operations", "medications")}


@pytest.fixture(scope="module")
def spans(rows) -> dict[tuple, list[dict]]:
    found = defaultdict(list)
    for row in rows["planted_spans"]:
        found[row["document_id"], row["section"], row["seq"]].append(row)
    return {key: sorted(own, key=lambda row: row["start"]) for key, own in found.items()}


def test_putting_placeholders_at_the_places_gives_the_true_text(rows, spans):
    assert len(rows["document_sections"]) == len(rows["delivered_sections"])
    replaced = 0
    for true, raw in zip(rows["document_sections"], rows["delivered_sections"], strict=True):
        key = (true["document_id"], true["section"], true["seq"])
        assert key == (raw["document_id"], raw["section"], raw["seq"])
        text, at = "", 0
        for span in spans.get(key, []):
            text += raw["text"][at : span["start"]] + PLACEHOLDER[span["kind"]]
            at = span["end"]
            replaced += 1
        assert text + raw["text"][at:] == true["text"]
    assert replaced == len(rows["planted_spans"])


def test_the_places_hold_the_identities_in_their_forms(rows, spans):
    texts = {(r["document_id"], r["section"], r["seq"]): r["text"] for r in rows["delivered_sections"]}
    forms, staff = Counter(), set(staff_names().tolist())
    patient = {row["stay_id"]: row["patient_key"] for row in rows["stays"]}
    people = {row["patient_key"]: row for row in rows["identities"]}
    own = 0
    for key, found in spans.items():
        for span in found:
            value = texts[key][span["start"] : span["end"]]
            forms[span["kind"], span["form"]] += 1
            person = people[patient[span["stay_id"]]]
            own += value.replace(" ", "") in (
                person["name"],
                person["phone"],
                person["address"],
                person["record_number"],
            )
            assert len(value) >= (1 if span["form"] == "surname" else 2)
            if span["kind"] in ("phone", "id_number") and span["form"] not in ("wide", "chinese"):
                assert any(c.isdigit() for c in value)
    assert len(forms) >= 15
    assert own > 500
    assert {"surname", "chinese", "spaced", "wide"} <= {form for _, form in forms}
    named = [
        texts[key][s["start"] : s["end"]]
        for key, found in spans.items()
        for s in found
        if s["kind"] == "name"
    ]
    assert sum(name in staff for name in named) > 100


def test_no_identity_in_the_true_texts(rows):
    whole = "\n".join(row["text"] for row in rows["document_sections"])
    for person in rows["identities"][:400]:
        assert person["id_number"] not in whole
        assert person["phone"] not in whole
        assert person["address"] not in whole
    assert "{" not in whole


def test_many_templates_and_every_common_document_has_words(rows):
    assert sum(len(t) for kind in library.kinds() for t in library.sections(kind).values()) >= 120
    kind = {row["document_id"]: row["type"] for row in rows["documents"]}
    written = {kind[row["document_id"]] for row in rows["document_sections"]}
    assert {"09", "13", "34", "37", "38", "39", "44", "45", "46", "47", "48", "49"} <= written


def test_planted_defects_of_content(rows):
    texts = {f"{r['document_id']}|{r['section']}": r for r in rows["document_sections"]}
    book = defaultdict(set)
    for row in rows["planted_events"]:
        if row["table"] == "document_sections":
            book[row["rule"], row["verdict"]].add(row["key"])
    male = {row["stay_id"]: row["sex"] == "1" for row in rows["stays"]}
    wrong = {
        key
        for key, row in texts.items()
        if row["text"] and ("子宫大小正常，双附件" if male[row["stay_id"]] else "前列腺Ⅱ度") in row["text"]
    }
    assert book["sex_contradiction", "fault"] == wrong
    assert not book["section_missing", "fault"] & set(texts)
    blank = {key for key, row in texts.items() if row["text"] in ("", "……")}
    assert book["section_blank", "fault"] == blank
    before = {}
    for row in rows["document_sections"]:
        if row["section"] == "病程记录":
            key = f"{row['document_id']}|{row['section']}"
            if key in book["note_copied", "fault"]:
                assert row["text"] == before[row["stay_id"]]
            before[row["stay_id"]] = row["text"]


def test_the_side_in_the_text_is_that_of_the_operation(rows):
    side = {(r["stay_id"], f"operations:{r['seq']}"): r["side"] for r in rows["operations"]}
    about = {
        r["document_id"]: (r["stay_id"], r["about"]) for r in rows["documents"] if r["type"] in ("09", "48")
    }
    wrong = {"left": "右侧", "right": "左侧"}
    contradicting = set()
    for row in rows["document_sections"]:
        told = side.get(about.get(row["document_id"]))
        if told in wrong and row["section"] in ("手术经过", "术后首次病程"):
            text = row["text"].replace("探查右侧未见异常", "").replace("探查左侧未见异常", "")
            if wrong[told] in text:
                contradicting.add(f"{row['document_id']}|{row['section']}")
    entered = {
        r["key"]
        for r in rows["planted_events"]
        if r["rule"] == "operation_side_contradiction" and r["verdict"] == "fault"
    }
    assert entered == contradicting


def test_nobody_gets_what_his_record_says_he_cannot_take_but_planted(rows):
    allergic = {}
    for row in rows["document_sections"]:
        if row["section"] == "既往史" and "类药物过敏" in (row["text"] or ""):
            allergic[row["stay_id"]] = row["text"].split("对")[-1].split("类药物过敏")[0]
    contained = {
        "青霉素": ("青霉素", "哌拉西林", "美罗培南"),
        "头孢": ("头孢",),
        "喹诺酮": ("沙星",),
        "阿司匹林": ("阿司匹林", "氟比洛芬"),
        "磺胺": ("呋塞米", "帕瑞昔布"),
    }
    hit = {
        row["medication_id"]
        for row in rows["medications"]
        if any(word in row["name"] for word in contained.get(allergic.get(row["stay_id"], ""), ()))
    }
    entered = {r["key"] for r in rows["planted_events"] if r["rule"] == "drug_despite_allergy"}
    assert hit <= entered
    assert len(allergic) > 20


def test_a_round_names_the_rank_of_who_wrote_it(rows):
    papers = {row["document_id"]: row for row in rows["documents"] if row["type"] == "39"}
    titles = {
        "attending": "主治医师",
        "associate_chief": "副主任医师",
        "chief": "主任医师",
        "resident": "住院医师",
    }
    checked = 0
    for row in rows["document_sections"]:
        paper = papers.get(row["document_id"])
        if paper and "上级医师查房" not in row["text"]:
            assert titles[paper["author_level"]] in row["text"]
            checked += 1
    assert checked > 500
