"""`python -m lms_tui` is `lms-tui`."""

import sys

from lms_tui.cli.main import main

sys.exit(main())
