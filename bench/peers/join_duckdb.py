"""DuckDB's join of captured records with labels, within 2 GB."""

from __future__ import annotations

import tempfile

import duckdb

CAPTURED = (
    "{captureData: 'STRUCT(endpointOutput STRUCT(data VARCHAR))', "
    "eventMetadata: 'STRUCT(eventId VARCHAR, inferenceId VARCHAR)'}"
)
LABELS = "{groundTruthData: 'STRUCT(data VARCHAR)', eventMetadata: 'STRUCT(eventId VARCHAR)'}"


def bare(captures: str, labels: str) -> list[float]:
    """Number of pairs, of right answers and of positive labels, and the mean squared error."""
    return list(
        _connection()
        .sql(f"""
        WITH c AS (SELECT coalesce(eventMetadata.inferenceId, eventMetadata.eventId) AS id,
                          captureData.endpointOutput.data::DOUBLE AS score
                   FROM read_json('{captures}', format = 'newline_delimited', columns = {CAPTURED})),
             l AS (SELECT eventMetadata.eventId AS id, groundTruthData.data::DOUBLE AS label
                   FROM read_json('{labels}', format = 'newline_delimited', columns = {LABELS}))
        SELECT count(*), sum(((score > 0.5) = (label > 0.5))::INT), sum(label), avg((score - label) ** 2)
        FROM c JOIN l USING (id)""")
        .fetchall()[0]
    )


def merged(captures: str, labels: str, out: str) -> int:
    """The merged records as a file, in no order; of several labels of an id, each."""
    con = _connection()
    con.execute(f"""
        COPY (WITH c AS (SELECT json, coalesce(json ->> '$.eventMetadata.inferenceId',
                                               json ->> '$.eventMetadata.eventId') AS id
                         FROM read_ndjson_objects('{captures}')),
                   l AS (SELECT json ->> '$.eventMetadata.eventId' AS id, json -> '$.groundTruthData' AS label
                         FROM read_ndjson_objects('{labels}'))
              SELECT concat('{{"groundTruthData":', label, ',', substr(json::VARCHAR, 2))
              FROM c JOIN l USING (id))
        TO '{out}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER e'\\x01')""")
    return 0


def _connection() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET memory_limit = '2GB'; SET preserve_insertion_order = false")
    con.execute(f"SET temp_directory = '{tempfile.mkdtemp(prefix='join-')}'")
    return con
