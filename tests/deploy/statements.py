"""Runs the statement on standard input as clickhouse-client would: python statements.py PORT USER PASSWORD."""

import sys

from clickhouse_driver import Client

port, user, password = sys.argv[1:]
Client("127.0.0.1", int(port), user=user, password=password).execute(sys.stdin.read())
