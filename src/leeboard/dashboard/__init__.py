"""What people look at in a browser: pages over the functions of `service/`; asks no database."""
