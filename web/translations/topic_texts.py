"""The words of the topics that a new office begins with: config/topics.toml has them in English only."""
from __future__ import annotations

import tomllib
from pathlib import Path

TOPICS = Path(__file__).parents[2] / "config" / "topics.toml"


def topic_texts() -> list[str]:
    """Names of topics and things to bring, each once, in the order of the file."""
    with TOPICS.open("rb") as file:
        topics = tomllib.load(file)["topics"]
    return list(dict.fromkeys(text for topic in topics for text in (topic["name"], *topic["bring"])))
