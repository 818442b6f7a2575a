"""The matcher beside what one would use instead: `python -m benchmarks`."""

import sys

from benchmarks import matcher

if __name__ == "__main__":
    sys.exit(matcher.main())
