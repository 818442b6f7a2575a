"""Laws that hold for every round, searched for by hypothesis, which shrinks what breaks them."""

from __future__ import annotations

from hypothesis import given

from tests.matcher.exact import optimum
from tests.matcher.laws import Document, copied, lawful
from tests.matcher.rounds import small_rounds
from tests.matcher.solving import planned, values


@lawful(30)
@given(small_rounds)
def test_law_every_level_is_as_good_as_can_be(document: Document) -> None:
    plan = planned(document)
    assert (values(plan) if plan["status"] == "optimal" else None) == optimum(document)


@lawful(30)
@given(small_rounds)
def test_law_one_client_less_never_raises_served(document: Document) -> None:
    document["policy"] = {"levels": ["served"]}
    for name in ("pins", "keep", "bans"):
        document.pop(name, None)
    fewer = copied(document)
    fewer["clients"] = fewer["clients"][:-1]
    assert values(planned(fewer))["served"] <= values(planned(document))["served"]
