"""Asks a process of ours whether it lives or is ready: exit code 0 when it says so. There is no curl in the image.

python -I -S probe.py http://127.0.0.1:9100/readyz
"""

import sys
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 3.0

try:
    with urllib.request.urlopen(sys.argv[1], timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - our own address
        answer.read()
except urllib.error.HTTPError as error:
    sys.exit(f"{error.code} {error.read(2000).decode('utf-8', 'replace')}")
except OSError as error:
    sys.exit(str(error))
