"""Groups and streams of logs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from leeboard.service.cloudwatch.tokens import read_token, write_token
from leeboard.service.refusals import InvalidRequestError, RefusalError
from leeboard.state.columns import EPOCH, MICROSECOND
from leeboard.state.tables import log_streams

PAGE = 50


class LogNotFoundError(RefusalError):
    """There is no such group or stream."""

    code = "ResourceNotFoundException"


def group_named(params: Mapping[str, Any]) -> str:
    """The group that a request names, by its name or its ARN.

    Raises:
        InvalidRequestError: it names none, or two.
    """
    name, given = params.get("logGroupName"), params.get("logGroupIdentifier")
    if (name is None) == (given is None):
        raise InvalidRequestError("Exactly one of logGroupName and logGroupIdentifier must be given.")
    if name is not None:
        return str(name)
    identifier = str(given)
    return identifier.split(":", 6)[6].removesuffix(":*") if identifier.count(":") >= 6 else identifier


def existing_group(connection: Connection, params: Mapping[str, Any]) -> str:
    """Raises LogNotFoundError, as the SDK expects before the first line of a job."""
    group = group_named(params)
    query = select(log_streams.c.name).where(log_streams.c.log_group == group).limit(1)
    if connection.execute(query).first() is None:
        raise LogNotFoundError("The specified log group does not exist.")
    return group


def check_stream(connection: Connection, group: str, stream: str) -> None:
    """Raises LogNotFoundError."""
    same = (log_streams.c.log_group == group, log_streams.c.name == stream)
    if connection.execute(select(log_streams.c.name).where(*same)).first() is None:
        raise LogNotFoundError("The specified log stream does not exist.")


def groups(connection: Connection, params: Mapping[str, Any]) -> tuple[Sequence[Row[Any]], str | None]:
    """A page of groups: `log_group` and `created_at` of each."""
    column = log_streams.c.log_group
    where: list[ColumnElement[bool]] = []
    if "logGroupNamePrefix" in params:
        where.append(starts_with(column, params["logGroupNamePrefix"]))
    if pattern := params.get("logGroupNamePattern"):
        where.append(column.contains(pattern, autoescape=True))
    if "logGroupIdentifiers" in params:
        named = [group_named({"logGroupIdentifier": each}) for each in params["logGroupIdentifiers"]]
        where.append(column.in_(named))
    if "nextToken" in params:
        where.append(column > _last(params["nextToken"], str))
    size = params.get("limit", PAGE)
    query = select(column, func.min(log_streams.c.created_at).label("created_at")).where(*where)
    rows: Sequence[Any] = connection.execute(query.group_by(column).order_by(column).limit(size + 1)).all()
    return rows[:size], write_token(rows[size - 1].log_group) if len(rows) > size else None


def streams(
    connection: Connection, group: str, params: Mapping[str, Any]
) -> tuple[Sequence[Row[Any]], str | None]:
    """A page of the streams of a group, by name or by the time of their last line."""
    prefix, by_time = params.get("logStreamNamePrefix"), params.get("orderBy") == "LastEventTime"
    if prefix is not None and by_time:
        raise InvalidRequestError("Cannot order by LastEventTime with a logStreamNamePrefix.")
    is_rising = not params.get("descending", False)
    name, last_at = log_streams.c.name, log_streams.c.last_at
    where = [log_streams.c.log_group == group]
    if prefix is not None:
        where.append(starts_with(name, prefix))
    if "nextToken" in params:
        where.append(_beyond(params["nextToken"], by_time, is_rising))
    columns = (last_at, name) if by_time else (name,)
    order = [each.asc() if is_rising else each.desc() for each in columns]
    size = params.get("limit", PAGE)
    rows = connection.execute(select(log_streams).where(*where).order_by(*order).limit(size + 1)).all()
    return rows[:size], _stream_token(rows[size - 1]) if len(rows) > size else None


def starts_with(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """With its case, which LIKE may forget about."""
    return func.substr(column, 1, len(prefix)) == prefix


def _stream_token(row: Row[Any]) -> str:
    return write_token(((row.last_at - EPOCH) // MICROSECOND, row.name))


def _beyond(token: str, by_time: bool, is_rising: bool) -> ColumnElement[bool]:
    at, last = _last(token, tuple[int, str])
    name, last_at, time = log_streams.c.name, log_streams.c.last_at, EPOCH + at * MICROSECOND
    further: ColumnElement[bool] = name > last if is_rising else name < last
    if not by_time:
        return further
    later = last_at > time if is_rising else last_at < time
    return or_(later, and_(last_at == time, further))


def _last(token: str, kind: Any) -> Any:
    try:
        return read_token(token, kind)
    except ValueError:
        raise InvalidRequestError("The specified nextToken is invalid.") from None
