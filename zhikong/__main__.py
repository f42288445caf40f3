"""``python -m zhikong`` is the command ``zhikong``."""

import sys

from zhikong.cli import main

sys.exit(main())
