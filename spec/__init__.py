"""The reference spec and the starter that `petc init` writes."""
