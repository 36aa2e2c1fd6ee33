"""The locked requirements; run.txt ships with petc, for workflows that install it with hashes."""
