"""Tells when the answers of a chat endpoint become others than those of the baseline."""
