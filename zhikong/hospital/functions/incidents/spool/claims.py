"""Reward codes that nobody can join with a report: blind RSA signatures, shortened so that they can be written down.

The code's random half is derived from the writer's key, which the hospital does not have. What is signed is blinded
by a factor derived from the same key: the database holds a number that fits every code equally well. At the desk the
hospital signs the random half once more and compares. A code says one thing: somebody was granted this amount.
"""

import hashlib
import hmac
import math
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from zhikong.hospital.functions.incidents.spool import keys
from zhikong.hospital.functions.incidents.spool.places import Places
from zhikong.hospital.functions.incidents.spool.tickets import spelled

BITS = 2048
BYTES = BITS // 8
HALF = 16  # letters of each half of a code: 78 bits


@dataclass(frozen=True)
class Public:
    """What the writer's side needs."""

    modulus: int
    exponent: int


@dataclass(frozen=True)
class Signer:
    """The key of one amount."""

    modulus: int
    exponent: int
    secret: int

    @property
    def public(self) -> Public:
        return Public(self.modulus, self.exponent)

    def sign(self, blinded: int) -> int:
        """Sign what is shown, whatever it hides. Raises ValueError for what is no number of this key."""
        if not 1 < blinded < self.modulus - 1:
            raise ValueError("out of range")
        return pow(blinded, self.secret, self.modulus)


def signer(places: Places, fen: int) -> Signer:
    """The key of an amount, made at first use, kept with the spool's private keys."""
    path = places.keys / f"reward-{fen}.pem"
    if not path.exists():
        _make(path)
    key = load_pem_private_key(path.read_bytes(), None)
    numbers = key.private_numbers()
    return Signer(numbers.public_numbers.n, numbers.public_numbers.e, numbers.d)


def blinded(writer_key: str, public: Public) -> int:
    """What the writer sends to be signed."""
    factor = _factor(writer_key, public)
    return (
        _hashed(_random_half(writer_key), public)
        * pow(factor, public.exponent, public.modulus)
        % public.modulus
    )


def code(writer_key: str, signature: int, public: Public) -> str:
    """The reward code, once the signature has come. Raises ValueError when it is not one of this key."""
    half = _random_half(writer_key)
    plain = signature * pow(_factor(writer_key, public), -1, public.modulus) % public.modulus
    if pow(plain, public.exponent, public.modulus) != _hashed(half, public):
        raise ValueError("not a signature of this key")
    return half + _short(plain)


def is_genuine(text: str, own: Signer) -> bool:
    """Whether a code was signed with this key; asked at the desk."""
    half, rest = text[:HALF], text[HALF:]
    expected = _short(own.sign(_hashed(half, own.public)))
    return len(text) == 2 * HALF and hmac.compare_digest(rest.encode(), expected.encode())


def digest(text: str) -> str:
    """By this a code is known as paid."""
    return hashlib.sha256(b"zhikong reward paid" + text.encode()).hexdigest()


def _random_half(writer_key: str) -> str:
    return spelled(hmac.digest(writer_key.encode(), b"zhikong reward code", "sha256"), HALF)


def _factor(writer_key: str, public: Public) -> int:
    """Blinding factor: as good as random to whoever has not the key."""
    for turn in range(1000):
        found = _wide(b"zhikong reward blinding %d" % turn + writer_key.encode()) % public.modulus
        if found > 1 and math.gcd(found, public.modulus) == 1:
            return found
    raise ValueError("no factor")


def _hashed(half: str, public: Public) -> int:
    """A number over the whole range (full-domain hash)."""
    return _wide(b"zhikong reward hash" + half.encode()) % public.modulus


def _wide(text: bytes) -> int:
    return int.from_bytes(hashlib.shake_256(text).digest(BYTES + 16))


def _short(signature: int) -> str:
    return spelled(hashlib.sha256(b"zhikong reward half" + signature.to_bytes(BYTES)).digest(), HALF)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    keys.write_once(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
