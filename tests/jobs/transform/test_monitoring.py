"""From a transform job to a monitor that watches what it wrote."""

import pytest

from leeboard.clock import now
from leeboard.formats.dataset_format import DatasetFormat
from leeboard.jobs.job import Job
from leeboard.jobs.run import run
from leeboard.storage.layout import hours_of
from leeboard.tables.batch.files import batch_files
from leeboard.tables.options import ReadOptions

SCRIPTS = {
    "csv": "def preprocess_handler(line):\n    return ['seen', *line.split(',')]\n",
    "jsonl": "def preprocess_handler(record):\n    return {'a': record['x'], 'n': len(record)}\n",
}
INPUTS = {"csv": ("text/csv", "1\n2\n"), "jsonl": ("application/jsonlines", '{"x":1}\n{"x":2}\n')}


@pytest.fixture
def analysed(job):
    """Transforms, finds the outputs by the manifests, and profiles them; gives the columns and the count."""

    def analysed(kind, preprocessor=None):
        content_type, text = INPUTS[kind]
        job.given(text)
        job.model.answer = lambda body: b"\n".join(b"0.5" for line in body.split(b"\n"))
        capture = {"DestinationS3Uri": f"{job.folder}/capture", "GenerateInferenceId": True}
        wishes = {"SplitType": "Line", "AssembleWith": "Line", "JoinSource": "Input"}
        end = job.run(ContentType=content_type, DataCaptureConfig=capture, **wishes)
        started_at = job.order().started_at
        files = batch_files(f"{job.folder}/capture", hours_of(started_at, started_at.replace(minute=59)))
        assert [one.uri for one in files] == list(end.outputs)
        read = ReadOptions(dataset_format=DatasetFormat(kind), is_batch=True)
        data = [one.uri for one in files]
        statistics = run(Job(data=data, read=read, preprocessor=preprocessor), now=now()).baseline.statistics
        return [feature.name for feature in statistics.features], statistics.dataset.item_count

    return analysed


@pytest.mark.parametrize(("kind", "columns"), [("csv", ["_c0", "_c1"]), ("jsonl", ["x", "SageMakerOutput"])])
def test_the_outputs_are_analysed_without_ids(analysed, kind, columns):
    assert analysed(kind) == (columns, 2)


@pytest.mark.parametrize(("kind", "columns"), [("csv", ["_c0", "_c1", "_c2"]), ("jsonl", ["a", "n"])])
def test_a_preprocessing_script_gets_a_line_or_an_object(analysed, tmp_path, kind, columns):
    script = tmp_path / "prep.py"
    script.write_text(SCRIPTS[kind])
    assert analysed(kind, str(script)) == (columns, 2)
