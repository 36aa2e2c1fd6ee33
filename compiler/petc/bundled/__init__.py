"""What ships with petc but lives beside it in a checkout: schemas, specs and function sources."""
