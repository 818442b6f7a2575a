"""Every benchmark there is: `python -m benchmarks`."""

import sys

from benchmarks import curve, feeds, matcher

if __name__ == "__main__":
    sys.exit(matcher.main() or curve.main([]) or feeds.main([]))
