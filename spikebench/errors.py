"""The one exception a user is meant to read."""


class BenchError(Exception):
    """A mistake that the user can mend.

    The message is a full sentence or two: the place (file, key, node), what was expected there and
    how to mend it. Scripts and the command line print it alone, without a traceback.
    """
