"""The sentences for what reading found: what is wrong, what to write, what is asked, what was understood."""
from __future__ import annotations

from typing import Final

from web.i18n import N_, current_language, gettext
from web.reading.result import Fault, Note, Option, Question

# code -> (what is wrong, what to write)
FAULTS: Final = {
    "too-long": (N_("This is too long."), N_("Write at most %(most)s characters.")),
    "formula": (N_("This is a formula."), N_("Type the value itself.")),
    "required": (N_("This is empty."), N_("Fill it in.")),
    "too-many-cells": (N_("This row has more cells than the header."),
                    N_("Put a value that holds a separator in quotation marks, or empty the extra cells.")),
    "hours.empty": (N_("No time is given."), N_("Write days and times: Mon–Thu 09:00–13:00.")),
    "hours.word": (N_("“%(word)s” cannot be read as a day or a time."),
                   N_("Write days and times: Mon–Thu 09:00–13:00; Fri 10:00–12:00.")),
    "hours.lone": (N_("“%(text)s” has no beginning or no end."), N_("Write from and to: Mon 09:00–13:00.")),
    "hours.no-such-time": (N_("“%(text)s” is not a time of day."), N_("Write a time from 00:00 to 24:00.")),
    "hours.no-time": (N_("A day has no time."),
                    N_("Write a time beside each day: Mon 09:00–11:00; Tue 15:00–18:00.")),
    "hours.no-day": (N_("A time has no day."), N_("Write the day before each time: Mon 09:00–11:00.")),
    "hours.end-before-start": (N_("%(start)s–%(end)s ends before it begins."),
                               N_("Write the earlier time first: 09:00–13:00.")),
    "hours.outside-office-day": (N_("This lies outside the office's day, %(start)s–%(end)s."),
                                 N_("Write both the beginning and the end.")),
    "hours.dates-apart": (N_("From %(start)s to %(end)s is not a short stretch of days."),
                          N_("Write the earlier day first, at most two months.")),
    "dates.unreadable": (N_("“%(text)s” is not a date."), N_("Write it as 2026-12-31 or 31.12.2026.")),
    "dates.no-year": (N_("“%(text)s” has no year."), N_("Write the year too: 31.12.2026.")),
    "dates.no-such-day": (N_("There is no such day as %(text)s."), N_("Write a day that the calendar has.")),
    "dates.far": (N_("The year of %(text)s cannot be right."), N_("Write a year from 1900 to 2100.")),
    "languages.empty": (N_("No language is given."),
                    N_("Write each language with its level: Dari (native), English (B1).")),
    "languages.unknown": (N_("“%(text)s” is not a language that this office knows."),
                          N_("Write the language's name in English or Serbian, with its level.")),
    "languages.no-level": (N_("“%(name)s” has no level."),
                    N_("Write the level after it, one of %(levels)s.")),
    "languages.twice": (N_("%(name)s stands here twice."), N_("Keep one of the two.")),
    "countries.empty": (N_("No country is given."), N_("Write the country's name.")),
    "countries.unknown": (N_("“%(text)s” is not a country."),
                    N_("Write the country's name in English, Serbian or French.")),
    "genders.empty": (N_("No gender is given."), N_("Write F, M or other.")),
    "genders.unknown": (N_("“%(text)s” is not a gender."), N_("Write F, M or other.")),
    "wishes.gender-unknown": (N_("The wish “%(text)s” cannot be read."),
                    N_("Write “woman only”, “prefers a woman”, “man only”, “prefers a man”, or nothing.")),
    "wishes.origin-unknown": (N_("The wish “%(text)s” cannot be read."),
                    N_("Write “prefers same country”, “same country only”, “not same country”, or nothing.")),
    "wishes.accepts-unknown": (N_("“%(text)s” cannot be read."),
                    N_("Write “only women”, “only men” or “everybody”.")),
    "topics.unknown": (N_("“%(text)s” is not a topic of this office."),
                    N_("Write one of: %(known)s. Or add the topic first.")),
    "topics.twice": (N_("“%(name)s” stands here twice."), N_("Keep one of the two.")),
    "topics.none": (N_("An assistant covers at least one topic."), N_("Write topics, or “all”.")),
    "topics.missing": (N_("No need is given."), N_("Write what the client needs help with.")),
    "urgency.unknown": (N_("“%(text)s” is not an urgency."), N_("Write low, medium, high or urgent.")),
    "urgency.dates": (N_("“%(text)s” has more than one date."),
                    N_("Keep the day by which everything should be done.")),
    "numbers.count": (N_("“%(text)s” is not a whole number."), N_("Write a number from 0 to %(most)s.")),
    "numbers.hours": (N_("“%(text)s” is not a number of hours."), N_("Write hours as 16 or 7.5.")),
    "numbers.minutes": (N_("“%(text)s” is not a number of minutes."), N_("Write minutes as 30.")),
    "numbers.yes-no": (N_("“%(text)s” is neither yes nor no."), N_("Write yes or no.")),
    "contacts.email": (N_("“%(text)s” is not an e-mail address."),
                    N_("Write it as name@example.org, or leave it empty.")),
    "contacts.one-email": (N_("“%(text)s” is more than one address."), N_("Write one e-mail address.")),
    "contacts.phone": (N_("“%(text)s” is not a telephone number."),
                       N_("Write it with its country's prefix: +381 61 123 4567.")),
    "contacts.one-phone": (N_("“%(text)s” is more than one number."), N_("Write one telephone number.")),
    "contacts.phone-lost": (N_("“%(text)s” has lost its last digits in the spreadsheet."),
                            N_("Write the whole number, in a cell formatted as text.")),
    "places.unknown": (N_("“%(text)s” is not a place of this office."),
                    N_("Write one of: %(known)s. Or add the place first.")),
    "assistants.unknown": (N_("“%(text)s” is not an assistant of this office."),
                    N_("Write the assistant's number.")),
    "channel.unknown": (N_("“%(text)s” is not a way to tell somebody."),
                        N_("Write e-mail, SMS, card or telephone.")),
    "mail-language.unknown": (N_("Mails cannot be written in “%(text)s”."), N_("Write one of: %(known)s.")),
    "rows.code-twice": (N_("%(code)s already stands in row %(row)s."),
                        N_("Give this row a number of its own, or remove one of the two rows.")),
    "rows.person-twice": (N_("The same person already stands in row %(row)s."),
                    N_("Remove one of the two rows.")),
    "rows.several": (N_("Several people of this office have this name and address."),
                     N_("Write the person's number in a column of its own.")),
    "rows.no-column": (N_("No column says: %(field)s."),
                    N_("Choose the column for it, or add one to the file.")),
    "rows.refused": (N_("%(text)s"), N_("Correct this row.")),
}

QUESTIONS: Final = {
    "hours.which-days": N_("“%(text)s” names no day. When is this?"),
    "hours.which-days-and-half": N_("“%(text)s” names no day and may mean the afternoon. When is this?"),
    "hours.which-half": N_("“%(text)s” may mean the afternoon. When is this?"),
    "hours.whole-day": N_("“%(text)s” names no time. Is it the office's whole day?"),
    "dates.order": N_("In dates like %(text)s, what comes first?"),
    "dates.short-year": N_("In dates like %(text)s, which century is meant?"),
    "dates.serial": N_("Is %(text)s a day as Excel counts them?"),
    "levels.vague": N_("Which level is “%(text)s” in this file?"),
    "languages.several": N_("Which language is “%(text)s”?"),
    "languages.near": N_("Which language is “%(text)s”? Its spelling is not known."),
    "countries.several": N_("Which country is “%(text)s”?"),
    "countries.near": N_("Did you mean this country by “%(text)s”? Its spelling is not known."),
    "wishes.how-strong": N_("How strong is the wish “%(text)s”?"),
    "wishes.in-remark": N_("Is the remark “%(text)s” a wish about the assistant?"),
    "accepts.open": N_("“%(text)s”: whom does this assistant accept?"),
    "topics.near": N_("Did you mean this topic by “%(text)s”?"),
    "topics.empty": N_("Some assistants have no topics. Does an empty cell mean every topic?"),
    "rows.another": N_("%(code)s is %(old)s in this office. Is %(name)s the same person?"),
    "urgency.deadline": N_("“%(text)s”: is the date the last day for what this client needs?"),
    "places.near": N_("Which place is “%(text)s”?"),
    "assistants.near": N_("Which assistant is “%(text)s”?"),
}

OPTIONS: Final = {
    "name": N_("%(name)s"),
    "hours.option": N_("%(hours)s"),
    "dates.dmy": N_("The day: %(day)s"),
    "dates.mdy": N_("The month: %(day)s"),
    "dates.year-option": N_("This one: %(year)s"),
    "dates.serial-option": N_("Yes, %(text)s is %(day)s"),
    "levels.option": N_("%(level)s"),
    "wishes.none": N_("Not a wish that the plan can keep: none"),
    "wishes.prefer-same": N_("Prefers the same country"),
    "wishes.require-same": N_("Only the same country"),
    "wishes.require-different": N_("Never the same country"),
    "wishes.prefer-female": N_("Prefers a woman"),
    "wishes.require-female": N_("Only a woman"),
    "wishes.prefer-male": N_("Prefers a man"),
    "wishes.require-male": N_("Only a man"),
    "accepts.female": N_("Only women"),
    "accepts.male": N_("Only men"),
    "accepts.remark": N_("Everybody: keep it as a remark"),
    "rows.same": N_("Yes: the name is now %(name)s"),
    "rows.other": N_("No: somebody else"),
    "topics.all": N_("Yes, every topic"),
    "urgency.by": N_("Yes: everything by %(day)s"),
    "urgency.remark": N_("No: keep it as a remark"),
}

NOTES: Final = {
    "hours.open-edge": N_("Read as %(start)s–%(end)s, with the office's day where no time is given."),
    "urgency.by": N_("Everything by %(day)s."),
}


def _say(text: str, params: tuple[tuple[str, str], ...]) -> str:
    values = dict(params)
    if current_language().rtl:  # where "9-5" would read 5-9
        values = {name: f"\u2068{value}\u2069" for name, value in values.items()}
    # Without parameters nothing is interpolated, so that a percent sign may stand in a sentence.
    return gettext(text, **values) if values else gettext(text)


def what(fault: Fault) -> str:
    """What is wrong."""
    return _say(FAULTS[fault.code][0], fault.params)


def remedy(fault: Fault) -> str:
    """What to write."""
    return _say(FAULTS[fault.code][1], fault.params)


def say_fault(fault: Fault) -> str:
    """What is wrong and what to write, for the one line beside a form's field."""
    return f"{what(fault)} {remedy(fault)}"


def say_question(question: Question) -> str:
    """What is asked."""
    return _say(QUESTIONS[question.code], question.params)


def say_option(option: Option) -> str:
    """One possible answer."""
    return _say(OPTIONS[option.code], option.params)


def say_note(note: Note) -> str:
    """How something was understood."""
    return _say(NOTES[note.code], note.params)
