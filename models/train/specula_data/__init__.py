"""Synthetic picture-and-talk samples in MMSpec's six topics; README.md next to this package says how to use it."""
