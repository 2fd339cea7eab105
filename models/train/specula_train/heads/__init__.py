"""Draft heads: small networks that read the target's hidden states; models/README.md says how each is run."""
