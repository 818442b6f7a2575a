"""What reading a cell or a field gives: a value, a fault, or a question that only a person can answer.

Messages are codes with parameters; `web.reading.words` makes sentences of them, in one place and in the
reader's language.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Params: TypeAlias = tuple[tuple[str, str], ...]

LONGEST = 600  # characters of a cell that is read as more than a remark


@dataclass(frozen=True)
class Note:
    """How something was understood, where a person might have meant more or less."""

    code: str
    params: Params = ()


@dataclass(frozen=True)
class Value(Generic[T_co]):
    """The text has one meaning, and this is it."""

    value: T_co
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Fault:
    """The text has no meaning here."""

    code: str
    params: Params = ()


@dataclass(frozen=True)
class Option:
    """One meaning that the text may have; `answer` is what the reader is told when it is chosen."""

    answer: str
    code: str
    params: Params = ()


@dataclass(frozen=True)
class Question:
    """The text may mean several things. The same `key` is the same question wherever it arises."""

    key: str
    code: str
    options: tuple[Option, ...]
    params: Params = ()


Reading: TypeAlias = Value[T] | Fault | Question


def fault(code: str, /, **params: str) -> Fault:
    """A fault with its parameters by name."""
    return Fault(code, tuple(params.items()))


def note(code: str, /, **params: str) -> Note:
    """A note with its parameters by name."""
    return Note(code, tuple(params.items()))


def option(answer: str, code: str, /, **params: str) -> Option:
    """An option with its parameters by name."""
    return Option(answer, code, tuple(params.items()))


def question(key: str, code: str, options: tuple[Option, ...], /, **params: str) -> Question:
    """A question with its parameters by name."""
    return Question(key, code, options, tuple(params.items()))


def excerpt(text: str) -> str:
    """A text short enough to stand in a sentence."""
    text = " ".join(text[:200].split())
    return text if len(text) <= 60 else text[:59] + "…"
