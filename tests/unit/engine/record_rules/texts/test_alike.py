"""Copies are found without comparing each text with each: as brute force finds them."""

import random

from rapidfuzz.distance import Indel

from zhikong.engine.record_rules.texts.alike import earlier_likes, signature

WORDS = [
    "胸闷",
    "气促",
    "减轻",
    "加重",
    "心率齐",
    "双肺呼吸音清",
    "未闻及啰音",
    "继续",
    "抗感染",
    "化痰",
    "监测",
    "血压",
    "复查",
    "血常规",
    "明日",
    "出院",
    "切口",
    "干燥",
    "引流",
    "通畅",
]


def notes(rng, count):
    return ["，".join(rng.choices(WORDS, k=14)) + f"，脉搏{rng.randrange(60, 110)}次。" for _ in range(count)]


def test_finds_what_brute_force_finds():
    rng = random.Random(7)
    texts = notes(rng, 250)
    texts += [text.replace("继续", "停用", 1) + "观察。" for text in texts[:40]]
    found = {
        here: (there, share)
        for here, there, share in earlier_likes(texts, [0] * len(texts), range(len(texts)), 0.9)
    }
    expected = {
        here for here in range(len(texts)) for there in range(here)
        if Indel.normalized_similarity(texts[here], texts[there]) >= 0.9
    }  # fmt: skip
    assert found.keys() == expected
    assert set(range(250, 290)) <= found.keys()
    assert all(there < here and share >= 0.9 for here, (there, share) in found.items())


def test_only_others_of_the_same_room_are_compared():
    texts = notes(random.Random(1), 1) * 4
    found = list(earlier_likes(texts, ["A", "B", "A", "A"], ["x", "y", "x", "z"], 0.95))
    assert found == [(3, 0, 1.0)]  # the third has the owner of the first; the second lies in another room


def test_a_text_too_short_has_no_signature():
    assert signature("同前") == ()
    assert len(signature("同前。")) == 12


def test_what_must_be_the_same_to_the_letter_is_found_in_one_pass():
    texts = ["甲", "乙", "甲", "甲", "甲乙"]
    assert list(earlier_likes(texts, ["A"] * 5, ["x", "x", "x", "y", "z"], 1.0)) == [(3, 0, 1.0)]
    assert list(earlier_likes(["甲"] * 3, ["A"] * 3, ["x", "y", "x"], 1.0)) == [(1, 0, 1.0), (2, 1, 1.0)]
