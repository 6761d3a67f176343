"""Buckets as folders: objects are plain files below a root that other programs can read.

ROOT/BUCKET/a/b.csv         the object of the key a/b.csv
ROOT/.leeboard/facts/       what a file cannot say of itself: ETag, content type, metadata
ROOT/.leeboard/uploads/     multipart uploads that are not complete
ROOT/.leeboard/staging/     bytes on their way; a rename puts them in place
ROOT/.leeboard/locks/       one empty file for each bucket
"""
