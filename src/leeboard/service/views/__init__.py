"""Read functions for pages: one view a module, each a bounded number of queries whatever the store holds."""
