"""What a user is told in one line: the one error that a user can cause, a notice, a reason."""


class UserError(Exception):
    """Something the user can mend: the message says what is wrong, where, and what to do.

    The message is one plain line. The command line prints it on standard error and exits
    with status 2; in Python it is raised like any other exception.

    Example:
        >>> raise UserError("rows.csv: no such file; check the path")
        Traceback (most recent call last):
        fitscope.errors.UserError: rows.csv: no such file; check the path
    """


class Notice(UserWarning):
    """Something that a user should know and that stops nothing.

    In Python it is a warning; the command line prints its message on standard error.
    """


def reason(error: Exception) -> str:
    """The first line of what another error says, or its kind if it says nothing.

    Example:
        >>> reason(ValueError("no such axis\\nsee the manual")), reason(AssertionError())
        ('no such axis', 'AssertionError')
    """
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def newer(where: object, found: int, known: int) -> UserError:
    """The error for a file or folder of a later format.

    Args:
        where: its path.
        found: its format.
        known: the last one that this version reads.
    """
    return UserError(
        f"{where}: written by a newer fitscope (format {found}, this one knows {known}); "
        "upgrade with: pip install -U fitscope"
    )


def unforeseen(error: Exception) -> str:
    """What is said in one line of an error that nobody has foreseen.

    Example:
        >>> unforeseen(KeyError("loss"))
        "KeyError: 'loss'; an error in fitscope, please report it with what it was given"
    """
    told = f"{type(error).__name__}: {reason(error)}"
    return f"{told}; an error in fitscope, please report it with what it was given"
