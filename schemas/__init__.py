"""The JSON Schema of the spec and the catalogues that rules read, each with its source and date."""
