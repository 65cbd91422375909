"""What a run costs on a chip: models that price stored counts. No simulation runs here."""

from spikebench.energy.model import EnergyModel
from spikebench.energy.models import MODELS, find_models

__all__ = ["MODELS", "EnergyModel", "find_models"]
