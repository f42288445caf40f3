"""Reward codes: genuine, paid once, and joined with nothing that the database keeps."""

import pytest

from zhikong.hospital.functions.incidents.spool import claims, tickets
from zhikong.hospital.functions.incidents.spool.places import Places

KEYS = ["KX7SJ5RTW85Q7YXYGR5M", "3BQT9WWYN2CZ8HDMKF4V", "ZZZZYYYYXXXXWWWWVVVV"]


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("claims")
    return claims.signer(Places(folder / "spool", folder / "keys"), 2000)


def code_for(key, signer):
    return claims.code(key, signer.sign(claims.blinded(key, signer.public)), signer.public)


def test_a_code_is_genuine_can_be_typed_and_says_nothing_of_the_key(signer):
    code = code_for(KEYS[0], signer)
    assert claims.is_genuine(tickets.typed(tickets.grouped(code).lower()), signer)
    assert code == code_for(KEYS[0], signer)
    assert KEYS[0] not in code


def test_a_changed_or_made_up_code_is_none_of_ours(signer):
    code = code_for(KEYS[0], signer)
    other = "2" if code[-1] != "2" else "3"
    assert not claims.is_genuine(code[:-1] + other, signer)
    assert not claims.is_genuine(other + code[1:], signer)
    assert not claims.is_genuine("", signer)


def test_a_signature_of_another_amount_gives_no_code(signer, tmp_path):
    dearer = claims.signer(Places(tmp_path, tmp_path), 5000)
    wrong = dearer.sign(claims.blinded(KEYS[0], dearer.public)) % signer.modulus
    with pytest.raises(ValueError, match="signature"):
        claims.code(KEYS[0], wrong, signer.public)
    assert not claims.is_genuine(code_for(KEYS[0], dearer), signer)


def test_what_the_database_keeps_fits_every_code_equally_well(signer):
    """For each signed number and each code there is a blinding factor that joins them: they join nothing."""
    modulus, exponent = signer.modulus, signer.exponent
    for key in KEYS:
        kept = claims.blinded(key, signer.public)
        for other in KEYS:
            hidden = claims._hashed(claims._random_half(other), signer.public)
            factor = signer.sign(kept * pow(hidden, -1, modulus) % modulus)
            assert hidden * pow(factor, exponent, modulus) % modulus == kept


def test_what_is_no_number_of_the_key_is_not_signed(signer):
    for bad in (0, 1, signer.modulus - 1, signer.modulus + 5):
        with pytest.raises(ValueError, match="range"):
            signer.sign(bad)
