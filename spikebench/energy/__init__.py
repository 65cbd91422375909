"""What a run costs on a chip: models that price stored counts. No simulation runs here."""

from spikebench.energy.model import EnergyModel
from spikebench.energy.nm45 import MODELS
from spikebench.energy.price import price

__all__ = ["MODELS", "EnergyModel", "price"]
