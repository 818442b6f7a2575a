"""What the laws of the matcher are tried with."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is slow now and then; how long a law takes is for the benchmarks to say.
settings.register_profile("matcher", deadline=None)
settings.load_profile("matcher")
