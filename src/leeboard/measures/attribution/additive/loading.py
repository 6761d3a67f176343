"""Model files that can be read without running anything that is in them."""

from leeboard.errors import FormatError
from leeboard.measures.attribution.additive.ensemble import TreeEnsemble
from leeboard.measures.attribution.additive.lightgbm import read_lightgbm
from leeboard.measures.attribution.additive.linear import LinearModel
from leeboard.measures.attribution.additive.xgboost import read_xgboost

PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


def read_model(data: bytes, name: str = "the model") -> TreeEnsemble | LinearModel:
    """A model of XGBoost (JSON, UBJSON) or LightGBM (text), told apart by how the file begins.

    Raises:
        FormatError: it is neither; a pickle is never loaded, as it may run anything.
    """
    try:
        if data[:5] in (b"tree\n", b"tree\r"):
            return read_lightgbm(data)
        if data.lstrip()[:1] == b"{":
            return read_xgboost(data)
    except FormatError as error:
        raise FormatError(f"{name}: {error}") from error
    kind = "a pickle, which may run anything when it is loaded" if data[:2] in PICKLES else "neither"
    raise FormatError(
        f"{name}: leeboard loads models that XGBoost saved as .json or .ubj and LightGBM as .txt; "
        f"this is {kind}. "
        "Ask other models through their endpoint, or give them to the Python calls as objects"
    )
