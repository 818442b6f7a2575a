"""What clients read, in the office's own words."""
from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.builders import make_appointment, make_client
from tests.web.conftest import NOW
from web.i18n import CLIENT_LANGUAGES
from web.i18n.clients import translations_of
from web.models import AuditEntry, ClientText, Message, db
from web.render.mail import make_mail
from web.render.wording import wording_of
from web.services import client_texts, outbox
from web.services.client_texts import Sentence
from web.services.errors import InvalidInputError, NotFoundError
from web.services.transactions import transaction

HELLO, COMING = "Hello %(name)s,", "Yes, I am coming"


def sentence(english: str, code: str = "en") -> Sentence:
    return next(one for one in client_texts.sentences(code) if one.english == english)


def change(english: str, *forms: str, code: str = "en") -> None:
    client_texts.change_sentence(code=code, sentence_id=sentence(english, code).id, forms=forms, user_id=1,
                                 now=NOW)


def written_mail(**client: object) -> str:
    """The plain text of the invitation that is written now."""
    with transaction() as session:
        outbox.write_news(session, make_appointment(client=make_client(**client)), now=NOW)
        message = session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert message is not None
        octets = make_mail("invitation", message.facts, link="https://x/a/b", message_id="<1@x>").octets
    part = message_from_bytes(octets, policy=default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_every_sentence_stands_there_in_every_language_and_no_topic(app: Flask) -> None:
    english = [one.english for one in client_texts.sentences("en")]
    assert HELLO in english
    assert "Bank account" not in english
    for code in CLIENT_LANGUAGES:
        assert [one.english for one in client_texts.sentences(code)] == english
    assert sentence(HELLO, "fr") == Sentence(HELLO, ("Bonjour %(name)s,",))


def test_a_mail_says_it_in_the_offices_words_from_then_on(app: Flask) -> None:
    before = written_mail(mail_language="fr")
    change(HELLO, "Cher/chère %(name)s,", code="fr")
    assert before.splitlines()[0] == "Bonjour Zahra,"
    assert written_mail(mail_language="fr").splitlines()[0] == "Cher/chère Zahra,"
    assert written_mail(mail_language="es").splitlines()[0] == "Hola, Zahra:"


def test_a_mail_that_was_written_before_still_says_what_it_said(app: Flask) -> None:
    change(HELLO, "Dear %(name)s,")
    written_mail()
    message = db.session.scalars(select(Message)).one()
    octets = make_mail("invitation", message.facts, link="https://x/a/b", message_id="<1@x>").octets
    change(HELLO, "")
    assert make_mail("invitation", message.facts, link="https://x/a/b", message_id="<1@x>").octets == octets


@pytest.mark.parametrize("forms", [("",), ("   ",), ("Bonjour %(name)s,",)])
def test_nothing_or_the_built_in_words_take_the_own_words_back(app: Flask, forms: tuple[str, ...]) -> None:
    change(HELLO, "Salut %(name)s", code="fr")
    change(HELLO, *forms, code="fr")
    assert sentence(HELLO, "fr").own == ()
    assert db.session.scalars(select(ClientText)).all() == []
    assert list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))) == [
        "client-text.changed", "client-text.restored"]


@pytest.mark.parametrize(("english", "written", "said"), [
    (HELLO, "Hello,", "Something is missing: write %(name)s into it, exactly like this."),
    (HELLO, "Hello %(nam)s,", "Something is missing: write %(name)s into it, exactly like this."),
    (HELLO, "Hello %(name)s %(age)s,", "Nothing is known that could stand for %(age)s. Take it out."),
    (COMING, "Yes %(name)s", "Nothing is known that could stand for %(name)s. Take it out."),
    (HELLO, "Hello %(name)s, 100 %", "Write it without % < > & { }, except in what is filled in."),
    (COMING, "<b>Yes</b>", "Write it without % < > & { }, except in what is filled in."),
    (COMING, "{{ config }}", "Write it without % < > & { }, except in what is filled in."),
    (COMING, "Yes\u202e", "Write one line of at most 500 characters."),
    (COMING, "Yes\u2067", "Write one line of at most 500 characters."),
    (COMING, "Yes\x00", "Write one line of at most 500 characters."),
    (COMING, "y" * 501, "Write one line of at most 500 characters."),
    (COMING, "Yes, to my asylum interview",
     "“asylum” tells too much: these words stand in mails that others may see."),
    (COMING, "Бежен", "“Бежен” tells too much: these words stand in mails that others may see."),
])
def test_words_that_would_break_a_mail_or_give_somebody_away_are_refused(
        app: Flask, english: str, written: str, said: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        change(english, written)
    assert refused.value.faults == {"text": said}
    assert db.session.scalars(select(ClientText)).all() == []


def test_joiners_and_marks_of_direction_may_stand_in_a_sentence(app: Flask) -> None:
    change(COMING, "بله، می\u200cآیم\u200f", code="fa")
    assert sentence(COMING, "fa").own == ("بله، می\u200cآیم\u200f",)


def test_a_sentence_with_a_count_has_a_text_for_each_form() -> None:
    own = {"%(num)s day": ["%(num)s дан", "%(num)s дана", "%(num)s дана, много"]}
    words = translations_of("sr_Cyrl", own)
    said = [words.ngettext("%(num)s day", "%(num)s days", number) for number in (1, 2, 5, 21)]
    assert said == ["%(num)s дан", "%(num)s дана", "%(num)s дана, много", "%(num)s дан"]
    assert wording_of("sr-Cyrl").ngettext("%(num)s day", "%(num)s days", 2) == "%(num)s days"


def test_what_is_not_there_cannot_be_changed(app: Flask) -> None:
    with pytest.raises(NotFoundError):
        client_texts.change_sentence(code="en", sentence_id="0" * 12, forms=["x"], user_id=1, now=NOW)
    with pytest.raises(NotFoundError):
        client_texts.sentences("de")
