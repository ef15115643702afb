"""Papers that leave the house: complaint packs and work reports, from frozen records to PDF, HTML, CSV and JSON."""
