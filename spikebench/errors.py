"""The exceptions a user is meant to read."""


class BenchError(Exception):
    """A mistake that the user can mend.

    The message is a full sentence or two: the place (file, key, node), what was expected there and
    how to mend it. Scripts and the command line print it alone, without a traceback.
    """


class Refusal(BenchError):
    """A method cannot convert a backbone, and says why.

    It ends no run: the tables name the method with this reason in place of numbers.
    """
