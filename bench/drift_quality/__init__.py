"""Counts what drift decisions find, miss and call by mistake."""
