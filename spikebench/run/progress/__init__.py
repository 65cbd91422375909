"""How far a run is: which pairs of data set and backbone are finished, and the time left."""

from spikebench.run.progress.left import Job, at_once, seconds_left
from spikebench.run.progress.state import Progress, lacking, progress
from spikebench.run.progress.work import urgency, work

__all__ = ["Job", "Progress", "at_once", "lacking", "progress", "seconds_left", "urgency", "work"]
