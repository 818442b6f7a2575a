"""Every rule for calendars, mails and answers has a test that bears its name."""
from __future__ import annotations

import ast
import re
from pathlib import Path

RULES = {
    # What a feed is made of.
    "F1": "lines end in CRLF, have at most 75 octets and are never cut within a character",
    "F2": "no control characters; TEXT is escaped",
    "F3": "VERSION, a PRODID without personal data, CALSCALE; METHOD in a mail only",
    "F4": "a calendar has no UID of its own",
    "F5": "the calendar says its name, zone, colour and how often to look",
    "F6": "an event says all that programs ask for, once, and in a feed nothing of the client",
    "F7": "a UID stands once in a feed",
    "F8": "the same rows give the same octets in every process",
    "F9": "a cancelled event says so in words, takes no time and goes after a while",
    "F10": "an empty feed is a calendar",
    "F11": "leaving the window of days changes the feed's validator",
    # Time.
    "T1": "every zone that is named is described",
    "T2": "a zone is described by yearly rules that Outlook reads",
    "T3": "every onset is a true change of the clocks",
    "T4": "no COMMENT in a zone",
    "T5": "a time that comes twice or never is refused, or written in UTC",
    "T6": "durations are counted in UTC",
    "T7": "a mail names zone and city, in the reader's calendar and digits",
    "T8": "times bear their zone; UTC is the way out only",
    # The state of an appointment.
    "S1": "UID and ORGANIZER stay for life",
    "S2": "SEQUENCE grows with start, end, place and status, and a reminder leaves it",
    "S3": "REQUEST and CANCEL hold what iTIP asks of them",
    "S4": "the first mail is a REQUEST, which can be cancelled",
    "S5": "any order and repetition of mails ends in the same calendar",
    "S6": "a move keeps the UID; who is no longer concerned gets a CANCEL",
    "S7": "two revisions in one second differ",
    # HTTP.
    "H1": "a feed's address, type and methods are what programs expect",
    "H2": "an unchanged poll is answered 304",
    "H3": "no Last-Modified that could go back",
    "H4": "whatever is shown changes the validator",
    "H5": "what did not ask for compression is not compressed",
    "H6": "robots may read feeds and keep them out of indexes; nobody keeps a copy",
    "H7": "an address is offered as https and webcal",
    # Secrets of feeds.
    "K1": "a secret is random, and stored as a hash only",
    "K2": "a secret for each device, with what fetched it last; one ends without the others",
    "K3": "an ended address is empty for thirty days and then gone; an unknown one is a 404",
    "K4": "an assistant who has ended takes their addresses along",
    "K5": "nothing of a client in a feed but what the office chose",
    # What a mail is made of.
    "M1": "text, html and calendar; the calendar once more as a file, the same octets",
    "M2": "calendar parts in base64, the first without a Content-Disposition",
    "M3": "ORGANIZER is From, ATTENDEE is To",
    "M4": "identity and date are the same however often a mail is made",
    "M5": "only reminders can be unsubscribed from",
    "M6": "in the client's language and direction, complete as plain text too",
    "M7": "the kind first; what was and what is; a page for who has no calendar",
    "M8": "seven bits, short lines, small, nothing loaded from elsewhere",
    # Delivery.
    "D1": "written in the transaction that causes it, and sent once",
    "D2": "tried again until it is too late, or refused and shown",
    "D3": "in doubt it goes again as the same mail",
    "D4": "what is no longer true is not sent; a cancellation always is",
    "D5": "what comes back is recognised by its secret, and shown",
    "D6": "each state can be read beside the appointment, and nothing waits unnoticed",
    "D7": "nothing about what is past; no reminders at night",
    # Replies.
    "R1": "a reply belongs to a UID and who was invited; to an older revision it is shown only",
    "R2": "only the answer and the words are taken, and only from the invited",
    "R3": "what people write reaches people, without private addresses",
    "R4": "programs are not answered",
}
TESTS = Path(__file__).parent.parent


def _named() -> set[str]:
    """The rules that the names of tests begin with: `test_f1_f2_…` names two."""
    names = [node.name for path in TESTS.rglob("test_*.py") for node in ast.walk(ast.parse(path.read_text()))
             if isinstance(node, ast.FunctionDef)]
    heads = [re.match(r"test_((?:[a-z]\d+_)+)", name) for name in names]
    return {rule.upper() for head in heads if head for rule in head[1].rstrip("_").split("_")}


def test_every_rule_has_a_test_that_bears_its_name() -> None:
    named = _named()
    assert [f"{rule}: {words}" for rule, words in RULES.items() if rule not in named] == []
    assert sorted(named - set(RULES)) == []
