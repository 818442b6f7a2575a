"""Describe a round before it is solved: how large, how open, and who cannot be served at all."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from matcher.candidates import CODES, candidates
from matcher.explain import reasons_for_unmatched
from matcher.round import Round


def describe(rnd: Round) -> dict[str, Any]:
    """Return a round's sizes, its possible pairs and starts, and the clients nobody can serve."""
    table = candidates(rnd)
    matchable = set(table.client.tolist())
    ruled_out = Counter(table.broken.ravel().tolist())
    needs = table.columns
    return {
        "round_sha256": rnd.sha256,
        "clients": len(rnd.clients),
        "assistants": len(rnd.assistants),
        "days": len(rnd.open_days),
        "essential_needs": int((~needs.need_optional).sum()),
        "optional_needs": int(needs.need_optional.sum()),
        "pins": len(rnd.pins),
        "pairs": table.broken.size,
        "possible_pairs": len(table),
        "ruled_out": {code: ruled_out[n] for n, code in enumerate(CODES, start=1) if ruled_out[n]},
        "starts": int(np.bitwise_count(table.masks).sum()),
        "without_assistant": [
            {
                "client": client.id,
                "reasons": [
                    {"code": reason.code, "text": reason.text, "assistants": reason.assistants}
                    for reason in reasons_for_unmatched(rnd, table, client.id)
                ],
            }
            for n, client in enumerate(table.clients)
            if n not in matchable
        ],
    }


def text(description: dict[str, Any]) -> str:
    """Say in lines what `describe` found."""
    d = description
    lines = [
        f"{d['clients']} clients, {d['assistants']} assistants, {d['days']} open days",
        f"{d['essential_needs']} essential and {d['optional_needs']} optional needs, {d['pins']} pins",
        f"{d['possible_pairs']} of {d['pairs']} pairs are possible, with {d['starts']} starts",
    ]
    lines += [f"  ruled out by {code}: {count}" for code, count in d["ruled_out"].items()]
    if d["without_assistant"]:
        lines.append("clients whom nobody can serve:")
    for one in d["without_assistant"]:
        lines.append(f"  {one['client']}: {'; '.join(reason['text'] for reason in one['reasons'])}")
    return "\n".join(lines)
