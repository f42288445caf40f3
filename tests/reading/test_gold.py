"""Does the reader say of a plan what people say of it? The five seeds and plans of other habits, by groups of kinds."""

from pathlib import Path

import pytest

from tests.reading.gold import GROUPS, Figures, figures, wanted
from zhikong.reading.reader import read

HERE = Path(__file__).parent
SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
LEAST = 0.95


def _own():
    return sorted(HERE.glob("plans/*.gold"))


def _figures(gold: Path, text: str) -> dict[str, Figures]:
    return figures(wanted(gold, text), read(text).as_json()["items"])


def _together(found: list[dict[str, Figures]]) -> dict[str, Figures]:
    return {group: sum((one[group] for one in found), Figures(0, 0, 0)) for group in GROUPS}


def _hold(found: dict[str, Figures]) -> None:
    for group, one in found.items():
        assert one.recall >= LEAST, (group, one)
        assert one.precision >= LEAST, (group, one)


@pytest.mark.proves("PLN-03")
def test_the_five_seeds_are_read_as_their_gold_says():
    if not SEEDS.exists():
        pytest.skip("the five seed documents are not on this machine")
    golds = sorted(HERE.glob("seeds_*.gold"))
    texts = [next(SEEDS.glob(f"{one.stem.removeprefix('seeds_')}_*.txt")).read_text("utf-8") for one in golds]
    assert len(golds) == 5
    _hold(_together([_figures(gold, text) for gold, text in zip(golds, texts, strict=True)]))


def test_plans_of_other_habits_are_read_as_their_gold_says():
    assert len(_own()) >= 6
    _hold(_together([_figures(one, one.with_suffix(".txt").read_text("utf-8")) for one in _own()]))


@pytest.mark.parametrize("gold", _own(), ids=lambda one: one.stem)
def test_every_single_plan_is_read_well(gold):
    found = _figures(gold, gold.with_suffix(".txt").read_text("utf-8"))
    total = sum(found.values(), Figures(0, 0, 0))
    assert total.recall >= LEAST, total
    assert total.precision >= LEAST, total
