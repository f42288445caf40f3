"""The recovery key on paper."""

import pytest

from zhikong.site.backup import keys

KEY = bytes(range(32))


def test_what_is_on_paper_is_read_back():
    paper = keys.on_paper(KEY)
    assert keys.read(paper) == KEY
    assert keys.read(f" {paper.lower().replace('-', ' ')}\n") == KEY
    assert [len(group) for group in paper.split("-")] == [7] * 8


@pytest.mark.parametrize("place", range(0, 56, 5))
def test_one_wrong_letter_is_noticed(place):
    letters = list(keys.on_paper(KEY).replace("-", ""))
    letters[place] = "A" if letters[place] != "A" else "B"
    with pytest.raises(keys.WrongKey, match="抄写有误"):
        keys.read("".join(letters))


@pytest.mark.parametrize("text", ["", "AAAA", "不是密钥", "1" * 56, "A" * 56])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(keys.WrongKey):
        keys.read(text)


def test_purposes_have_keys_of_their_own():
    assert len({keys.derived(KEY, "names"), keys.derived(KEY, "content"), KEY}) == 3


def test_the_own_key_is_made_once_and_private(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIKONG_KEYS", str(tmp_path / "keys"))
    assert keys.own() == keys.own()
    assert keys.path().stat().st_mode & 0o777 == 0o600
