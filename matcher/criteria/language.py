"""A pair must understand each other when they speak, and the better the better."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np

from matcher.criteria.base import Bools, Pairs, Points, Preference, Requirement
from matcher.languages import language_name, level_name
from matcher.parts import Assistant, Client
from matcher.plan_parts import Reason
from matcher.round import Round


class Common(NamedTuple):
    """The best way for two people to speak: who speaks what, and how good that is (0..7)."""

    quality: int
    client: str
    assistant: str


def losses(rnd: Round) -> dict[tuple[str, str], int]:
    """Return what is lost between a client's language and an assistant's."""
    return {(bridge.client, bridge.assistant): bridge.loss for bridge in rnd.policy.bridges}


def common_language(client: Client, assistant: Assistant, loss: dict[tuple[str, str], int]) -> Common:
    """Find how two people speak best; at equal quality the same language goes before a bridge."""
    best = Common(0, "", "")
    for x in sorted(client.languages):
        for y in sorted(assistant.languages):
            if x != y and (x, y) not in loss:
                continue
            least = min(client.languages[x], assistant.languages[y])
            quality = least - (0 if x == y else loss[x, y])
            better = quality > best.quality or (
                quality == best.quality > 0 and x == y and best.client != best.assistant
            )
            if better:
                best = Common(quality, x, y)
    return best


def quality_table(pairs: Pairs) -> Points:
    """Give every pair its quality of language, 0 (none) to 7 (both native)."""
    out = np.zeros(pairs.shape, dtype=np.int8)
    spoken_by_assistants = {tag for assistant in pairs.assistants for tag in assistant.languages}
    ways = {(tag, tag): 0 for tag in spoken_by_assistants}
    ways.update({way: loss for way, loss in losses(pairs.round).items() if way[0] != way[1]})
    for (x, y), loss in ways.items():
        rows = np.array([n for n, c in enumerate(pairs.clients) if x in c.languages], dtype=np.int64)
        columns = np.array([n for n, a in enumerate(pairs.assistants) if y in a.languages], dtype=np.int64)
        if not rows.size or not columns.size:
            continue
        mine = np.array([pairs.clients[n].languages[x] for n in rows], dtype=np.int8)
        theirs = np.array([pairs.assistants[n].languages[y] for n in columns], dtype=np.int8)
        block = np.ix_(rows, columns)
        quality = np.minimum.outer(mine, theirs) - np.int8(loss)
        out[block] = np.maximum(out[block], quality)
    return out


class SharedLanguage(Requirement):
    """The pair's quality of language is at least the office's minimum."""

    code = "language"

    def of_client(self, client: Client) -> Hashable:
        """Their languages and levels."""
        return frozenset(client.languages.items())

    def of_assistant(self, assistant: Assistant) -> Hashable:
        """Their languages and levels."""
        return frozenset(assistant.languages.items())

    def broken(self, pairs: Pairs) -> Bools:
        """Tell which pairs understand each other too little."""
        return np.asarray(quality_table(pairs) < self.round.policy.minimum_level)

    def keeps_apart(self, client: Client, assistant: Assistant) -> bool:
        """Tell whether these two understand each other too little."""
        quality = common_language(client, assistant, losses(self.round)).quality
        return quality < self.round.policy.minimum_level

    def text(self, client: Client) -> str:
        """Say what such assistants lack."""
        return f"no shared language at {level_name(self.round.policy.minimum_level)} or better"


class LanguageQuality(Preference):
    """Points for how well the pair understands each other: 1 (A1) to 7 (both native)."""

    level = "language"

    def __init__(self, rnd: Round) -> None:
        super().__init__(rnd)
        self._losses = losses(rnd)

    def of_client(self, client: Client) -> Hashable:
        """Their languages and levels."""
        return frozenset(client.languages.items())

    def of_assistant(self, assistant: Assistant) -> Hashable:
        """Their languages and levels."""
        return frozenset(assistant.languages.items())

    def points(self, pairs: Pairs) -> Points:
        """Give every pair its quality of language."""
        return quality_table(pairs)

    def score(self, client: Client, assistant: Assistant) -> int:
        """Give these two their quality of language."""
        return common_language(client, assistant, self._losses).quality

    def explain(self, client: Client, assistant: Assistant) -> Reason | None:
        """Say what they speak with each other, and how well."""
        quality, mine, theirs = common_language(client, assistant, self._losses)
        if quality <= 0:
            return None
        level = level_name(quality)
        names = list(dict.fromkeys((language_name(mine), language_name(theirs))))
        if mine == theirs or not self._losses[mine, theirs]:
            return Reason(self.level, f"both speak {'/'.join(names)} ({level})")
        return Reason(
            self.level, f"the client's {names[0]} and the assistant's {names[-1]} are close ({level})"
        )
