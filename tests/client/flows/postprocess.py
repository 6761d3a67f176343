"""A postprocessing script."""


def postprocess_handler():
    print("the postprocessing script was here")  # noqa: T201 - as users do
