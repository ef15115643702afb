"""Private ClickHouse, Valkey and Kafka-protocol servers on loopback, shared by every process of one data directory.

Why: `rightswatch demo` must need no Docker and no server to install, and still take the code path of production.
A process calls `attach` and holds the result; the servers end when the last holder is gone, however it went.
"""

from streams.embedded.attach import Attachment, attach
from streams.embedded.checks import Check, check_embedded
from streams.embedded.endpoints import PARTS, Endpoints
from streams.embedded.errors import PartError, StackError

__all__ = ["PARTS", "Attachment", "Check", "Endpoints", "PartError", "StackError", "attach", "check_embedded"]
