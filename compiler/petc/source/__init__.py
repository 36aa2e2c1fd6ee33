"""The spec's text: reading it, turning it into a located tree, and merging a stage over the base."""
