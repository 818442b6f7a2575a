"""Headers of a mail as text: what is in them cannot begin another line or another address."""
from __future__ import annotations

from base64 import b64encode
from email.headerregistry import Address

from web.render.ical import clean


def one_address(address: str) -> str:
    """One plain address; raises ValueError for several, for a name, or for anything else in it."""
    parts = Address(addr_spec=address)
    if not (address.isascii() and address.isprintable()) or set(address) & set(" <>,;:\"\\"):
        raise ValueError("not a plain address")
    return f"{parts.username}@{parts.domain}"


def phrase(name: str) -> str:
    """A display name (RFC 5322, 3.2.5)."""
    if name.isascii() and len(name) <= 200 and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return words(name)


def words(text: str) -> str:
    """An unstructured header's text, in encoded words where it has to be (RFC 2047)."""
    text = " ".join(clean(text).split())
    if text.isascii() and len(text) <= 66 and "=?" not in text:
        return text
    parts, word = [], b""
    for sign in text:
        if len(word) + len(sign.encode()) > 42:  # an encoded word has at most 75 characters
            parts.append(word)
            word = b""
        word += sign.encode()
    return "\r\n ".join(f"=?utf-8?b?{b64encode(part).decode()}?=" for part in [*parts, word])
