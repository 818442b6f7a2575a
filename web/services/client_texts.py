"""The sentences that clients read, and an office's own words in place of the built-in ones."""
from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from web.i18n import CLIENT_LANGUAGES, Language
from web.i18n import gettext as _
from web.i18n.clients import built_in, reviewed_by
from web.models import ClientText, db
from web.services.audit import record
from web.services.errors import InvalidInputError, NotFoundError
from web.services.neutral import revealing_word
from web.services.transactions import transaction

LONGEST = 500
BLANK = re.compile(r"%\(\w+\)s")
# Joiners, marks of direction and fixed spaces, which Persian, Arabic and French need. Isolates and overrides
# would leak into what stands around the words.
_HARMLESS = re.compile("[\u200c-\u200f\u00a0\u202f]")
_COMPLETE = "fr"  # any language with a catalogue knows which sentences there are


@dataclass(frozen=True)
class Sentence:
    """One sentence in one language; where it has a count, with one text for each plural form."""

    english: str
    built_in: tuple[str, ...]
    own: tuple[str, ...] = ()  # empty: the built-in one counts

    @property
    def id(self) -> str:
        """What addresses and forms call it."""
        return hashlib.sha256(self.english.encode()).hexdigest()[:12]

    @property
    def blanks(self) -> list[str]:
        """What is filled in, such as "%(name)s", each once."""
        return list(dict.fromkeys(BLANK.findall(self.english)))


@dataclass(frozen=True)
class Standing:
    """How far a language is: who has reviewed it, and how much of it the office says in its own words."""

    language: Language
    reviewed_by: str  # what clients read; "" where no native speaker has
    assistants_reviewed_by: str  # what assistants read
    own: int


def pieces(text: str) -> list[str]:
    """A text cut at what is filled in: words and blanks by turns, beginning with words."""
    return re.split(f"({BLANK.pattern})", text)


def own_words(session: Session) -> dict[str, dict[str, list[str]]]:
    """The chosen office's own words by language and English sentence."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in session.scalars(select(ClientText)):
        found.setdefault(row.language, {})[row.sentence] = row.forms
    return found


def standings() -> list[Standing]:
    """Every language that clients are written to in, in the order of menus."""
    own = Counter(db.session.scalars(select(ClientText.language)))
    return [Standing(language, reviewed_by(language.locale), reviewed_by(language.locale, "assistant"),
                     own[code]) for code, language in CLIENT_LANGUAGES.items()]


def language_named(code: str) -> Language:
    """The language that a page is about; raises NotFoundError where clients are not written to in it."""
    if code not in CLIENT_LANGUAGES:
        raise NotFoundError(_("Clients are not written to in this language."))
    return CLIENT_LANGUAGES[code]


def sentences(code: str) -> list[Sentence]:
    """Every sentence in a language, in the order of the English alphabet."""
    own = {row.sentence: tuple(row.forms)
           for row in db.session.scalars(select(ClientText).where(ClientText.language == code))}
    texts = built_in(language_named(code).locale)._catalog
    found = []
    for english, count in sorted(_keys().items(), key=lambda entry: entry[0].casefold()):
        standard = [texts.get(english, english)] if count == 0 else [
            texts[english, number] for number in range(9) if (english, number) in texts]
        found.append(Sentence(english, tuple(standard) or (english,), own.get(english, ())))
    return found


def _keys() -> dict[str, int]:
    """Each English sentence and how many forms it has; the words of topics are the topics' own rows."""
    forms: Counter[str] = Counter()
    for key in built_in(_COMPLETE)._catalog:
        english = key if isinstance(key, str) else key[0]
        if english and "\x04" not in english:
            forms[english] += isinstance(key, tuple)
    return dict(forms)


def change_sentence(
        *, code: str, sentence_id: str, forms: Sequence[str], user_id: int, now: datetime) -> None:
    """Say a sentence in the office's own words; empty, or the built-in words again, takes them back.

    Mails that were written before say what they said.

    Raises
    ------
    NotFoundError
        No such language or sentence.
    InvalidInputError
        With what is wrong, under "text".
    """
    sentence = next((one for one in sentences(code) if one.id == sentence_id), None)
    if sentence is None:
        raise NotFoundError(_("There is no such sentence."))
    written = [" ".join(form.split()) for form in forms]
    given = any(written) and tuple(written) != sentence.built_in
    if given and (fault := _fault(sentence, written)):
        raise InvalidInputError({"text": fault})
    with transaction() as session:
        row = session.scalar(select(ClientText).where(
            ClientText.language == code, ClientText.sentence == sentence.english))
        if given and row is None:
            row = ClientText(language=code, sentence=sentence.english)
            session.add(row)
        if row is None:
            return
        if given:
            row.forms = written
            session.flush()
        record(session, user_id=user_id, action="client-text.changed" if given else "client-text.restored",
               subject=f"client-text:{row.id}", now=now)
        if not given:
            session.delete(row)


def _fault(sentence: Sentence, forms: list[str]) -> str:
    """What is wrong with an office's words; "" where nothing is."""
    if len(forms) != len(sentence.built_in) or not all(forms):
        return _("Write every form, or leave all of them empty.")
    needed = set(sentence.blanks)
    for form in forms:
        if len(form) > LONGEST or _steers(form):
            return _("Write one line of at most %(most)s characters.", most=LONGEST)
        blanks = set(BLANK.findall(form))
        # Of a sentence with a count, the form for one may leave the number out.
        missing = needed - blanks if len(forms) == 1 else needed - blanks - {"%(num)s"}
        if missing:
            return _("Something is missing: write %(blanks)s into it, exactly like this.",
                     blanks=" ".join(sorted(missing)))
        if blanks - needed:
            return _("Nothing is known that could stand for %(blanks)s. Take it out.",
                     blanks=" ".join(sorted(blanks - needed)))
        if set("%<>&{}") & set(BLANK.sub("", form)):
            return _("Write it without %(signs)s, except in what is filled in.", signs="% < > & { }")
    if word := revealing_word(forms):
        return _("“%(word)s” tells too much: these words stand in mails that others may see.", word=word)
    return ""


def _steers(form: str) -> bool:
    """Whether there are invisible signs that do more than join, separate or mark letters."""
    return not _HARMLESS.sub("", form).isprintable()
