"""Random sound form definitions, with every type and field, for round trips."""

from datetime import date

from hypothesis import strategies as st

from zhikong.foundation.forms.building.scores import with_full_score

LETTERS = st.text("急救车上锁封条氧气瓶压力交接班记录是否完好 abc'\"=+:：；|\n1-", min_size=1, max_size=14)
TEXT = LETTERS.map(lambda t: " ".join(t.split())).filter(bool)
POINTS = st.sampled_from([0.5, 1, 2.5, 5, 10])
NUMBERS = st.one_of(st.integers(-50, 50), st.sampled_from([0.25, -1.5, 36.5]))
CELLS = ("text", "number", "yes_no", "choice", "date", "time", "department")
TYPES = (
    "yes_no",
    "yes_no_na",
    "choice",
    "choices",
    "number",
    "text",
    "long_text",
    "date",
    "time",
    "datetime",
    "person",
    "department",
    "patient",
    "photo",
    "signature",
    "table",
    "observation",
    "note",
)


def options(scored):
    one = st.tuples(TEXT, POINTS).map(lambda p: {"text": p[0]} | ({"score": p[1]} if scored else {}))
    return st.lists(one, min_size=2, max_size=4).map(
        lambda found: [{"code": f"o{n}", **option} for n, option in enumerate(found)]
    )


def some(draw, item, name, strategy):
    """The field, half of the time."""
    if draw(st.booleans()):
        item[name] = draw(strategy)


@st.composite
def measures(draw, kind):
    """The fields that only this type has."""
    item = {}
    if kind == "number":
        some(draw, item, "unit", st.sampled_from(["MPa", "℃"]))
        some(draw, item, "decimals", st.integers(1, 3))
        low, high = sorted([draw(NUMBERS), draw(NUMBERS)])
        some(draw, item, "min", st.just(low))
        some(draw, item, "max", st.just(high))
    if kind == "observation":
        some(draw, item, "of", st.integers(1, 100))
    if kind in ("choice", "choices"):
        item["options"] = draw(options(False))
    return item


@st.composite
def items(draw, name, above):
    kind = draw(st.sampled_from(TYPES))
    item = {"id": name, "type": kind, "text": draw(TEXT), **draw(measures(kind))}
    if kind == "table":
        kinds = draw(st.lists(st.sampled_from(CELLS), min_size=1, max_size=3))
        item["columns"] = [
            {"id": f"c{n}", "type": k, "text": draw(TEXT), **draw(measures(k))} for n, k in enumerate(kinds)
        ]
        if draw(st.booleans()):
            item["rows"] = {"min": draw(st.integers(0, 2)), "max": draw(st.integers(3, 20))}
        else:
            item["fixed"] = draw(st.lists(TEXT, min_size=1, max_size=3, unique=True))
    scored = kind in ("yes_no", "yes_no_na", "observation") and draw(st.booleans())
    if scored:
        item["score"] = {"full": draw(POINTS)}
        if kind != "observation" and draw(st.booleans()):
            item["score"]["when_no"] = item["score"]["full"] / 2
    elif kind in ("choice", "choices") and draw(st.booleans()):
        item["options"] = draw(options(True))
        scored = True
    if not scored and kind != "note":
        some(draw, item, "required", st.just(True))
    if kind in ("yes_no", "yes_no_na"):
        effects = ["fail", "section_zero", "sheet_zero", {"deduct": 1}] if scored else ["fail"]
        some(draw, item, "veto", st.sampled_from(effects))
        some(draw, item, "evidence", st.sampled_from(["when_no", "always"]))
    some(draw, item, "help", TEXT)
    some(draw, item, "clause", TEXT)
    if kind in ("yes_no", "yes_no_na", "observation"):
        some(draw, item, "severity", st.sampled_from(["minor", "major"]))
    if kind not in ("note", "photo", "signature"):
        some(draw, item, "check", st.sampled_from(["look", "watch", "ask", "read", "try", "count"]))
        some(draw, item, "mark", st.sampled_from(["verified", "paraphrased", "memory"]))
    askable = [i["id"] for i in above if i["type"] in ("yes_no", "yes_no_na")]
    if askable and draw(st.booleans()):
        item["show_if"] = f"{draw(st.sampled_from(askable))} = 'no'"
    return item


@st.composite
def papers(draw):
    """The data of a form that the reading finds no fault with."""
    above, sections = [], []
    for number in range(draw(st.integers(1, 3))):
        section = {"id": f"part{number}", "title": draw(TEXT), "items": []}
        some(draw, section, "help", TEXT)
        for _n in range(draw(st.integers(1, 4))):
            item = draw(items(f"q{len(above)}", above))
            above.append(item)
            section["items"].append(item)
        if draw(st.booleans()):
            section["scoring"] = "sum"
        sections.append(section)
    data = {
        "id": "paper",
        "version": 1,
        "kind": draw(st.sampled_from(["checklist", "register", "score_sheet"])),
        "title": {"zh": draw(TEXT), **({"en": "Paper"} if draw(st.booleans()) else {})},
        "purpose": draw(TEXT),
        "source": {
            "document": draw(TEXT),
            "mark": draw(st.sampled_from(["verified", "paraphrased", "memory"])),
        },
        "owner": "nursing",
        "checker": "quality_office",
        "next_review": draw(st.dates(date(2026, 1, 1), date(2030, 12, 31))),
        "subject": draw(st.sampled_from(["department", "person", "none"])),
        "sections": sections,
    }
    some(
        draw,
        data,
        "fill",
        st.lists(st.sampled_from(["nurse", "head_nurse", "physician"]), min_size=1, unique=True),
    )
    some(draw, data, "notes", TEXT)
    some(draw, data, "number", st.just("JC-{year}-{serial:04d}"))
    data = with_full_score(data)
    if "full_score" in data and draw(st.booleans()):
        data["pass_score"] = data["full_score"] / 2
        data["grades"] = [{"at_least": data["full_score"] / 2, "name": "甲"}, {"at_least": 0, "name": "乙"}]
    return data
