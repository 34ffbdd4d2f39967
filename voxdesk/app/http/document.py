"""The OpenAPI document, without a running console: `python -m voxdesk.app.http.document`."""

import json
import sys

from voxdesk.app.http.application import make_app


def main() -> None:
    """Print it; the console's pages are typed by it."""
    json.dump(make_app(None).openapi(), sys.stdout, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
