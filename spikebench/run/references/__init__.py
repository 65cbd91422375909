"""Does everything that a configuration names exist, and do its parts fit each other?"""

from spikebench.run.references.check import check_references

__all__ = ["check_references"]
