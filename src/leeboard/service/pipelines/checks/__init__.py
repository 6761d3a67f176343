"""Check steps: what they want, what they are held against, and the job that does both baseline and check."""
