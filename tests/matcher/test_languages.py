"""Levels, bridges and what two people speak with each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Round
from matcher.criteria import Pairs
from matcher.criteria.language import LanguageQuality, SharedLanguage, quality_table
from matcher.languages import CEFR, DEFAULT_BRIDGES, NAMES, language_name, level_name
from tests.builders import a_round, assistant, client
from tests.matcher.exact import quality


def meeting(mine: dict[str, str], theirs: dict[str, str], *bridges: tuple[str, str, int]) -> Round:
    return a_round(
        clients=[client(languages=mine)],
        assistants=[assistant(languages=theirs)],
        policy={"bridges": [{"client": x, "assistant": y, "loss": loss} for x, y, loss in bridges]},
    )


def score(rnd: Round) -> int:
    return LanguageQuality(rnd).score(rnd.clients[0], rnd.assistants[0])


def said(rnd: Round) -> str | None:
    reason = LanguageQuality(rnd).explain(rnd.clients[0], rnd.assistants[0])
    return None if reason is None else reason.text


def test_levels_run_from_a1_to_native() -> None:
    assert [level_name(level) for level in range(1, 8)] == ["A1", "A2", "B1", "B2", "C1", "C2", "native"]
    assert list(CEFR.values()) == [1, 2, 3, 4, 5, 6, 7]


def test_a_pair_speaks_as_well_as_the_weaker_of_the_two() -> None:
    rnd = meeting({"fa": "native", "en": "B2"}, {"fa": "A2", "en": "C1"})
    assert (score(rnd), said(rnd)) == (4, "both speak English (B2)")


def test_a_bridge_counts_one_way_and_at_its_loss() -> None:
    assert score(meeting({"uk": "native"}, {"ru": "C2"}, ("uk", "ru", 2))) == 4
    assert score(meeting({"ru": "native"}, {"uk": "C2"}, ("uk", "ru", 2))) == 0


def test_a_bridge_without_loss_is_one_language_of_two_names() -> None:
    rnd = meeting({"prs": "native"}, {"fa": "native"}, ("prs", "fa", 0))
    assert said(rnd) == "both speak Dari/Farsi (native)"


def test_a_bridge_with_loss_names_both_sides() -> None:
    rnd = meeting({"rn": "native"}, {"rw": "native"}, ("rn", "rw", 1))
    assert said(rnd) == "the client's Kirundi and the assistant's Kinyarwanda are close (C2)"


def test_the_same_language_is_named_before_an_equal_bridge() -> None:
    rnd = meeting({"apc": "C1", "so": "C1"}, {"arz": "native", "so": "C1"}, ("apc", "arz", 0))
    assert said(rnd) == "both speak Somali (C1)"


def test_nothing_is_said_about_no_language() -> None:
    assert said(meeting({"fa": "native"}, {"so": "native"})) is None


@pytest.mark.parametrize(("minimum", "apart"), [("B1", False), ("B2", True)])
def test_the_least_level_is_the_offices(minimum: str, apart: bool) -> None:
    rnd = a_round(clients=[client(languages={"fa": "B1"})], policy={"minimum_level": minimum})
    rule = SharedLanguage(rnd)
    assert rule.keeps_apart(rnd.clients[0], rnd.assistants[0]) is apart
    assert rule.text(rnd.clients[0]) == f"no shared language at {minimum} or better"


speakers = st.dictionaries(st.sampled_from(["ar", "fa", "prs", "ps"]), st.sampled_from(list(CEFR)))
ways = st.lists(
    st.tuples(st.sampled_from(["ar", "fa", "prs"]), st.sampled_from(["fa", "prs", "ps"]), st.integers(0, 7)),
    unique_by=lambda way: way[:2],
    max_size=4,
)


@given(st.lists(speakers, min_size=1, max_size=4), st.lists(speakers, min_size=1, max_size=4), ways)
def test_the_table_and_the_pair_and_the_oracle_agree(
    mine: list[dict[str, str]], theirs: list[dict[str, str]], bridges: list[tuple[str, str, int]]
) -> None:
    rnd = a_round(
        clients=[client(f"c{n}", languages=one) for n, one in enumerate(mine)],
        assistants=[assistant(f"a{n}", languages=one) for n, one in enumerate(theirs)],
        policy={"bridges": [{"client": x, "assistant": y, "loss": loss} for x, y, loss in bridges]},
    )
    rule, doc = LanguageQuality(rnd), rnd.to_document()
    one_by_one = [[rule.score(c, a) for a in rnd.assistants] for c in rnd.clients]
    assert quality_table(Pairs(rnd, rnd.clients, rnd.assistants)).tolist() == one_by_one
    assert one_by_one == [[quality(doc, c, a) for a in doc["assistants"]] for c in doc["clients"]]


def test_the_default_bridges_are_a_valid_policy_of_named_languages() -> None:
    written = [{"client": b.client, "assistant": b.assistant, "loss": b.loss} for b in DEFAULT_BRIDGES]
    assert a_round(policy={"bridges": written}).policy.bridges == DEFAULT_BRIDGES
    assert {b.client for b in DEFAULT_BRIDGES} | {b.assistant for b in DEFAULT_BRIDGES} <= set(NAMES)


def test_an_unknown_language_speaks_for_itself() -> None:
    assert (language_name("prs"), language_name("tlh")) == ("Dari", "tlh")
