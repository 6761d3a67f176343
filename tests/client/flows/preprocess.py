"""A preprocessing script as users write them: the answer in front of the question, by name."""

# mypy: ignore-errors


def preprocess_handler(inference_record, logger):
    answer = inference_record.endpoint_output.data.rstrip("\n")
    cells = f"{answer},{inference_record.endpoint_input.data}".split(",")
    logger.info(f"preprocessing {inference_record.event_metadata.event_id}")
    return dict(zip(["score", "minutes", "calls", "plan"], cells, strict=True))
