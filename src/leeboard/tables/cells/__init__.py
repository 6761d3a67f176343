"""Cells made into columns: their names, their types, and rows of them."""
