"""What petc takes, as ratios of whole processes of one run: `python -m bench`."""
