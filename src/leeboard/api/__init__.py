"""What answers on the server's port: AWS's operations, S3, invocations, our own calls."""
