"""Certificates that can and cannot serve."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from zhikong.site.setup.certificates import CertificateRefused, check

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NAME = "zhikong.hospital.lan"


def _key():
    return ec.generate_private_key(ec.SECP256R1())


def _certificate(
    key, *, issuer=None, issuer_key=None, names=(NAME,), since=-10, days=365, subject="zk", ca=False
):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    known = [
        x509.IPAddress(ipaddress.ip_address(one)) if one[0].isdigit() else x509.DNSName(one) for one in names
    ]
    start = NOW + timedelta(days=since)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if known:
        builder = builder.add_extension(x509.SubjectAlternativeName(known), critical=False)
    return builder.sign(issuer_key or key, hashes.SHA256())


@pytest.fixture
def files(tmp_path):
    """Writes a chain and a key; gives their paths."""

    def write(chain, key, *, mode=0o600, password=None):
        certificate, private = tmp_path / "zk.crt", tmp_path / "zk.key"
        certificate.write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain))
        sealed = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, sealed))
        private.chmod(mode)
        return {"certificate": certificate, "key": private}

    return write


def _judge(paths, *names):
    return check(**paths, names=names or (NAME,), now=NOW)


def test_a_whole_chain_serves_without_a_remark(files):
    root_key, key = _key(), _key()
    root = _certificate(root_key, subject="hospital root", names=(), ca=True)
    assert _judge(files([_certificate(key, issuer=root, issuer_key=root_key), root], key)) == []


def test_self_signed_missing_and_wrong_issuers_are_told(files):
    key, root_key = _key(), _key()
    root = _certificate(root_key, subject="hospital root", names=(), ca=True)
    assert "自签" in _judge(files([_certificate(key)], key))[0]
    signed = _certificate(key, issuer=root, issuer_key=root_key)
    assert "中级证书" in _judge(files([signed], key))[0]
    stranger = _certificate(_key(), subject="hospital root", names=(), ca=True)
    assert "次序不对" in _judge(files([signed, stranger], key))[0]


def test_stars_and_addresses_are_names(files):
    key = _key()
    paths = files([_certificate(key, names=("*.hospital.lan", "10.0.0.5"))], key)
    _judge(paths, "zk.hospital.lan", "10.0.0.5")
    with pytest.raises(CertificateRefused, match=r"不包含访问名称 deep\.zk\.hospital\.lan"):
        _judge(paths, "deep.zk.hospital.lan")


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ({"days": 5}, "已于 2026-11-18 过期"),
        ({"since": 3}, "才生效.*时钟"),
        ({"names": ("other.lan",)}, r"不包含访问名称.*证书里的名称：other\.lan"),
        ({"names": ()}, "证书里的名称：无"),
    ],
)
def test_dates_and_names_are_checked(files, made, told):
    key = _key()
    with pytest.raises(CertificateRefused, match=told):
        _judge(files([_certificate(key, **made)], key))


def test_one_that_ends_soon_is_told(files):
    key = _key()
    assert "还有 10 天到期" in " ".join(_judge(files([_certificate(key, days=20)], key)))


def test_keys_that_cannot_serve(files):
    key = _key()
    chain = [_certificate(key)]
    with pytest.raises(CertificateRefused, match="不是一对"):
        _judge(files(chain, _key()))
    with pytest.raises(CertificateRefused, match="chmod 600"):
        _judge(files(chain, key, mode=0o644))
    with pytest.raises(CertificateRefused, match="有口令保护"):
        _judge(files(chain, key, password=b"secret"))
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # too short on purpose
    with pytest.raises(CertificateRefused, match="只有 1024 位"):
        _judge(files([_certificate(short)], short))


def test_files_that_are_none_are_sentences(files, tmp_path):
    key = _key()
    paths = files([_certificate(key)], key)
    with pytest.raises(CertificateRefused, match="读不了证书"):
        _judge(paths | {"certificate": tmp_path / "none"})
    with pytest.raises(CertificateRefused, match="不是 PEM 格式的证书"):
        _judge(paths | {"certificate": paths["key"]})
    with pytest.raises(CertificateRefused, match="不是 PEM 格式的私钥"):
        _judge(paths | {"key": paths["certificate"]})
