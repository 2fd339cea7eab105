"""Makers of pictures: each draws one kind and returns it with the facts it shows."""
