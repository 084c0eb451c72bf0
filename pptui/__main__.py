"""`python -m pptui`."""

import sys

from pptui.cli import main

if __name__ == "__main__":
    sys.exit(main())
