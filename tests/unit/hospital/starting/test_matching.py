"""Which files of an upload belong together."""

from zhikong.hospital.overviews.starting.rules.matching import Delivery, Given, sort


def main(name, mapping="hqms"):
    return Given(name, main=mapping)


def beside(name, source="annex", mapping="hqms"):
    return Given(name, fits={mapping: [source]})


def test_one_front_page_takes_everything_that_fits_it():
    found = sort([beside("附页.csv"), main("首页.csv"), beside("床位.csv", "beds")])
    assert found.deliveries == (Delivery("首页.csv", "hqms", {"annex": "附页.csv", "beds": "床位.csv"}),)
    assert found.left == ()


def test_of_several_the_numbers_in_the_names_decide():
    found = sort([main("首页2025.csv"), main("首页2026.csv"), beside("附页2026.csv"), beside("附页2025.csv")])
    assert [(one.main, one.beside) for one in found.deliveries] == [
        ("首页2025.csv", {"annex": "附页2025.csv"}),
        ("首页2026.csv", {"annex": "附页2026.csv"}),
    ]


def test_what_cannot_be_placed_is_named_with_its_reason():
    found = sort([main("a2025.csv"), main("b2026.csv"), beside("附页.csv"), Given("说明.txt")])
    assert {name: reason[:6] for name, reason in found.left} == {
        "附页.csv": "有几份首页，",
        "说明.txt": "从表头认不出",
    }
    alone = sort([beside("附页.csv")])
    assert alone.deliveries == ()
    assert "一起选" in alone.left[0][1]


def test_a_companion_of_another_family_is_not_taken():
    found = sort([main("N041.csv", "n041"), beside("附页.csv")])
    assert found.deliveries[0].beside == {}
    assert found.left


def test_two_of_the_same_kind_are_not_both_taken():
    found = sort([main("首页.csv"), beside("附页1.csv"), beside("附页2.csv")])
    assert found.deliveries[0].beside == {"annex": "附页1.csv"}
    assert "同一种文件" in found.left[0][1]
