"""What petc needs in an account before it can deploy: roles, policies and buckets, for `petc bootstrap`."""
