"""The one error that a user can cause, and that the command line prints as one line."""


class UserError(Exception):
    """Something the user can mend: the message says what is wrong, where, and what to do.

    The message is one plain line. The command line prints it on standard error and exits
    with status 2; in Python it is raised like any other exception.

    Example:
        >>> raise UserError("rows.csv: no such file; check the path")
        Traceback (most recent call last):
        fitscope.errors.UserError: rows.csv: no such file; check the path
    """
