"""An appointment's news as a few words: for SMS, and for a coordinator to paste into a messenger."""
from __future__ import annotations

from dataclasses import dataclass

from web.render.mail import subject_of
from web.render.telling import Telling

# GSM 03.38: one septet each; what stands in the second line takes two.
_ONE = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
           "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
_TWO = set("^{}\\[~]|€\f")
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


@dataclass(frozen=True)
class Sms:
    """What is handed to the gateway: no more than a mail's subject says, and the link."""

    recipient: str
    text: str
    identity: str  # the same however often it is sent: a gateway may drop a repeat


def text_of(tell: Telling) -> str:
    """Who writes, what it is about, when, and where to answer."""
    # Without the isolates of mails: old telephones show boxes for them, and they cost half the room.
    words = f"{tell.office}: {subject_of(tell)}".translate(_ISOLATES)
    return f"{words}\n{tell.link}"


def segments(text: str) -> int:
    """How many SMS a text costs: 160 septets in one or 153 in each, else 70 or 67 UTF-16 units."""
    if set(text) <= _ONE | _TWO:
        length, one, each = sum(2 if sign in _TWO else 1 for sign in text), 160, 153
    else:
        length, one, each = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= one else -(-length // each)
