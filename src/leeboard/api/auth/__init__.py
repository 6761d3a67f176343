"""Who asks: AWS's signatures on requests, in headers and in presigned URLs."""

from leeboard.api.auth.head import Head
from leeboard.api.auth.refused import AuthError
from leeboard.api.auth.signatures import Signature, service_of, signature_of
from leeboard.api.auth.verifier import Identity, Verified, Verifier, check_body_hash

__all__ = [
    "AuthError",
    "Head",
    "Identity",
    "Signature",
    "Verified",
    "Verifier",
    "check_body_hash",
    "service_of",
    "signature_of",
]
