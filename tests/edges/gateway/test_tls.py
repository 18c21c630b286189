"""The gateway behind TLS, with a certificate made for the story."""

from __future__ import annotations

import ssl
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from tests.edges.gateway.scene import Caller, device, keys, played

from songhe.core.mqtt import Connack, Puback
from songhe.core.refusal import Refused
from songhe.edges.gateway.hub import Hub
from songhe.edges.gateway.server import tls_of


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine that signs itself, and its key, as PEM files."""
    key, at = ec.generate_private_key(ec.SECP256R1()), timezone.now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(hours=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.usefixtures("ground")
def test_a_device_that_trusts_the_certificate_is_heard_and_nobody_speaks_in_the_clear(tmp_path: Path) -> None:
    device("L1")
    cert, key = certificate(tmp_path)

    async def story(hub: Hub, port: int) -> None:
        caller = Caller(port, "L1", tls=ssl.create_default_context(cafile=str(cert)))
        assert await caller.introduce() == Connack(0)
        assert caller.writer.get_extra_info("ssl_object").version() in ("TLSv1.2", "TLSv1.3")
        assert await caller.told(1, {"id": 1, "kind": "sos"}) == Puback(1)
        with pytest.raises(ssl.SSLCertVerificationError):
            await Caller(port, "L1", tls=ssl.create_default_context()).open()
        plain = Caller(port, "L1")
        with suppress(ConnectionResetError):
            assert await plain.introduce() is None
        assert len(hub.lines) == 1, "who does not speak TLS is no connection at all"
        assert await caller.told(2, {"id": 2, "kind": "sos"}) == Puback(2)

    played(story, tls=tls_of(cert, key))
    assert keys("L1") == ["1", "2"]


def test_a_certificate_that_cannot_be_used_is_told_before_anything_listens(tmp_path: Path) -> None:
    cert, _key = certificate(tmp_path)
    assert tls_of(None, None) is None
    for given in ((cert, None), (cert, tmp_path / "none.pem"), (tmp_path / "none.pem", None)):
        with pytest.raises(Refused, match="PEM"):
            tls_of(*given)
