"""Invocations of endpoints: counted where they are answered, kept as metrics by the minute, and told."""
