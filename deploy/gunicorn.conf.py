"""Settings of gunicorn that are no flags of the unit: its master process logs in the portal's format (LOG_FORMAT).

Its own access log stays off: the portal writes a line for each request, without queries and tokens.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portal.core.logs import FORMATS, logging_config

_form = os.environ.get("LOG_FORMAT", "")
logconfig_dict = logging_config("plain" if _form == FORMATS[1] else "json", access=True)
