"""What a network was trained for: said by the user, or seen from what it does."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from spikebench.adding.proof import Ability
from spikebench.errors import BenchError
from spikebench.io.yaml import suggestion
from spikebench.task import NAMED_BY_KIND, Channels, Task, TaskName

PROTOCOLS: dict[Channels, str] = {"grey": "grey_float", "y": "y_float"}


@dataclass(frozen=True)
class Wanted:
    """The parts of a task that the user says; None for what is to be seen.

    `name` is what data sets and configurations call it: a kind, or a name of the user's.
    """

    name: str | None = None
    channels: Channels | None = None
    sigma: float | None = None
    quality: int | None = None
    scale: int | None = None
    protocol: str | None = None

    @property
    def count(self) -> int | None:
        """The number of channels, if it is said."""
        return None if self.channels is None else 3 if self.channels == "rgb" else 1

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that a network may take as arguments of the same names."""
        sigma = {} if self.sigma is None else {"sigma": whole(self.sigma)}
        return sigma | ({} if self.scale is None else {"scale": self.scale})


def task_of(wanted: Wanted, ability: Ability, options: dict[str, Any]) -> Task:
    """Return the task of a network.

    One whose output is larger than its input does super-resolution, by that factor; what a factor
    of 1 does has to be said. Raises `BenchError` where something has to be said, or contradicts
    what the network does.
    """
    name = task_name(wanted.name) if wanted.name else _seen(wanted, ability)
    own = name not in NAMED_BY_KIND
    scaled = own or name == "super_resolution"
    if not scaled and ability.enlargement > 1:
        raise BenchError(
            f"The network's output is {ability.enlargement} times as long as its input, which is "
            f"no {name}. Say --task super_resolution."
        )
    scale = _scale(wanted, ability, options, needed=not own) if scaled else None
    return _checked(
        kind="paired" if own else name,
        name=name if own else None,
        channels=(channels := wanted.channels or _channels(name, ability)),
        protocol=wanted.protocol or PROTOCOLS.get(channels) or _of_rgb(name),
        sigma=_sigma(wanted, options) if name == "denoise" else None,
        quality=_quality(wanted) if name == "jpeg" else None,
        scale=scale,
        enlarged=scale is not None and ability.enlargement == 1,
    )


def task_name(text: str) -> str:
    """Return a task's name if it is one. Raises `BenchError` where it is not."""
    try:
        return TypeAdapter(TaskName).validate_python(text)
    except ValidationError:
        raise BenchError(
            f"--task is '{text}'.{suggestion(text, NAMED_BY_KIND)} Say {', '.join(NAMED_BY_KIND)}, "
            "or for pairs of inputs and clean images a name of yours, of lower-case letters, "
            "digits and _, such as deblur."
        ) from None


def _seen(wanted: Wanted, ability: Ability) -> str:
    if wanted.sigma is not None:
        return "denoise"
    if wanted.quality is not None:
        return "jpeg"
    if ability.enlargement > 1 or wanted.scale is not None:
        return "super_resolution"
    raise BenchError(
        "The network's output is as large as its input, so what it was trained for has to be "
        "said: --task denoise --sigma 25 (of 255), --task super_resolution --scale 2 for one that "
        "takes the enlarged image, --task jpeg --quality 10, --task derain, or the name of a task "
        "of yours."
    )


def _channels(name: str, ability: Ability) -> Channels:
    if ability.channels == 3:
        return "rgb"
    return "y" if name in ("super_resolution", "jpeg") else "grey"


def _of_rgb(name: str) -> str:
    return "y_of_rgb_float" if name in ("super_resolution", "jpeg", "derain") else "rgb_float"


def _sigma(wanted: Wanted, options: dict[str, Any]) -> float:
    sigma = wanted.sigma if wanted.sigma is not None else options.get("sigma")
    if sigma is None:
        raise BenchError("Say the noise it was trained for: --sigma 25 (of 255).")
    return sigma


def _quality(wanted: Wanted) -> int:
    if wanted.quality is None:
        raise BenchError("Say the quality of JPEG it was trained for: --quality 10 (of 100).")
    return wanted.quality


def _scale(
    wanted: Wanted, ability: Ability, options: dict[str, Any], *, needed: bool
) -> int | None:
    seen = ability.enlargement if ability.enlargement > 1 else options.get("scale")
    scale = wanted.scale or seen
    if scale is None and needed:
        raise BenchError("Say the factor it was trained for: --scale 2.")
    if ability.enlargement not in (1, scale):
        raise BenchError(
            f"The network enlarges by {ability.enlargement}, not by {scale}. Leave --scale out."
        )
    return scale


def _checked(**parts: Any) -> Task:
    try:
        return Task(**parts)
    except ValidationError as error:
        raise BenchError(f"The task does not hold: {error.errors()[0]['msg']}.") from None


def whole(value: Any) -> Any:
    """Return a float that is a whole number as one, as people write it; the rest as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
