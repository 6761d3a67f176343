"""Distributions as pictures: from the statistics of a column to bins and bars, and to their drawing."""
