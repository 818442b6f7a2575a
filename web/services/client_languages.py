"""In which language a client is written to, and which of an office's own texts they get."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from web.i18n import find_language
from web.models import Client
from web.render.cyrillic import to_cyrillic
from web.services.catalogue import reading_order, suggested_mail_language


def language_for(client: Client) -> str:
    """The code of the language to write to a client in.

    The one that was chosen for them; else the best that they speak and we write; English only then. Never
    one that merely goes with their country.
    """
    chosen = find_language(client.mail_language)
    return chosen.code if chosen else suggested_mail_language(client.languages)


def text_for(client: Client, texts: Mapping[str, str], *, language: str) -> str:
    """An office's own text in `language`, else in the best that the client reads, else in English.

    Parameters
    ----------
    texts
        By the code of a language.
    language
        That of the mail or page around the text.
    """
    for code in (language, *reading_order(client.languages), "en"):
        if text := _written(texts, code):
            return text
    return ""


def lines_for(client: Client, lines: Mapping[str, Iterable[str]], *, language: str) -> list[str]:
    """Lines of an office's own, chosen as `text_for` does."""
    texts = {code: "\n".join(them) for code, them in lines.items()}
    return text_for(client, texts, language=language).splitlines()


def _written(texts: Mapping[str, str], code: str) -> str:
    if code == "sr-Cyrl" and not texts.get(code):
        return to_cyrillic(texts.get("sr", ""))
    if code == "prs" and not texts.get(code):
        return texts.get("fa", "")  # one written language under two names
    return texts.get(code, "")
