"""Who may look and change, how they are known, and what they changed."""
