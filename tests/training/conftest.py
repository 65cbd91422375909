"""The recipe and the folder of backbones that the tests of `ann` have."""

from tests.ann.conftest import recipe, root

__all__ = ["recipe", "root"]
