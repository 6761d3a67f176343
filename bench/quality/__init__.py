"""What the chapter on model quality is measured with."""
