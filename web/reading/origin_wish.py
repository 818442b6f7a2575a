"""Whether somebody wishes to meet an assistant from their own country."""
from __future__ import annotations

from collections.abc import Mapping

from web.reading.folding import words
from web.reading.result import Reading, Value, excerpt, fault, option, question

_SAME = frozenset(["same", "own", "ista", "iste", "isto", "istog", "istom", "iz", "svoje", "svoja", "meme"])
_DIFFERENT = frozenset((
    "different", "other", "another", "druga", "druge", "drugog", "drugo", "autre", "drukcija"
))
_NOT = frozenset(["not", "no", "never", "nije", "ne", "nikako", "non", "pas", "without", "avoid", "bez"])
_MUST = frozenset((
    "only", "must", "required", "strictly", "exclusively", "samo", "iskljucivo", "obavezno",
    "uniquement", "seulement", "mora", "requires"
))
_RATHER = frozenset((
    "prefer", "prefers", "preferred", "preferably", "rather", "possible", "radije", "pozeljno", "zeli",
    "bolje", "mogucnosti", "prefere", "plutot", "wishes", "wants"
))
_SUBJECT = frozenset((
    "country", "origin", "nationality", "community", "culture", "zemlja", "zemlje", "zemlji", "zemlju",
    "poreklo", "porekla", "porekla", "drzava", "drzave", "drzavu", "pays", "origine", "people",
    "countrymen"
))
_FILLERS = frozenset((
    "a", "an", "the", "of", "from", "with", "if", "po", "sa", "s", "iz", "u", "du", "de", "le", "la",
    "to", "as", "assistant", "asistent"
))
_NONE = frozenset((
    "", "no", "none", "any", "no preference", "no wish", "nema", "svejedno", "ne", "n a", "any country",
    "bez zelje", "nije vazno", "nevazno", "does not matter", "doesn t matter", "indifferent",
))


def read_origin_wish(text: str, answers: Mapping[str, str] | None = None) -> Reading[str]:
    """none, prefer-same, require-same or require-different."""
    if len(text) > 200:
        return fault("wishes.origin-unknown", text=excerpt(text))
    said = words(text)
    if " ".join(said) in _NONE:
        return Value("none")
    same, other = any(word in _SAME for word in said), any(word in _DIFFERENT for word in said)
    negated, must = any(word in _NOT for word in said), any(word in _MUST for word in said)
    rather = any(word in _RATHER for word in said)
    known = _SAME | _DIFFERENT | _NOT | _MUST | _RATHER | _SUBJECT | _FILLERS
    if same == other or (must and rather) or any(word not in known for word in said):
        return fault("wishes.origin-unknown", text=excerpt(text))
    if (same and negated) or (other and not negated):
        plain = not rather and (negated or must)
        return Value("require-different") if plain else _ask(text, "require-different", answers or {})
    if other:
        return _ask(text, "require-same", answers or {})
    if must or rather:
        return Value("require-same" if must else "prefer-same")
    return _ask(text, "require-same", answers or {}, "prefer-same")


def _ask(text: str, strong: str, answers: Mapping[str, str], weak: str = "none") -> Reading[str]:
    asked = f"origin-wish:{' '.join(words(text))}"
    chosen = answers.get(asked)
    if chosen:
        return Value(chosen)
    return question(asked, "wishes.how-strong", tuple(
        option(each, f"wishes.{each}") for each in (weak, strong)), text=excerpt(text))
