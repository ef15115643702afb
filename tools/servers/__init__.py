"""The servers of a production installation as plain processes on loopback: Apache Kafka, PostgreSQL, Redis and
Prometheus.

For tests and for trying things by hand (`python -m tools.servers`); the service itself never starts them. What they
need is installed by tools/test_deps.sh.
"""
