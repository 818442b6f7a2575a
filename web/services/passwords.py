"""Passwords: how they are kept, and which are too easy to guess."""
from __future__ import annotations

import re
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web.i18n import gettext as _

MIN_LENGTH = 15
MAX_LENGTH = 1024
_hasher = PasswordHasher(memory_cost=65536, time_cost=3, parallelism=4)
# Verified when there is no account, so that the answer takes as long as with one. Written down, for making it
# anew costs every process that starts as much as a sign-in.
_NOBODY = ("$argon2id$v=19$m=65536,t=3,p=4$djFT/K6MroroZTX3fmjnYA"
           "$a6zPbuN9vQJdwKAC4ALHDyj/1WhS+NgSfZ/x2A/wWkA")

# What people type when fifteen characters are asked for; letters and digits only, lower case.
_COMMON = re.compile(
    r"(.)\1*|(0?1234567890?|1234567890|qwertyuiop|qwertzuiop|asdfghjkl|yxcvbnm|zxcvbnm|abcdefghijklmno.*"
    r"|password|passwort|lozinka|motdepasse|letmein|welcome|changeme|administrator|admin|saputnik|belgrade"
    r"|beograd|iloveyou|correcthorsebatterystaple|1q2w3e4r5t|1qaz2wsx3edc|test|secret|qwerty|[0-9])+")


def normalise(password: str) -> str:
    """Write a password in the one form that every keyboard's version of it has."""
    return unicodedata.normalize("NFC", password)


def hash_password(password: str) -> str:
    """Hash a password with argon2id."""
    return _hasher.hash(normalise(password))


def verify(password: str, stored: str | None) -> bool:
    """Whether this is the password; without an account it takes as long and is never right."""
    try:
        right = _hasher.verify(stored or _NOBODY, normalise(password[:MAX_LENGTH]))
    except (VerificationError, InvalidHashError):
        return False
    return right and bool(stored)


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def fault(password: str, *, personal: tuple[str, ...]) -> str:
    """Say what is wrong with a new password, "" where nothing is.

    `personal` are words that anybody could try first: the account's name, address, office.
    """
    password = normalise(password)
    if len(password) < MIN_LENGTH:
        return _("Use at least %(count)s characters. "
                 "Four or five words that do not belong together are good.", count=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        return _("Use at most %(count)s characters.", count=MAX_LENGTH)
    bare = re.sub(r"[\W_]", "", password.lower())
    if not bare or _COMMON.fullmatch(bare):
        return _("This password is among the first that anybody would try. Choose another one.")
    for word in personal:
        word = re.sub(r"[\W_]", "", normalise(word).lower())
        if word and bare.replace(word, "", 1).strip("0123456789") in ("", word):
            return _("A password must not be made of your name, e-mail address or office.")
    return ""
