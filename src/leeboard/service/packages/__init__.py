"""Model packages: versions of models in groups, with the baselines that checks are held against."""
