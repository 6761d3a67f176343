"""Tells when the texts that an endpoint is asked become others than those of the baseline."""
