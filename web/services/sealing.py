"""Secrets that have to be read again, kept so that the database alone does not tell them."""
from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from web.services import tokens

_NONCE = 12  # bytes, as AES-GCM wants them


class SealBrokenError(Exception):
    """What was sealed cannot be read: with another key, for another purpose, or altered."""


def seal(text: str, *, purpose: str) -> str:
    """Encrypt a text with a key that is derived from the installation's and good for one purpose only."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = _cipher().encrypt(nonce, text.encode(), purpose.encode())
    return urlsafe_b64encode(nonce + sealed).decode("ascii")


def unseal(sealed: str, *, purpose: str) -> str:
    """Read a sealed text.

    Raises
    ------
    SealBrokenError
        The installation has a new key, or somebody has altered the database.
    """
    try:
        octets = urlsafe_b64decode(sealed)
        return _cipher().decrypt(octets[:_NONCE], octets[_NONCE:], purpose.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError from error


def _cipher() -> AESGCM:
    return AESGCM(hmac.digest(tokens.settings().secret_key.encode(), b"saputnik/sealed/1", "sha256"))
