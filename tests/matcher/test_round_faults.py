"""A faulty round is refused whole: every fault at its place, each on one line, none a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import BadRound, Round
from tests.builders import MONDAY, assistant, at, client, document, hours, need, topic
from tests.matcher.test_round import EVERY_FIELD


def faults(doc: object) -> list[tuple[str, str]]:
    with pytest.raises(BadRound) as refused:
        Round.from_document(doc)
    assert all(fault.remedy for fault in refused.value.faults)
    return [(fault.pointer, fault.message) for fault in refused.value.faults]


def test_a_faulty_round_names_every_fault_at_its_place() -> None:
    doc = document(
        clients=[client(weight=0, colour="red"), client(languages={"fa": "B7"})],
        assistants=[assistant(gender="f", max_clients=True)],
        first_day="2026-13-01",
        grid_minutes=7,
    )
    assert faults(doc) == [
        ("/grid_minutes", "7 minutes do not divide a day"),
        ("/first_day", '"2026-13-01" is not a date'),
        ("/assistants/0/gender", '"f" is not known here'),
        ("/assistants/0/max_clients", "true is not a whole number"),
        ("/clients/0/colour", "unknown field"),
        ("/clients/0/weight", "0 is out of range"),
        ("/clients/1/languages/fa", '"B7" is not known here'),
        ("/clients/1/id", "the same as /clients/0"),
    ]


PIN = {"client": "c1", "assistant": "a1"}
STARTS = {**PIN, "need": "n1", "start": at(0, "10:00")}
TEN_PAST = at(0, "10:10")


@pytest.mark.parametrize(
    ("doc", "pointer", "message"),
    [
        ([], "", "an array is not an object"),
        (document(format="r4r-round/2"), "/format", '"r4r-round/2" is not known'),
        (document(timezone="Mars/Base"), "/timezone", '"Mars/Base" is no time zone'),
        (document(timezone="../passwd"), "/timezone", '"../passwd" is no time zone'),
        (document(last_day="2026-12-06"), "/last_day", "2026-12-06 is before first_day"),
        (document(last_day="2028-12-06"), "/last_day", "the round is longer than a year"),
        (document(last_day="20261210"), "/last_day", '"20261210" is not a date'),
        (document(last_day=None), "/last_day", "null is not a date"),
        (document(grid_minutes=30.0), "/grid_minutes", "30.0 is not a whole number"),
        (document(grid_minutes=0), "/grid_minutes", "0 is out of range"),
        (document(closed_days=[MONDAY, MONDAY]), "/closed_days/1", "the same as /closed_days/0"),
        (document(policy={"levels": ["early", "early"]}), "/policy/levels/1", "the same as /policy/levels/0"),
        (document(policy={"levels": ["fun"]}), "/policy/levels/0", '"fun" is not known here'),
        (document(policy={"minimum_level": 3}), "/policy/minimum_level", "3 is not known here"),
        (
            document(policy={"bridges": [{"client": "a", "assistant": "b", "loss": 8}]}),
            "/policy/bridges/0/loss",
            "8 is out of range",
        ),
        (
            document(policy={"bridges": [{"client": "a", "assistant": "b", "loss": n} for n in (0, 1)]}),
            "/policy/bridges/1",
            "the same as /policy/bridges/0",
        ),
        (document(topics=[topic(), topic()]), "/topics/1/id", "the same as /topics/0"),
        (document(topics=[topic(minutes=45)]), "/topics/0/minutes", "45 is off the grid"),
        (
            document(topics=[topic(windows=[{"days": ["mon"], "from": "10:00", "to": "10:00"}])]),
            "/topics/0/windows/0/to",
            "does not come after from",
        ),
        (
            document(topics=[topic(windows=[{"days": ["mon"], "from": "10:10", "to": "11:00"}])]),
            "/topics/0/windows/0/from",
            '"10:10" is off the grid',
        ),
        (
            document(topics=[topic(windows=[{"days": ["Mon"], "from": "10:00", "to": "11:00"}])]),
            "/topics/0/windows/0/days/0",
            '"Mon" is not known here',
        ),
        (
            document(clients=[client(needs=[need(), need()])]),
            "/clients/0/needs/1/id",
            "the same as /clients/0/needs/0",
        ),
        (
            document(clients=[client(needs=[need(topic_id="gym")])]),
            "/clients/0/needs/0/topic",
            '"gym" is no topic of this round',
        ),
        (
            document(clients=[client(needs=[need(minutes=20)])]),
            "/clients/0/needs/0/minutes",
            "20 is off the grid",
        ),
        (
            document(clients=[client(needs=[need(optional=1)])]),
            "/clients/0/needs/0/optional",
            "1 is neither true nor false",
        ),
        (document(clients=[client(weight=10**9)]), "/clients/0/weight", "1000000000 is out of range"),
        (document(clients=[client(weight=10**999)]), "/clients/0/weight", "a huge number is out of range"),
        (document(clients=[client(id="")]), "/clients/0/id", "a text of 0 characters"),
        (
            document(clients=[client("c\ud800")]),
            "/clients/0/id",
            '"c\\ud800" holds control characters',
        ),
        (
            document(clients=[client(wishes={"origin": "same"})]),
            "/clients/0/wishes/origin",
            '"same" is not known here',
        ),
        (
            document(clients=[client(previous_assistant="a9")]),
            "/clients/0/previous_assistant",
            '"a9" is no assistant of this round',
        ),
        (
            document(clients=[client(not_with=["a9"])]),
            "/clients/0/not_with/0",
            '"a9" is no assistant of this round',
        ),
        (
            document(clients=[client(not_with=["a1", "a1"])]),
            "/clients/0/not_with/1",
            "the same as /clients/0/not_with/0",
        ),
        (
            document(assistants=[assistant(topics=["gym"])]),
            "/assistants/0/topics/0",
            '"gym" is no topic of this round',
        ),
        (
            document(assistants=[assistant(languages=["fa"])]),
            "/assistants/0/languages",
            "an array is not an object",
        ),
        (
            document(clients=[client(availability=[{"start": TEN_PAST, "end": at(0, "11:00")}])]),
            "/clients/0/availability/0/start",
            f'"{TEN_PAST}" is off the grid',
        ),
        (
            document(clients=[client(availability=[hours(0, "11:00", "10:00")])]),
            "/clients/0/availability/0/end",
            "does not come after start",
        ),
        (
            document(clients=[client(availability=[{"start": f"{MONDAY}T10:00Z", "end": at(0, "11:00")}])]),
            "/clients/0/availability/0/start",
            f'"{MONDAY}T10:00Z" is not a local time',
        ),
        (document(pins=[{**PIN, "client": "c9"}]), "/pins/0/client", '"c9" is no client of this round'),
        (document(pins=[{**PIN, "need": "n1"}]), "/pins/0/start", "is missing"),
        (document(pins=[{**PIN, "start": at(0, "10:00")}]), "/pins/0/need", "is missing"),
        (document(pins=[{**STARTS, "need": "n9"}]), "/pins/0/need", '"n9" is no need of "c1"'),
        (document(pins=[{**STARTS, "start": TEN_PAST}]), "/pins/0/start", f'"{TEN_PAST}" is off the grid'),
        (document(pins=[PIN, PIN]), "/pins/1", "the same as /pins/0"),
        (
            document(bans=[{**PIN, "assistant": "a9"}]),
            "/bans/0/assistant",
            '"a9" is no assistant of this round',
        ),
        (document(keep=[PIN | {"need": "n1"}]), "/keep/0/start", "is missing"),
        (document(keep=[STARTS, STARTS]), "/keep/1", "the same as /keep/0"),
        ({**document(), "a/b~c": 1}, "/a~1b~0c", "unknown field"),
    ],
)
def test_one_fault_is_told_once_at_its_place(doc: object, pointer: str, message: str) -> None:
    assert faults(doc) == [(pointer, message)]


@pytest.mark.parametrize("name", ["format", "timezone", "first_day", "last_day", "grid_minutes", "clients"])
def test_a_field_that_cannot_be_done_without_is_missed(name: str) -> None:
    doc = document()
    del doc[name]
    assert faults(doc) == [(f"/{name}", "is missing")]


@pytest.mark.parametrize(
    ("data", "pointer", "message"),
    [
        (b'{"x": [{"a": 1, "b": 3, "a": 2}]}', "/x/0/a", "stands twice"),
        (b'{"a": NaN}', "/a", "NaN is not JSON"),
        (b'{"a": [0, -Infinity]}', "/a/1", "-Infinity is not JSON"),
        (b'{"a": "\xff"}', "", "is not UTF-8 at byte 7"),
        (b"\xef\xbb\xbf{}", "", "begins with a byte-order mark"),
        (b"[" * 70 + b"]" * 70, "", "is nested deeper than 64 levels"),
        (b"[" * 100_000, "", "is nested deeper than 64 levels"),
        (b'{"a": ' + b"9" * 5000 + b"}", "", "holds a number of thousands of digits"),
        (b"{", "", "is not JSON at line 1, column 2: Expecting property name enclosed in double quotes"),
        (b"", "", "is not JSON at line 1, column 1: Expecting value"),
    ],
)
def test_what_is_no_json_is_one_fault(data: bytes, pointer: str, message: str) -> None:
    with pytest.raises(BadRound) as refused:
        Round.from_json(data)
    assert [(fault.pointer, fault.message) for fault in refused.value.faults] == [(pointer, message)]


def test_a_file_that_cannot_be_read_is_one_fault(tmp_path: Path) -> None:
    with pytest.raises(BadRound) as refused:
        Round.from_file(tmp_path / "none.json")
    told = f"cannot read {tmp_path / 'none.json'}: no such file or directory"
    assert [fault.message for fault in refused.value.faults] == [told]


def test_a_fault_takes_one_line_whatever_the_document_holds() -> None:
    with pytest.raises(BadRound) as refused:
        Round.from_document({**document(), "a\nb\ud800\x1b": 1})
    assert str(refused.value).startswith("/a\\nb\\ud800\\x1b: unknown field; leave it out")
    assert str(refused.value).count("\n") == 0


def faults_or_none(doc: object) -> list[str]:
    try:
        Round.from_document(doc)
    except BadRound as refused:
        return [str(fault) for fault in refused.faults]
    return []


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
def test_no_value_in_any_place_is_more_than_a_fault(data: st.DataObject) -> None:
    doc = json.loads(json.dumps(EVERY_FIELD))
    part: Any = doc
    while True:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(part[key], (dict, list)) or not part[key] or data.draw(st.booleans()):
            break
        part = part[key]
    part[key] = data.draw(JSON_VALUES)
    told = faults_or_none(doc)
    assert [fault.count("\n") for fault in told] == [0] * len(told)
