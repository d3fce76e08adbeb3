"""A SAML identity provider of our own: its metadata on loopback, and answers it signs."""

from __future__ import annotations

import base64
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

ENTITY = "urn:example:our-provider"
SITE = "http://localhost/accounts/saml/district"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


@dataclass(frozen=True)
class Pair:
    """A key and its certificate, as PEM."""

    key: str
    certificate: str

    @property
    def bare(self) -> str:
        """The certificate without its first and last line."""
        return "".join(self.certificate.splitlines()[1:-1])


def new_pair() -> Pair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "our provider")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return Pair(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
    )


class Metadata(BaseHTTPRequestHandler):
    """Says who the provider is, and by which key it signs."""

    def do_GET(self) -> None:
        data = self.server.metadata.encode()  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args) -> None:
        """Say nothing."""


@contextmanager
def served(pair: Pair) -> Iterator[str]:
    """Serve the metadata; give the provider's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Metadata)
    address = f"http://127.0.0.1:{server.server_port}"
    server.metadata = (  # type: ignore[attr-defined]
        f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ENTITY}">'
        f'<IDPSSODescriptor protocolSupportEnumeration="{PROTOCOL}"><KeyDescriptor use="signing">'
        '<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>'
        f"{pair.bare}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService"
        f' Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{address}/sso"/>'
        "</IDPSSODescriptor></EntityDescriptor>"
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()


def question_in(address: str) -> etree._Element:
    """Return the question that a browser carries to the provider."""
    (packed,) = parse_qs(urlsplit(address).query)["SAMLRequest"]
    return etree.fromstring(zlib.decompress(base64.b64decode(packed), -15))


@dataclass
class Answer:
    """What the provider says; every field may be bent by a test."""

    question: str  # id of what was asked; "" for an answer that nobody asked for
    email: str = "nora.new@example.org"
    name_id: str = "an id of this time alone"
    audience: str = f"{SITE}/metadata/"
    issuer: str = ENTITY
    destination: str = f"{SITE}/acs/"
    recipient: str = f"{SITE}/acs/"
    starts: timedelta = timedelta(minutes=-5)
    lasts: timedelta = timedelta(minutes=5)
    sign_by: str = SHA256
    attributes: dict[str, str] = field(default_factory=lambda: {"name": "Kanary Bird"})

    def assertion(self, pair: Pair | None) -> str:
        """Return the assertion, signed by a key or not at all."""
        now = datetime.now(UTC)
        from_, until = (f"{now + one:%Y-%m-%dT%H:%M:%SZ}" for one in (self.starts, self.lasts))
        asked = f' InResponseTo="{self.question}"' if self.question else ""
        said = {**self.attributes, **({"email": self.email} if self.email else {})}
        told = "".join(
            f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue>'
            "</saml:Attribute>"
            for name, value in said.items()
        )
        text = (
            '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0"'
            f' ID="a{uuid4().hex}" IssueInstant="{now:%Y-%m-%dT%H:%M:%SZ}">'
            f"<saml:Issuer>{self.issuer}</saml:Issuer><saml:Subject>"
            f"<saml:NameID>{self.name_id}</saml:NameID>"
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData{asked} NotOnOrAfter="{until}"'
            f' Recipient="{self.recipient}"/></saml:SubjectConfirmation></saml:Subject>'
            f'<saml:Conditions NotBefore="{from_}" NotOnOrAfter="{until}">'
            f"<saml:AudienceRestriction><saml:Audience>{self.audience}</saml:Audience></saml:AudienceRestriction>"
            f'</saml:Conditions><saml:AuthnStatement AuthnInstant="{now:%Y-%m-%dT%H:%M:%SZ}">'
            "<saml:AuthnContext><saml:AuthnContextClassRef>"
            "urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>"
            "</saml:AuthnContext></saml:AuthnStatement>"
            + (f"<saml:AttributeStatement>{told}</saml:AttributeStatement>" if said else "")
            + "</saml:Assertion>"
        )
        if pair is None:
            return text
        digest = SHA256_DIGEST if self.sign_by == SHA256 else SHA1_DIGEST
        signed = OneLogin_Saml2_Utils.add_sign(
            text, pair.key, pair.certificate, sign_algorithm=self.sign_by, digest_algorithm=digest
        )
        return (signed if isinstance(signed, str) else signed.decode()).split("?>", 1)[-1]

    def around(self, *assertions: str, question: str | None = None) -> str:
        """Return an answer with these assertions, as a browser carries it back."""
        asked = self.question if question is None else question
        in_response = f' InResponseTo="{asked}"' if asked else ""
        text = (
            f'<samlp:Response xmlns:samlp="{PROTOCOL}" ID="r{uuid4().hex}" Version="2.0"'
            f' IssueInstant="{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"'
            f' Destination="{self.destination}"{in_response}>'
            '<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">'
            f"{self.issuer}</saml:Issuer><samlp:Status>"
            '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>'
            f"</samlp:Status>{''.join(assertions)}</samlp:Response>"
        )
        return packed(text)


SHA256_DIGEST = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA1_DIGEST = "http://www.w3.org/2000/09/xmldsig#sha1"
SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"


def packed(text: str) -> str:
    """Return XML as a form of the provider's page sends it."""
    return base64.b64encode(text.encode()).decode()
