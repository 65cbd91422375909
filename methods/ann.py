"""The backbone as it was trained, in floating point: the ceiling of every table."""

from spikebench.snn import Reference


class ANN(Reference):
    title = "ANN"
    citation = "none"

    def restore(self, ann, degraded, floor):
        return ann(degraded)
