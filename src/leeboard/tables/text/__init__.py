"""Text files taken apart: streams, lines, quotes, CSV and JSON."""
