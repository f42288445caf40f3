"""Random drafts and random acts on them, as people at an editor would make them."""

from copy import deepcopy

from hypothesis import strategies as st

from zhikong.foundation.forms.building import outline

WORDS = st.sampled_from(["上锁", "封条完好", "氧气瓶压力", "是否登记", "交接班"])


def blank():
    return {
        "id": "round",
        "version": 1,
        "kind": "checklist",
        "title": {"zh": "检查", "en": "Round"},
        "sections": [
            {
                "id": "outside",
                "title": "外观",
                "items": [
                    {"id": "locked", "type": "yes_no_na", "text": "上锁", "score": {"full": 10}},
                    {
                        "id": "why",
                        "type": "text",
                        "text": "原因",
                        "show_if": "locked = 'no' and today > '2026-01-01'",
                    },
                ],
            },
            {
                "id": "drugs",
                "title": "药品",
                "items": [{"id": "expired", "type": "yes_no", "text": "无过期"}],
            },
        ],
    }


@st.composite
def acts(draw):
    """One act as (name, argument…) whose indices are taken modulo what is there."""
    name = draw(st.sampled_from(["add", "move", "delete", "change", "retitle", "section"]))
    return name, draw(st.integers(0, 9)), draw(st.sampled_from([-1, 1])), draw(WORDS)


def act(data, step, taken=()):
    """The act applied to the data; an act without anything to act on changes nothing."""
    name, number, way, word = step
    items = [i["id"] for i in outline.items(data)]
    section = data["sections"][number % len(data["sections"])]["id"]
    if name == "add":
        return outline.add_item(data, section_id=section, values={"text": word}, taken=taken)[0]
    if name == "section":
        return outline.add_section(data, title=word, taken=taken)[0]
    if name == "retitle":
        return outline.change_section(data, section, {"title": word})
    if not items:
        return data
    item = items[number % len(items)]
    if name == "move":
        return outline.move_item(data, item, way)
    if name == "delete":
        return outline.delete_item(data, item)
    return outline.change_item(data, item, {"text": word, "required": True})


def after(data, steps, taken=()):
    data = deepcopy(data)
    for step in steps:
        data = act(data, step, taken)
    return data


many = st.lists(acts(), max_size=6)
