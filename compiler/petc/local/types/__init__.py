"""The resource types that MiniStack lacks, and attributes that its own types leave out."""
