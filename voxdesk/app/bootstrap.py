"""The one place where everything is put together."""

import logging

log = logging.getLogger(__name__)
