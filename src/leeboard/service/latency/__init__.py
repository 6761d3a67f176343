"""Latencies: how lengths of time add up, how they are distributed, and the metrics that have them."""
