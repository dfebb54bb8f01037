"""`python -m bot VERB` is `worthwhile VERB`."""

import sys

from bot.cli import main

sys.exit(main())
