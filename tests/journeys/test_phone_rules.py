"""What the phone works out by itself is what the server works out: conditions, scores, grades; and every word is there."""

import random
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.phones import PAGE, Phone
from zhikong.foundation.forms import answers as judging
from zhikong.foundation.forms import scoring
from zhikong.foundation.forms.definition.model import ItemType
from zhikong.foundation.forms.definition.reading import read
from zhikong.hospital.functions.inspections.queries.visiting.phone_forms import form_json
from zhikong.hospital.functions.inspections.views.visiting import phone, phone_words

PACKS = Path(phone.__file__).resolve().parents[5] / "packs" / "national"
ON = date(2026, 11, 23)
COUNTS = {"yes_no": ["yes", "no"], "yes_no_na": ["yes", "no", "na"]}


def forms():
    """Packaged checklists and sheets that a visit may take along."""
    files = [*sorted(PACKS.glob("checklists/*.yaml")), PACKS / "forms/crash_cart_round.yaml", PACKS / "forms/hand_hygiene_observation.yaml"]  # fmt: skip
    return [form for file in files if not isinstance(form := read(file.read_text("utf-8"), file=file), list)]


def guess(item, chance):
    """A random stored answer of an item, None for none."""
    if chance.random() < 0.15 or not item.has_answer:
        return None
    if item.type in COUNTS:
        return chance.choice(COUNTS[item.type])
    if item.type is ItemType.CHOICE:
        return chance.choice(item.options).code
    if item.type is ItemType.CHOICES:
        return [option.code for option in item.options if chance.random() < 0.5] or None
    if item.type is ItemType.OBSERVATION:
        m = chance.randint(1, 30)
        return {"n": chance.randint(0, m), "m": m}
    if item.type is ItemType.NUMBER:
        low, high = int(item.min or 0), int(item.max if item.max is not None else 40)
        number = chance.randint(low, high)
        return number + chance.choice([0, 0.5]) if item.decimals and number < high else number
    if item.type is ItemType.DATE:
        return f"2026-11-{chance.randint(1, 28):02d}"
    return {ItemType.TEXT: "有", ItemType.LONG_TEXT: "有", ItemType.TIME: "08:30"}.get(item.type)


def cases():
    """(form, answers, which items show, score) for random answers to every form."""
    chance = random.Random(7)
    for form in forms():
        for _ in range(4):
            raw = {item.id: value for item in form.items() if (value := guess(item, chance)) is not None}
            cleaned = judging.clean(form, raw, final=False, today=ON)
            yield form, raw, cleaned, scoring.score(form, cleaned.values)


IN_THE_BROWSER = """async ([base, forms, cases, on]) => {
  const { shown } = await import(`${base}/condition.js`);
  const { score } = await import(`${base}/scoring.js`);
  return cases.map(([id, answers]) => {
    const form = forms[id];
    const visible = shown(form, answers, on);
    const counted = Object.fromEntries(Object.entries(answers).filter(([name]) => visible.has(name)));
    const found = score(form, counted);
    return [[...visible].sort(), found && [found.total, found.grade, found.passed]];
  });
}"""


@pytest.mark.proves("INS-12")
def test_the_phone_shows_and_scores_like_the_server(chromium, make_user):
    tried = list(cases())
    assert any(form.is_scored for form, *_ in tried)
    assert any(item.condition for form, *_ in tried for item in form.items())
    held = Phone(chromium, make_user("quality_office"))
    held.page.goto(PAGE)
    given = [
        f"{PAGE}module/{phone.build()}",
        {form.id: form_json(form) for form, *_ in tried},
        [[form.id, raw] for form, raw, *_ in tried],
        ON.isoformat(),
    ]
    found = held.page.evaluate(IN_THE_BROWSER, given)
    held.close()
    for (form, raw, cleaned, right), (visible, counted) in zip(tried, found, strict=True):
        assert visible == sorted(cleaned.visible), (form.id, raw)
        if right is None:
            assert counted is None
            continue
        total, grade, passed = counted
        assert (total is None) == (right.total is None)
        if total is not None:
            assert Decimal(str(total)) == right.total, (form.id, raw)
            assert grade == right.grade, (form.id, raw)
        assert passed == right.passed, (form.id, raw)


def program():
    return {file.name: file.read_text("utf-8") for file in phone.FOLDER.glob("*.js")}


def test_every_word_that_the_program_says_is_there_and_no_other():
    text = "\n".join(program().values())
    words = phone_words.words()
    said = set(re.findall(r'"(\w+)"', text))
    missing = {name for name in re.findall(r'(?<![#.\w])say\(\s*"(\w+)"', text) if name not in words}
    assert missing == set()
    made = {prefix for prefix in re.findall(r"say\(`(\w+_)\$\{", text)}
    unused = {name for name in words if name not in said and not any(name.startswith(one) for one in made)}
    assert unused == set()


def test_no_word_stands_in_the_program_itself():
    for name, text in program().items():
        assert not re.search(r"[\u4e00-\u9fff]", text), name


def test_every_icon_that_the_program_draws_is_on_the_page():
    text = "\n".join(program().values())
    drawn = set(re.findall(r'icon\("([a-z-]+)"', text)) | set(re.findall(r'sign: "([a-z-]+)"', text))
    assert drawn == set(phone.ICON_NAMES)


def test_files_are_short_and_belong_to_nobody_else():
    for name, text in program().items():
        assert len(text.splitlines()) < 300, name
        assert "http" not in text.replace("https or", "").replace("(https,", ""), name
