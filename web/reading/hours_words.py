"""The words that hours are written with: English, Serbian, French, Arabic and Persian, all of them folded."""
from __future__ import annotations

import re
from datetime import time

from web.reading.hours_parts import DAY_NAMES

_DAYS = (
    "mon monday mondays pon pone ponedeljak ponedeljkom ponedjeljak ponedeljka lun lundi lundis "
    "الاثنين اثنين دوشنبه",
    "tue tues tuesday tuesdays uto utorak utorkom utorka mar mardi mardis "
    "الثلاثاء ثلاثاء سهشنبه",
    "wed weds wednesday wednesdays sre sri sreda sredu sredom srede srijeda srijedom mer mercredi mercredis "
    "الاربعاء اربعاء چهارشنبه",
    "thu thur thurs thursday thursdays cet cetvrtak cetvrtkom cetvrtka jeu jeudi jeudis "
    "الخميس خميس پنجشنبه",
    "fri friday fridays pet petak petkom petka ven vendredi vendredis "
    "الجمعة جمعه",
    "sat saturday saturdays sub subota subotu subotom subote sam samedi samedis "
    "السبت سبت شنبه",
    "sun sunday sundays ned nedelja nedelju nedeljom nedelje nedjelja nedjeljom dim dimanche dimanches "
    "الاحد احد یكشنبه یکشنبه يكشنبه يکشنبه",
)
_SETS: dict[tuple[str, ...], tuple[str, ...]] = {
    DAY_NAMES: ("any day", "every day", "each day", "all days", "everyday", "daily", "svaki dan",
                "svakog dana", "svakodnevno",
                "svim danima", "svi dani", "tous les jours", "chaque jour", "whole week",
                "all week", "cele nedelje"),
    DAY_NAMES[:5]: ("weekdays", "weekday", "any weekday", "every weekday", "week days",
                    "workdays", "working days", "work days",
                    "radnim danima", "radni dani", "radnim danom", "radni dan", "radnog dana", "en semaine"),
    DAY_NAMES[5:]: ("weekend", "weekends", "vikend", "vikendom", "vikendima", "week-end"),
    # In Persian, the parts of a name are also written apart; with a zero-width non-joiner see SILENT.
    **{(day,): (f"{part} شنبه",) for day, part in zip(
        ("sun", "mon", "tue", "wed", "thu"), ("یک", "دو", "سه", "چهار", "پنج"), strict=True)},
}
_EDGES = {
    "to": ("to", "do", "until", "till", "til", "through", "thru", "a", "au", "jusqu'a", "الى", "حتى", "تا"),
    "from": ("from", "od", "de", "du", "between", "izmedju", "من", "از"),
    "after": ("after", "posle", "poslije", "nakon", "iza", "apres", "since", "بعد", "بعد از", "پس از"),
    "before": ("before", "by", "pre", "prije", "avant", "قبل", "قبل از", "پیش از"),
    "join": ("and", "i", "et", "on", "u", "at", "the", "le", "les", "in", "&", "+", "or", "ili",
             "only", "samo", "و"),
}
_OPEN = {
    "morning": ("mornings", "morning", "in the morning", "prepodne", "pre podne", "prije podne", "dopodne",
                "do podne", "le matin", "matin", "a.m. only"),
    "afternoon": ("afternoons", "afternoon", "in the afternoon", "popodne", "posle podne", "poslije podne",
                  "apres-midi", "l'apres-midi"),
    "whole": ("all day", "whole day", "ceo dan", "cijeli dan", "celog dana", "toute la journee"),
    "always": ("any time", "anytime", "always", "uvek", "uvijek", "bilo kad", "bilo kada", "kad god",
               "n'importe quand"),
}
_TIMES = {time(12): ("noon", "midday", "podne", "podneva", "midi"),
          time(0): ("midnight", "ponoc", "ponoci", "minuit")}

DAYS: dict[str, tuple[str, ...]] = {
    word: (day,) for day, listed in zip(DAY_NAMES, _DAYS, strict=True) for word in listed.split()}
DAYS |= {phrase: days for days, phrases in _SETS.items() for phrase in phrases}
EDGES = {word: kind for kind, listed in (_EDGES | _OPEN).items() for word in listed}
TIMES = {word: moment for moment, listed in _TIMES.items() for word in listed}

# Marks that are not seen: what joins letters or not, and what turns or isolates a text's direction.
SILENT = re.compile("[\u200c-\u200f\u202a-\u202e\u2066-\u2069]")
_PHRASES = "|".join(re.escape(phrase) for phrase in sorted({*DAYS, *EDGES, *TIMES}, key=len, reverse=True))
TOKEN = re.compile(
    r"(?P<date>\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
    r"|\d{1,2}(?P<sep>[./])\s?\d{1,2}(?P=sep)\s?(?:\d{4}|\d\d)\b\.?|\d{1,2}-\d{1,2}-\d{4}(?!\d))"
    r"|(?P<short>\d{1,2}\.\d{1,2}\.(?=[ -–]*\d))"
    r"|(?P<hour>\d{1,2})(?!\d)(?:[:.h](?P<minute>\d\d)(?!\d))?"
    r"(?: ?(?P<half>[ap])\.?m\b\.?| ?(?:hours|hrs|h|sati|sata|casova|cas|heures|uhr)\b\.?)?"
    rf"|(?P<phrase>(?<![^\W\d]|')(?:{_PHRASES})(?![^\W\d]|')\.?)"
    r"|(?P<dash>[-–—−‑~→]+|->)"
    r"|(?P<stop>[;؛|\n])"
    r"|(?P<skip>[\s,،.:/()]+)"
    r"|(?P<unknown>\d+|[^\W\d]+|.)")
