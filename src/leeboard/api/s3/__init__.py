"""Amazon S3's protocol over a folder of objects."""

from leeboard.api.s3.face import S3Face

__all__ = ["S3Face"]
