"""The tables of the server's database, and how they grow from version to version."""
