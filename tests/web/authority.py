"""A certificate authority of the test's own: who trusts its file trusts whom it has signed for."""
from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LONG = timedelta(days=9000)


@dataclass(frozen=True)
class Authority:
    """Its name and key; `trusted` is the file that says whom to trust."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    trusted: Path

    def certificate(self, address: str) -> tuple[Path, Path]:
        """A certificate for a server at an address (IP), and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        signed = _certificate(_name(address), key, by=self).add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False).sign(
            self.key, hashes.SHA256())
        paths = (self.trusted.with_name(f"{address}.pem"), self.trusted.with_name(f"{address}.key"))
        paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return paths

    def context(self, address: str) -> ssl.SSLContext:
        """What a server at an address (IP) encrypts with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate(address))
        return context


def make_authority(folder: Path) -> Authority:
    """Make an authority whose files lie in a folder of its own."""
    folder.mkdir(exist_ok=True)
    authority = Authority(_name(folder.name), ec.generate_private_key(ec.SECP256R1()), folder / "trusted.pem")
    signed = _certificate(authority.name, authority.key, by=authority).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(authority.key, hashes.SHA256())
    authority.trusted.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return authority


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _certificate(subject: x509.Name, key: ec.EllipticCurvePrivateKey, *,
                 by: Authority) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(by.name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - LONG)
            .not_valid_after(now + LONG))
