"""Apache Kafka with listeners that ask for a password or a certificate, beside the open one of its parent class."""

from __future__ import annotations

from pathlib import Path

from streams.embedded.ports import free_port
from tools.servers.certificates import Certificates
from tools.servers.kafka import KafkaServer

USER = "rightswatch"
PROPERTIES = """
ssl.keystore.type=PEM
ssl.keystore.location={server}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
# what a test would wait for
connection.failed.authentication.delay.ms=0
listener.name.ssl.ssl.client.auth=required
listener.name.sasl_ssl.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config={plain} user_{user}="{password}";
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={scram};
"""
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required"


class SecuredKafka(KafkaServer):
    """SASL_SSL (PLAIN and SCRAM-SHA-512, one user) and SSL (clients show a certificate)."""

    def __init__(self, home: Path, password: str) -> None:
        """Raises ServerError when Java or Kafka's jars are missing."""
        self.certificates = Certificates(home)
        self.sasl_port, self.ssl_port = free_port(), free_port()
        properties = PROPERTIES.format(
            server=self.certificates.server_both,
            ca=self.certificates.ca,
            user=USER,
            password=password,
            plain=PLAIN,
            scram=SCRAM,
        )
        super().__init__(
            home,
            listeners={"SASL_SSL": self.sasl_port, "SSL": self.ssl_port},
            properties=properties,
            users=(f"SCRAM-SHA-512=[name={USER},password={password}]",),
        )
