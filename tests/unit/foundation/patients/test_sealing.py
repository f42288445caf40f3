"""Envelopes open with the right key for the right row only; masks tell no length."""

import pytest
from cryptography.exceptions import InvalidTag

from zhikong.foundation.patients.rules import (
    Identity,
    digest,
    key_of,
    masked_name,
    masked_number,
    seal,
    unseal,
)

WANG = Identity(name="王小明", record_number="10000076", phone="10056876024")
KEY = key_of("secret")


def test_what_is_sealed_opens_again_and_never_looks_the_same_twice():
    one, two = (seal(WANG, key=KEY, bound_to="1|p1") for _ in range(2))
    assert one != two
    assert unseal(one, key=KEY, bound_to="1|p1") == WANG
    assert "王小明".encode() not in one


@pytest.mark.parametrize(("key", "to"), [(key_of("other"), "1|p1"), (KEY, "1|p2"), (KEY, "2|p1")])
def test_a_wrong_key_or_another_row_opens_nothing(key, to):
    with pytest.raises(InvalidTag):
        unseal(seal(WANG, key=KEY, bound_to="1|p1"), key=key, bound_to=to)


def test_the_digest_tells_equal_from_changed_and_differs_between_rows():
    assert digest(WANG, key=KEY, bound_to="1|p1") == digest(WANG, key=KEY, bound_to="1|p1")
    assert digest(WANG, key=KEY, bound_to="1|p1") != digest(WANG, key=KEY, bound_to="1|p2")
    assert digest(WANG, key=KEY, bound_to="1|p1") != digest(Identity(), key=KEY, bound_to="1|p1")


@pytest.mark.parametrize(("name", "shown"), [("王明", "王**"), ("欧阳诗涵", "欧**"), ("", "***")])
def test_masked_names(name, shown):
    assert masked_name(name) == shown


@pytest.mark.parametrize(("number", "shown"), [("10000076", "****76"), ("12", "****"), ("", "****")])
def test_masked_numbers(number, shown):
    assert masked_number(number) == shown
