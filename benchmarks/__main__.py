"""Every benchmark there is: `python -m benchmarks`."""

import sys

from benchmarks.matcher import main

if __name__ == "__main__":
    sys.exit(main())
