"""The join of captured records with their labels: its data, and the programs that join them."""
