"""What batch transform jobs wrote, as tables: their outputs, less the marks that the jobs put there."""
