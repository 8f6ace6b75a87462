"""What a user is told in one line: the one error that a user can cause, and a notice."""


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
