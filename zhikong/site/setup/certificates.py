"""Whether a certificate can serve: it belongs to the key, names this site, is in date, and its chain is whole."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from zhikong.site.home import Explained

SOON = timedelta(days=30)
LEAST_RSA = 2048  # bits


class CertificateRefused(Explained):
    """The certificate or its key cannot be used; the sentence says why."""


def check(*, certificate: Path, key: Path, names: Sequence[str], now: datetime) -> list[str]:
    """Raises CertificateRefused; gives sentences about what works and should be known. now: with zone."""
    chain = _chain(certificate)
    _check_key(key, chain[0])
    _check_dates(chain[0], now)
    if missing := [name for name in names if not _covers(chain[0], name)]:
        raise CertificateRefused(
            f"证书 {certificate} 不包含访问名称 {'、'.join(missing)}，浏览器会报警。证书里的名称：{'、'.join(_names(chain[0])) or '无'}。"
        )
    return list(_remarks(chain, now))


def _chain(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise CertificateRefused(f"读不了证书 {path}：{error.strerror}。") from error
    except ValueError as error:
        raise CertificateRefused(
            f"{path} 不是 PEM 格式的证书（应以 -----BEGIN CERTIFICATE----- 开头）。"
        ) from error


def _check_key(path: Path, certificate: x509.Certificate) -> None:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise CertificateRefused(f"读不了私钥 {path}：{error.strerror}。") from error
    except TypeError as error:
        raise CertificateRefused(
            f"私钥 {path} 有口令保护，服务无人值守时打不开。请用 openssl 去掉口令并设权限 600。"
        ) from error
    except ValueError as error:
        raise CertificateRefused(f"{path} 不是 PEM 格式的私钥。") from error
    if path.stat().st_mode & 0o007:
        raise CertificateRefused(f"私钥 {path} 任何人都能读。请先执行：chmod 600 {path}")
    if _public(key.public_key()) != _public(certificate.public_key()):
        raise CertificateRefused("证书和私钥不是一对。请检查是否拿错了文件。")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < LEAST_RSA:
        raise CertificateRefused(
            f"私钥只有 {key.key_size} 位，浏览器会拒绝。请重新申请 {LEAST_RSA} 位以上的证书。"
        )


def _public(key) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _check_dates(certificate: x509.Certificate, now: datetime) -> None:
    if certificate.not_valid_after_utc <= now:
        raise CertificateRefused(f"证书已于 {certificate.not_valid_after_utc:%Y-%m-%d} 过期。请先续期。")
    if certificate.not_valid_before_utc > now:
        raise CertificateRefused(
            f"证书要到 {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} 才生效（UTC）。请检查服务器的时钟。"
        )


def _names(certificate: x509.Certificate) -> list[str]:
    """Names and addresses that the certificate is for; the old common name is not one for browsers."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = map(str, found.get_values_for_type(x509.IPAddress))
    return [*found.get_values_for_type(x509.DNSName), *addresses]


def _covers(certificate: x509.Certificate, name: str) -> bool:
    """Exactly, or by a star for the first part of a name."""
    try:
        return str(ipaddress.ip_address(name.strip("[]"))) in _names(certificate)
    except ValueError:
        pass
    starred = "*." + name.partition(".")[2]
    return any(known.lower() in (name.lower(), starred.lower()) for known in _names(certificate))


def _remarks(chain: list[x509.Certificate], now: datetime) -> Iterator[str]:
    left = chain[0].not_valid_after_utc - now
    if left < SOON:
        yield f"证书还有 {left.days} 天到期，请尽快续期。"
    if chain[0].issuer == chain[0].subject:
        yield "证书是自签的：每台电脑都要先信任它，否则浏览器会报警。"
    elif len(chain) == 1:
        yield "证书文件里只有一张，没有中级证书；有的电脑可能报警。请把中级证书接在后面。"
    for below, above in pairwise(chain):
        if not _signed(below, above):
            yield "证书链的次序不对：每一张应由下一张签发。"
            return


def _signed(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
