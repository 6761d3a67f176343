"""Alert rules, what they find, and whom they tell."""
