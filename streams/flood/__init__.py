"""The flood watch: a picture that suddenly fires too often is kept from alerting until a person looks at it."""
