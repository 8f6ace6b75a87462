"""What every refusal of the command line looks like."""


def refused(result: tuple[int, str, str]) -> str:
    """The one line on standard error, of `call`'s result."""
    status, _, error = result
    assert status == 2
    assert error.startswith("fitscope: ")
    assert error.count("\n") == 1, "one line"
    return error
