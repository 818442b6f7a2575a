"""What a person wrote into a mail, without what they quote."""
from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

LONGEST = 4000
LONGEST_RULE = 200
LONGEST_PAGE = 100_000  # the parser is slow where tags do not end
# What programs put above a whole mail that they quote without marking its lines.
_ORIGINAL = re.compile(r"\s*(-{3,}.{0,60}-{3,}|_{10,})\s*")
_INVISIBLE = ("script", "style", "head", "title", "template", "blockquote")
_BREAKS = ("br", "p", "div", "li", "tr", "h1", "h2", "h3", "table", "ul", "ol")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _INVISIBLE:
            self._hidden += 1
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _INVISIBLE:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(" ".join(data.split()) + (" " if data[-1:].isspace() else ""))


def text_of_html(html: str) -> str:
    """The visible text of a page; what it quotes is left out."""
    parser = _Text()
    parser.feed(html[:LONGEST_PAGE])
    parser.close()
    return "".join(parser.pieces)


def plain(text: str) -> str:
    """`text` without control characters and without signs that turn the direction of what follows."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign in "\n\t" or not (
        unicodedata.category(sign) in ("Cc", "Cs") or sign in "\u202a\u202b\u202c\u202d\u202e\ufeff"))


def own_words(text: str, *, own_address: str) -> str:
    """The lines that the sender wrote themselves.

    In every language the line above a quoted mail of ours holds our address; what comes after it is
    quoted, to the end or as far as its lines are marked with ">". A signature is left out too.
    """
    kept: list[str] = []
    own = own_address.lower()
    lines = plain(text).split("\n")
    for number, line in enumerate(lines):
        below = [one.strip().lower() for one in lines[number + 1:number + 4]]
        if line.lstrip().startswith(">"):
            continue
        if line.rstrip() == "--" or (kept and len(line) < LONGEST_RULE and _ORIGINAL.fullmatch(line)):
            break
        if below and below[0].startswith(f"<{own}>"):
            continue  # a long introduction is broken before the address
        if own in line.lower():
            if next(filter(None, below), "").startswith(">"):
                continue
            break
        kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()[:LONGEST]
