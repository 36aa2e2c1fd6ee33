"""Checks that read the rendered templates only and trust nothing that made them."""
