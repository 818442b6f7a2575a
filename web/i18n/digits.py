"""Pages with the digits of their language: where people read them, not where a program does."""
from __future__ import annotations

import re
from collections.abc import Callable

from babel import Locale
from flask import Flask, Response

from web.i18n import current_language

DIGITS = {"arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}
# What is no text of the page: tags; what is typed as it is; what says that it is written from left to right,
# as telephone numbers and codes are.
_ELSEWHERE = re.compile(
    r"<(script|style|textarea|code|pre)\b.*?</\1>|<(\w+)[^<>]*\bdir=\"?ltr\b[^<>]*>.*?</\2>|<[^<>]*>",
    re.DOTALL)
# In a text: Latin words with all that stands among them ("Nemanjina 1"), numbers to dial, entities.
_AS_IT_IS = re.compile(r"&#?\w+;|\+\d[\d ()/.-]*|\w*[A-Za-z][^\u0600-\u06ff]*")


def digits_of(locale: str) -> str:
    """The ten digits that CLDR gives a language; "" where they are those of Latin texts."""
    return DIGITS.get(Locale.parse(locale).default_numbering_system, "")


def _between(kept: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    """`text` with what lies between the matches of `kept` changed."""
    pieces, end = [], 0
    for match in kept.finditer(text):
        pieces += [change(text[end:match.start()]), match[0]]
        end = match.end()
    return "".join([*pieces, change(text[end:])])


def with_digits(html: str, digits: str) -> str:
    """A page with `digits` in what people read of it."""
    table = str.maketrans("0123456789", digits)

    def translated(text: str) -> str:
        return _between(_AS_IT_IS, text, lambda piece: piece.translate(table))

    return _between(_ELSEWHERE, html, translated)


def init_digits(app: Flask) -> None:
    """Let every page go out with the digits of its language."""
    app.after_request(_localised)


def _localised(response: Response) -> Response:
    digits = digits_of(current_language().locale)
    if digits and response.mimetype == "text/html" and not response.direct_passthrough:
        response.set_data(with_digits(response.get_data(as_text=True), digits))
    return response
