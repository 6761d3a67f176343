"""Capture records taken apart: envelopes, payloads, and the rows in them."""
