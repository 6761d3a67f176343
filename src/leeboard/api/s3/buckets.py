"""Operations on buckets."""

from contextlib import suppress

from leeboard.api.s3.answers import Answer
from leeboard.api.s3.call import S3Call
from leeboard.api.s3.documents import around, document, moment, read, tag, written
from leeboard.api.s3.refusals import refusal
from leeboard.storage.objects.refusals import NoSuchBucketError


def list_buckets(call: S3Call) -> Answer:
    """All, as one account owns them."""
    names = [n for n in call.folder.buckets.names() if n.startswith(call.request.query.get("prefix", ""))]
    found = (_bucket(call, name) for name in names)
    return document("ListAllMyBucketsResult", owner(call), around("Buckets", found))


def _bucket(call: S3Call, name: str) -> str:
    """Nothing of one that was deleted since."""
    with suppress(NoSuchBucketError):
        created_at = moment(call.folder.buckets.created_at(name))
        return around("Bucket", (tag("Name", name), tag("CreationDate", created_at)))
    return ""


def owner(call: S3Call, name: str = "Owner") -> str:
    """The account."""
    return around(name, (tag("ID", call.account), tag("DisplayName", call.account)))


def create_bucket(call: S3Call) -> Answer:
    """Where in the world it shall lie is read and then does not matter."""
    if call.body.strip():
        read(call.body, "CreateBucketConfiguration")
    if not call.folder.buckets.create(call.bucket) and call.region != "us-east-1":
        raise refusal("BucketAlreadyOwnedByYou", f"bucket {call.bucket!r} is there already", 409)
    return Answer(headers={"location": f"/{call.bucket}"})


def head_bucket(call: S3Call) -> Answer:
    """Whether it is there."""
    with call.folder.buckets.opened(call.bucket):
        return Answer(headers={"x-amz-bucket-region": call.region})


def delete_bucket(call: S3Call) -> Answer:
    """Only an empty one."""
    call.folder.delete_bucket(call.bucket)
    return Answer(204)


def get_location(call: S3Call) -> Answer:
    """Empty stands for us-east-1."""
    with call.folder.buckets.opened(call.bucket):
        return document("LocationConstraint", "" if call.region == "us-east-1" else written(call.region))


def get_versioning(call: S3Call) -> Answer:
    """Never switched on."""
    with call.folder.buckets.opened(call.bucket):
        return document("VersioningConfiguration")


def get_bucket_tagging(call: S3Call) -> Answer:
    """S3 has an error for having none."""
    with call.folder.buckets.opened(call.bucket):
        raise refusal("NoSuchTagSet", "buckets here have no tags", 404)
