"""CloudWatch by PutMetricData, under the names that AWS's own monitors publish.

Credentials and region are found as AWS's own programs find them.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from leeboard import clock
from leeboard.emit import Emitter, NotSentError, Point, Send
from leeboard.errors import InputError

MOST_DATA = 500
"""In one request; CloudWatch takes 1,000, and not more than a megabyte."""
OLDEST = timedelta(days=14)
"""CloudWatch refuses a whole request for one point that is older."""
CONNECT_S, READ_S, ATTEMPTS = 3, 10, 3
FINAL = ("InvalidParameter", "MissingParameter", "InvalidFormat", "Validation", "Malformed")


def open_cloudwatch(url: str | None, now: Callable[[], datetime] = clock.now) -> Send:
    """The way to CloudWatch, or to what answers like it at a URL.

    A URL that the environment sets for all of AWS is not taken: it may well be this server.

    Raises:
        InputError: the URL is none.
    """
    client = _client(url)

    def send(points: Sequence[Point]) -> None:
        oldest = now() - OLDEST
        fresh = [point for point in points if point.at > oldest]
        for at in range(0, len(fresh), MOST_DATA):
            _put(client, fresh[at : at + MOST_DATA])

    return send


def _client(url: str | None) -> Any:
    import botocore.session
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_S,
        read_timeout=READ_S,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        ignore_configured_endpoint_urls=True,
    )
    session = botocore.session.Session()
    region = session.get_config_variable("region") or "us-east-1"
    try:
        return session.create_client("cloudwatch", region_name=region, endpoint_url=url, config=config)
    except ValueError as error:
        raise InputError(f"--emit cloudwatch={url}: {error}; expected a URL") from error


def _put(client: Any, points: Sequence[Point]) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client.put_metric_data(Namespace=points[0].namespace, MetricData=[_datum(each) for each in points])
    except ClientError as error:
        told = error.response.get("Error", {})
        is_final = str(told.get("Code")).startswith(FINAL)
        reason = f"CloudWatch refused: {told.get('Code')}: {told.get('Message')}"
        raise NotSentError(reason, is_final=is_final) from error
    except BotoCoreError as error:
        raise NotSentError(f"CloudWatch was not reached: {error}") from error


def _datum(point: Point) -> dict[str, Any]:
    datum = {
        "MetricName": _ascii(point.name)[:255],
        "Dimensions": [
            {"Name": _ascii(name)[:255], "Value": _ascii(value)[:1024]}
            for name, value in point.dimensions
            if value.strip()
        ],
        "Timestamp": point.at,
        "Unit": point.unit,
    }
    if not point.is_set:
        return datum | {"Value": point.sum}
    sums = {
        "SampleCount": point.sample_count,
        "Sum": point.sum,
        "Minimum": point.minimum,
        "Maximum": point.maximum,
    }
    return datum | {"StatisticValues": sums}


def _ascii(text: str) -> str:
    r"""CloudWatch takes no others: they are written as `\u00e9`."""
    return text.encode("ascii", "backslashreplace").decode()


ENTRY = Emitter("cloudwatch", open_cloudwatch)
