"""How clients and assistants are spoken to: politely, always the same, and in times that mean one thing."""
from __future__ import annotations

import re

import pytest

from tests.web.test_translations import catalogue_of, forms

# What a catalogue would say to a friend or a child, or in small letters where it writes large ones elsewhere.
FAMILIAR = {
    # The plural speaks to one adult, woman or man; "your" and "to you" of the singular end in "ك".
    "ar": r"\b(?!ب?ذلك\b|يملك\b|هناك\b|تلك\b|ماك\b|ذاك\b|(?:ال)?اشتراك\b)\w+ك\b|\bأنت\b"
          r"|\bو?(?:اطلب|خذ|اختر|وجّه|اكتب|تأتي|تكن|تتوقعه|تستعملها|تذكر|تختار|احفظ|احفظه|أبقه|أزل|أزله|انسخ|انسخه"
          r"|استخدم|اترك|افتح|الصق|اضغط|اسأل|ارفع|شاركه|ألغِ|سجّل|أنشئ|افعل|تفعل|تحصل|أعطِ|تعطه|اقرأ|أضف|أعد|اطبع)\b",
    "fa": r"\bتو\b|\b(?:داری|می‌توانی|بگو|بیا|قرارت|تقویمت|برایت|نگه دار|بخوان)\b",
    "fa_AF": r"\bتو\b|\b(?:داری|می‌توانی|بگو|بیا|نگاه کن|بخوان|بساز|ذخیره کن)\b",
    "ps": r"\b(?:وساته|ولوله|(?<!لغوه )کړه)\b",
    # On buttons; in sentences the same forms have somebody else for their subject ("nobody can do it").
    "ku": r"(?i)^(?:\w+ ){0,4}(?:bike|biguherîne|biqedîne|bihêle|çêke|bixwîne|bigire|rake|derkeve|vegere"
          r"|bibe abone)$|\bte\b",
    "ckb": r"\b(?:تۆ|بکە|بخوێنەوە|بیخوێنەوە|هەڵبگرە|هەڵبژێرە|بهێنە|بگۆڕە|بڕۆ|بنووسە|بنێرە)\b",
    "fr": r"(?i)\b(?:tu|te|toi|ton|ta|tes)\b",
    "sr_Latn": r"\b(?:vam|vas|vama|vaš\w*|ti|tebi|tebe|tvoj\w*|možeš|imaš)\b",
    "tr": r"(?i)\b(?:sen|sana|seni|senin|seninle|randevun|takvimin)\b",
    "ru": r"\b(?:вы|вам|вас|вами|ваш\w*)\b|(?i:\b(?:ты|тебе|тебя|твой|твоя)\b)",
    "uk": r"\b(?:ви|вам|вас|вами|ваш\w*)\b|(?i:\b(?:ти|тобі|тебе|твій|твоя)\b)",
    "es": r"(?i)\b(?:tú|te|ti|tu|tus|contigo|puedes|tienes|quieres|elige|dinos)\b",
    "ur": r"\b(?:تم|تمہیں|تمہارا|تمہاری|تجھے|تیرا|کرو|آؤ)\b",
}
OF_THE_CALENDAR = "takvimin"  # and not "your": assistants read of the calendar's own settings
# Who counts hours from sunrise says "three" for nine o'clock: 10:30 stands without the word for "hour".
COUNTED_FROM_SIX = {"sw": "saa", "rn": "isaha", "ti": "ሰዓት", "so": "saacadda"}


@pytest.mark.parametrize("locale", FAMILIAR)
@pytest.mark.parametrize("name", ["client", "assistant"])
def test_people_are_addressed_politely_and_always_the_same(name: str, locale: str) -> None:
    familiar = re.compile(FAMILIAR[locale])
    said = [(form, found[0]) for message in catalogue_of(name, locale) if message.id
            for form in forms(message) if (found := familiar.search(form))]
    assert [form for form, word in said if (name, word.lower()) != ("assistant", OF_THE_CALENDAR)] == []


@pytest.mark.parametrize("locale", COUNTED_FROM_SIX)
def test_no_hour_can_be_taken_for_one_that_is_counted_from_six(locale: str) -> None:
    named = re.compile(rf"\b{COUNTED_FROM_SIX[locale]}\s+%\((?:time|start|end|from|to)\)")
    assert [form for name in ("client", "assistant") for message in catalogue_of(name, locale) if message.id
            for form in forms(message) if named.search(form)] == []
