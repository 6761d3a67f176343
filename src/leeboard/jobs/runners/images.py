"""The images that leeboard knows as programs of its own."""

ANALYZER = "sagemaker-model-monitor-analyzer"
MERGER = "sagemaker-model-monitor-groundtruth-merger"
CLARIFY = "sagemaker-clarify-processing"


def repository_of(image: str) -> str:
    """The last segment of an image, without tag and digest.

    >>> repository_of("156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer:1")
    'sagemaker-model-monitor-analyzer'
    """
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]
