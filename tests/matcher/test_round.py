"""A round is read whole or refused whole, and written back as it came."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from matcher import Round
from tests.builders import a_round, assistant, at, client, document, hours, need, topic

EVERY_FIELD = document(
    clients=[
        client(
            cultures=["persianate"],
            languages={"prs": "native", "en": "A2"},
            wishes={"origin": "prefer-same", "gender": "require-female"},
            weight=3,
            needs=[need(by="2026-12-11"), need("n2", minutes=90, optional=True), need("n3", optional=False)],
            places=["office"],
            max_per_day=2,
            previous_assistant="a2",
            not_with=["a2"],
        )
    ],
    assistants=[
        assistant(
            cultures=[],
            topics=["talk"],
            places=["office"],
            accepts_genders=["male", "other"],
            availability=[hours(0, "09:00", "24:00", places=["centre"]), hours(2, "09:00", "12:30")],
            caseload=5,
            max_clients=8,
            max_minutes_per_week=600,
            max_minutes_per_day=240,
            buffer_minutes=20,
        ),
        assistant("a2"),
    ],
    topics=[topic(windows=[{"days": ["mon", "sun"], "from": "09:00", "to": "24:00"}])],
    closed_days=["2026-12-09"],
    policy={
        "levels": ["early", "served"],
        "minimum_level": "A1",
        "bridges": [{"client": "prs", "assistant": "fa", "loss": 0}],
    },
    pins=[
        {"client": "c1", "assistant": "a1"},
        {"client": "c1", "assistant": "a1", "need": "n1", "start": at(0, "10:00")},
    ],
    bans=[{"client": "c1", "assistant": "a2"}],
    keep=[{"client": "c1", "assistant": "a1", "need": "n1", "start": at(0, "10:00")}],
)


def canonical_hash(doc: dict[str, Any]) -> str:
    text = json.dumps(doc, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_round_with_every_field_is_written_back_as_it_came() -> None:
    assert Round.from_document(EVERY_FIELD).to_document() == EVERY_FIELD


def test_the_hash_is_that_of_the_canonical_document() -> None:
    assert Round.from_document(EVERY_FIELD).sha256 == canonical_hash(EVERY_FIELD)


def test_a_spelled_out_default_is_another_document_with_the_same_meaning() -> None:
    short, long = document(), document(closed_days=[], policy={})
    assert Round.from_document(short) == Round.from_document(long)
    assert Round.from_document(long).to_document() == long
    assert Round.from_document(short).sha256 != Round.from_document(long).sha256


OPTIONAL = {
    "": ["policy", "closed_days", "pins", "bans", "keep"],
    "/clients/0": [
        "cultures", "wishes", "weight", "places", "max_per_day", "previous_assistant", "not_with",
    ],
    "/assistants/0": [
        "cultures", "topics", "places", "accepts_genders", "caseload", "max_clients",
        "max_minutes_per_week", "max_minutes_per_day", "buffer_minutes",
    ],
    "/clients/0/needs/0": ["by"],
    "/clients/0/needs/1": ["minutes", "optional"],
    "/clients/0/wishes": ["origin", "gender"],
    "/assistants/0/availability/0": ["places"],
    "/topics/0": ["windows"],
    "/policy": ["levels", "minimum_level", "bridges"],
}  # fmt: skip


def inside(doc: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        doc = doc[int(token)] if isinstance(doc, list) else doc.get(token, {})
    return doc


@given(st.data())
def test_any_optional_fields_may_be_absent_and_stay_so(data: st.DataObject) -> None:
    doc = json.loads(json.dumps(EVERY_FIELD))
    for pointer, names in OPTIONAL.items():
        part = inside(doc, pointer)
        for name in data.draw(st.sets(st.sampled_from(names))):
            part.pop(name, None)
    rnd = Round.from_document(doc)
    assert rnd.to_document() == doc
    assert Round.from_document(rnd.to_document()) == rnd
    assert rnd.sha256 == canonical_hash(doc)


def test_absent_fields_have_the_defaults_of_the_format() -> None:
    rnd = a_round()
    one, other = rnd.client("c1"), rnd.assistant("a1")
    assert (one.weight, one.max_per_day, one.cultures, one.not_with, one.previous_assistant) == (
        1, 1, (), (), None,
    )  # fmt: skip
    assert (one.wishes.origin, one.wishes.gender, one.places) == ("none", "none", None)
    assert (other.caseload, other.buffer_minutes, other.max_clients, other.topics) == (0, 0, None, None)
    assert (other.max_minutes_per_week, other.max_minutes_per_day, other.accepts_genders) == (
        None,
        None,
        None,
    )
    assert (rnd.policy.minimum_level, rnd.policy.bridges, rnd.policy.levels[0]) == (3, (), "served")
    assert len(rnd.policy.levels) == 9


def test_a_need_lasts_as_long_as_its_topic_unless_it_says_otherwise() -> None:
    rnd = a_round(clients=[client(needs=[need(), need("n2", minutes=90)])])
    assert [rnd.minutes(one) for one in rnd.client("c1").needs] == [60, 90]


def test_days_count_from_the_first_and_closed_ones_are_not_open() -> None:
    rnd = a_round(last_day="2026-12-09", closed_days=["2026-12-08"])
    assert rnd.days == (date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 9))
    assert rnd.open_days == (date(2026, 12, 7), date(2026, 12, 9))
    ten = datetime.fromisoformat(at(2, "10:00"))
    assert (rnd.day_index(ten.date()), rnd.slot(ten), rnd.moment(2, 20)) == (2, 20, ten)
    assert rnd.moment(0, 48) == datetime.fromisoformat(at(1, "00:00"))


def test_ids_may_be_of_any_script() -> None:
    # With a zero-width non-joiner, as Persian writes it.
    doc = document(clients=[client("پناه\u200cجو", places=["کتاب\u200cخانه"])])
    assert Round.from_document(doc).clients[0].id == "پناه\u200cجو"
    assert Round.from_document(doc).sha256 == canonical_hash(doc)
