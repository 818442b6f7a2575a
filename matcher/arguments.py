"""What commands read from their arguments."""

from __future__ import annotations

import argparse
import math


def seconds(value: str) -> float:
    """Read a number of seconds above 0."""
    try:
        read = float(value)
    except ValueError:
        read = math.nan
    if not 0 < read < math.inf:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of seconds above 0")
    return read


def pairing(value: str) -> tuple[str, str]:
    """Read a client and an assistant, CLIENT=ASSISTANT."""
    client, equals, assistant = value.partition("=")
    if not (client and equals and assistant):
        raise argparse.ArgumentTypeError(f"{value!r} is no pair; write CLIENT=ASSISTANT, like c1=a3")
    return client, assistant
