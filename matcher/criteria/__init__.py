"""Every pair criterion, in the order in which the round's rules and levels name them."""

from __future__ import annotations

from matcher.criteria.base import Pairs, Preference, Requirement
from matcher.criteria.continuity import Continuity
from matcher.criteria.gender import PreferredGender, RequiredGender
from matcher.criteria.language import LanguageQuality, SharedLanguage
from matcher.criteria.not_with import NotWith
from matcher.criteria.origin import RequiredOrigin, SameOrigin
from matcher.criteria.place import SharedPlace
from matcher.criteria.topic import CoversTopics

__all__ = ["PREFERENCES", "REQUIREMENTS", "Pairs", "Preference", "Requirement"]

REQUIREMENTS: tuple[type[Requirement], ...] = (
    SharedLanguage,
    RequiredOrigin,
    RequiredGender,
    NotWith,
    CoversTopics,
    SharedPlace,
)
PREFERENCES: tuple[type[Preference], ...] = (SameOrigin, LanguageQuality, PreferredGender, Continuity)
