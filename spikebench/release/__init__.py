"""A finished run frozen into a folder that can be cited, and checked by anyone."""

from spikebench.release.freeze import freeze
from spikebench.release.verify import verify

__all__ = ["freeze", "verify"]
