"""Joins capture records with the ground truth that comes later."""
