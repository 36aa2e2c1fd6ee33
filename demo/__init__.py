"""What a newcomer sees first: the whole of petc on a machine without an AWS account."""
