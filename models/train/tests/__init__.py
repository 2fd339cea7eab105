"""Tests of the generator; `python3 -m unittest discover models/train/tests` from the project's root."""
