"""Every benchmark there is: `python -m benchmarks`."""

import sys

from benchmarks import feeds, matcher

if __name__ == "__main__":
    sys.exit(matcher.main() or feeds.main([]))
