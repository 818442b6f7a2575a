"""How a client is told of appointments: by mail, by SMS, or by people with a card or the telephone."""
from __future__ import annotations

from web.reading.folding import words
from web.reading.result import LONGEST, Reading, Value, excerpt, fault

_WORDS = {
    "mail": "mail email e_mail by_mail by_email e_posta eposta mejl imejl mejlom imejlom elektronska_posta "
            "courriel",
    "sms": "sms by_sms text text_message sms_poruka poruka smsom sms_om porukom texto",
    "none": "none card paper paper_card card_or_telephone phone telephone by_phone by_telephone call "
            "by_people in_person people kartica kartica_ili_telefon papir papirna_kartica karticom telefon "
            "telefonom poziv pozivom licno "
            "usmeno preko_ljudi nista carte papier",
}
_CHANNELS = {tuple(word.split("_")): channel for channel, listed in _WORDS.items() for word in listed.split()}


def read_channel(text: str) -> Reading[str]:
    """Read "SMS", "e-mail", "paper card", "telefonom" as mail, sms or none (people tell them)."""
    if len(text) > LONGEST:
        return fault("too-long", most=str(LONGEST))
    found = _CHANNELS.get(tuple(words(text)))
    return Value(found) if found else fault("channel.unknown", text=excerpt(text))
