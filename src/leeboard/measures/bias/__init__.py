"""Bias of data and of answers: what groups of people get, from counts of their rows."""
