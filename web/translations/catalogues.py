"""Collecting sentences from the program, bringing the catalogues up to date, compiling them.

There are three domains: `client` and `assistant` hold nothing but what clients and assistants read, and so
can be complete in many languages; `messages` is the rest of what coordinators read, in a few. Where a
sentence stands decides to which it belongs: client.cfg, assistant.cfg and interface.cfg. Coordinators also
see what assistants see: compiling adds those sentences to `messages`, the one domain that pages look into.
Serbian in Cyrillic is made from Serbian in Latin letters.
"""
from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from web.i18n.clients import DERIVED, NOBODY, TRANSLATIONS, reviewed_by
from web.i18n.languages import CLIENT_LANGUAGES, LANGUAGES, Language
from web.render.cyrillic import to_cyrillic
from web.translations.topic_texts import topic_texts


@dataclass(frozen=True)
class Domain:
    """A set of sentences and the languages it is translated into."""

    name: str
    mapping: str
    languages: dict[str, Language]

    @property
    def locales(self) -> list[str]:
        """The locales that somebody translates into."""
        return [language.locale for language in self.languages.values()
                if language.code != "en" and language.locale not in DERIVED]


INTERFACE = Domain("messages", "interface.cfg", LANGUAGES)
ASSISTANT = Domain("assistant", "assistant.cfg", CLIENT_LANGUAGES)
CLIENT = Domain("client", "client.cfg", CLIENT_LANGUAGES)
DOMAINS = (INTERFACE, ASSISTANT, CLIENT)


def path_of(domain: Domain, locale: str) -> Path:
    """A language's catalogue."""
    return TRANSLATIONS / locale / "LC_MESSAGES" / f"{domain.name}.po"


def collected(domain: Domain) -> Catalog:
    """Every sentence that the program says in a domain."""
    template = Catalog()
    with (TRANSLATIONS / domain.mapping).open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    for _file, _line, message, _comments, context in extract_from_dir(
            str(TRANSLATIONS.parent), method_map=methods, options_map=options):
        template.add(message, context=context)
    if domain is CLIENT:
        for text in topic_texts():
            template.add(text, context="topic")
    if domain is INTERFACE:
        for shared in collected(ASSISTANT):
            template.delete(shared.id, shared.context)
    return template


def read_catalogue(domain: Domain, locale: str) -> Catalog:
    """A language's catalogue as it stands; an empty one where there is none yet."""
    path = path_of(domain, locale)
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def update_all() -> None:
    """Add what the program says now to every catalogue, drop what it no longer says, and compile."""
    for domain in DOMAINS:
        template = collected(domain)
        for locale in domain.locales:
            catalogue = read_catalogue(domain, locale)
            catalogue.update(template, no_fuzzy_matching=True)
            write_catalogue(domain, locale, catalogue)
    compile_all()


def write_catalogue(domain: Domain, locale: str, catalogue: Catalog) -> None:
    """Write a catalogue with a header that says no more than is needed, so that branches merge."""
    lines = ["Content-Type: text/plain; charset=utf-8", f"Language: {locale}",
             f"Plural-Forms: {catalogue.plural_forms}"]
    if domain is not INTERFACE:
        lines.append(f"X-Reviewed-By: {reviewed_by(locale, domain.name) or NOBODY}")
    head = "".join(f'"{line}\\n"\n' for line in lines)
    body = io.BytesIO()
    write_po(body, catalogue, width=110, no_location=True, omit_header=True, sort_output=True,
             ignore_obsolete=True)
    path = path_of(domain, locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'msgid ""\nmsgstr ""\n{head}\n{body.getvalue().decode().strip()}\n', encoding="utf-8")


def compile_all() -> None:
    """Write the files that the program reads, also those of the derived catalogues."""
    for locale in ASSISTANT.locales:
        pages = read_catalogue(ASSISTANT, locale)
        for message in _translated(read_catalogue(INTERFACE, locale)):
            pages.add(message.id, message.string, context=message.context)
        _compile(INTERFACE, locale, pages)
        _compile(CLIENT, locale, read_catalogue(CLIENT, locale))
    for locale, source in DERIVED.items():
        _compile(INTERFACE, locale, in_cyrillic(read_catalogue(ASSISTANT, source), locale))
        _compile(CLIENT, locale, in_cyrillic(read_catalogue(CLIENT, source), locale))


def _compile(domain: Domain, locale: str, catalogue: Catalog) -> None:
    path = path_of(domain, locale).with_suffix(".mo")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)


def in_cyrillic(latin: Catalog, locale: str) -> Catalog:
    """A Serbian catalogue in the other script."""
    derived = Catalog(locale=locale)
    for message in _translated(latin):
        forms = message.string
        derived.add(message.id, context=message.context, string=(
            to_cyrillic(forms) if isinstance(forms, str) else tuple(map(to_cyrillic, forms or ()))))
    return derived


def _translated(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id and message.string)
