"""Who may read the numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from zhikong.site.monitoring import certificate, processes
from zhikong.site.monitoring.rules import is_older, may_read, seconds_since
from zhikong.site.proxy import believing

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("environ", "allowed", "may"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, [], True),
        ({"REMOTE_ADDR": "::1"}, [], True),
        ({"REMOTE_ADDR": "::ffff:127.0.0.1"}, [], True),
        ({"REMOTE_ADDR": "10.1.2.3"}, [], False),
        ({"REMOTE_ADDR": "10.1.2.3"}, ["10.1.0.0/16"], True),
        ({"REMOTE_ADDR": "10.1.2.3"}, ["nonsense", 7, "10.1.2.3"], True),
        ({"REMOTE_ADDR": "10.2.2.3"}, ["10.1.0.0/16"], False),
        ({"REMOTE_ADDR": ""}, ["0.0.0.0/0"], False),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "9.9.9.9"}, [], False),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1, 9.9.9.9"}, [], False),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.1.2.3"}, ["10.1.2.3"], True),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_REAL_IP": "9.9.9.9"}, [], False),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=127.0.0.1"}, [], False),
    ],
)
def test_numbers_are_for_this_machine_and_allowed_addresses_and_a_proxy_opens_nothing(environ, allowed, may):
    assert may_read(environ, allowed) is may


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED"])
@pytest.mark.parametrize("trusted", [(), ("127.0.0.1",)])
def test_whoever_comes_through_a_proxy_of_this_machine_does_not_read_the_numbers(header, trusted):
    seen = {}
    application = believing(lambda environ, start_response: seen.update(environ) or [], trusted)
    application({"REMOTE_ADDR": "127.0.0.1", header: "9.9.9.9"}, lambda *_: None)
    assert not may_read(seen, [])


def test_what_never_happened_is_old_and_a_clock_that_went_back_makes_no_negative_age():
    assert is_older(None, timedelta(hours=1), now=NOW)
    assert is_older(NOW - timedelta(hours=2), timedelta(hours=1), now=NOW)
    assert not is_older(NOW - timedelta(minutes=2), timedelta(hours=1), now=NOW)
    assert seconds_since(NOW + timedelta(hours=1), now=NOW) == 0


def test_the_days_of_a_certificate(tmp_path):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "qc.hospital")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=20))
    path = tmp_path / "site.pem"
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    assert certificate.days_left(path, now=NOW) == 20
    assert certificate.days_left(path, now=NOW + timedelta(days=21)) == -1
    assert certificate.days_left(tmp_path / "none.pem", now=NOW) is None
    (tmp_path / "none.pem").write_text("no certificate")
    assert certificate.days_left(tmp_path / "none.pem", now=NOW) is None


@pytest.mark.parametrize(
    ("command", "name", "kind"),
    [
        (["python", "-m", "zhikong.site.webserver", "127.0.0.1"], "python", "web"),
        (["python", "-m", "zhikong", "worker", "--supervised"], "python", "worker"),
        (["python", "-I", "/x/guardian.py"], "python", "database"),
        (["/x/postgres", "-D", "x"], "postgres", "database"),
        (["sleep"], "sleep", "other"),
    ],
)
def test_processes_are_told_apart_by_their_commands(command, name, kind):
    assert processes.kind_of(command, name) == kind
