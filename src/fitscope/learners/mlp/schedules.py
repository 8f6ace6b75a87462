"""Learning-rate schedules: small immutable descriptions that are functions of the step."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fitscope.errors import UserError, reason
from fitscope.names import nearest
from fitscope.settings import Flag, NotNegative, Positive, check, valid


@dataclass(frozen=True)
class Constant:
    """The same learning rate at every step.

    Example:
        >>> Constant(1e-3).at(7.5)
        0.001
    """

    rate: Positive

    def __post_init__(self) -> None:
        check(self)

    def __str__(self) -> str:
        return f"{self.rate:g}"

    def at(self, epoch: Any) -> Any:
        """Learning rate `epoch` epochs (a fraction, too) after the start."""
        return self.rate + 0.0 * epoch


@dataclass(frozen=True)
class InverseTimeDecay:
    """`initial / (1 + decay_rate * epoch / decay_epochs)`; see `inverse_time_decay`."""

    initial: Positive
    decay_epochs: Positive
    decay_rate: NotNegative
    staircase: Flag = False

    def __post_init__(self) -> None:
        check(self)

    def __str__(self) -> str:
        stairs = ", in steps" if self.staircase else ""
        return (
            f"{self.initial:g} / (1 + {self.decay_rate:g} × epoch / {self.decay_epochs:,g}){stairs}"
        )

    def at(self, epoch: Any) -> Any:
        """Learning rate `epoch` epochs (a fraction, too) after the start."""
        elapsed = epoch / self.decay_epochs
        if self.staircase:
            elapsed = elapsed // 1
        return self.initial / (1.0 + self.decay_rate * elapsed)


@dataclass(frozen=True)
class OptaxSchedule:
    """One of Optax's schedules, counted in epochs; made, and checked, by `schedule`.

    Attributes:
        name: Optax' name of it.
        arguments: as Optax takes them, lengths in epochs.
    """

    name: str
    arguments: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "arguments", _plain(f"schedule {self.name}", self.arguments))

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.name}({given})"

    def at(self, epoch: Any) -> Any:
        """Learning rate `epoch` epochs (a fraction, too) after the start."""
        import jax

        if isinstance(epoch, jax.Array):  # in the compiled loop
            return self.function(epoch)
        epochs = np.asarray(epoch, np.float32)
        with jax.default_device(jax.devices("cpu")[0]):  # a screen wants no memory of a GPU
            rates = self.compiled(epochs.ravel())
        return np.asarray(rates).reshape(epochs.shape)[()]

    @cached_property
    def compiled(self) -> Callable[[Any], Any]:
        """`function` for many epochs at once."""
        import jax

        return jax.jit(jax.vmap(self.function))

    @cached_property
    def function(self) -> Callable[[Any], Any]:
        """Optax' schedule, as a function of the epoch.

        Raises:
            UserError: Optax has no such schedule, or it does not take these arguments.
        """
        import jax
        import jax.numpy as jnp

        make = _optax_schedule(self.name)
        for argument in self.arguments:
            if argument not in (known := inspect.signature(make).parameters):
                raise UserError(
                    f"schedule: {self.name} has no argument {argument!r}; it has {', '.join(known)}"
                )
        try:
            made = make(**self.arguments)
            one = jax.ShapeDtypeStruct((), jnp.float32)  # a rehearsal without numbers
            if jax.eval_shape(lambda epoch: jnp.asarray(made(epoch)), one).shape:
                raise TypeError("it gives more than one number")
        except Exception as error:  # Optax raises what it likes on a wrong argument
            raise UserError(f"schedule: {self} does not work: {reason(error)}") from None
        return lambda epoch: jnp.asarray(made(epoch), jnp.float32)


Schedule = Constant | InverseTimeDecay | OptaxSchedule


def schedule(name: str, **arguments: Any) -> OptaxSchedule:
    """A schedule of Optax by name, with all lengths in epochs instead of steps.

    So `decay_steps=100` are 100 epochs whatever the batch size; the rate changes step by step,
    within epochs too. Any function of `optax.schedules` that takes plain values will do. Name
    and arguments are tried out here, for which Optax, and with it JAX, is imported.

    Args:
        name: Optax' name, such as "warmup_cosine_decay_schedule".
        **arguments: as Optax documents them.

    Returns:
        A schedule; `at(epoch)` is its value.

    Raises:
        UserError: no such schedule, or one that does not take these arguments.

    Example:
        >>> warm = schedule("warmup_cosine_decay_schedule", init_value=0.0, peak_value=1e-3,
        ...                 warmup_steps=10, decay_steps=100)
        >>> [round(float(warm.at(epoch)), 6) for epoch in (0, 5, 10, 55, 100)]
        [0.0, 0.0005, 0.001, 0.0005, 0.0]
    """
    made = OptaxSchedule(name, arguments)
    _ = made.function
    return made


def inverse_time_decay(
    initial: float, decay_epochs: float, decay_rate: float = 1.0, staircase: bool = False
) -> InverseTimeDecay:
    """Hyperbolic decay: 1/2 of the initial rate after `decay_epochs` epochs, 1/3 after twice that.

    Keras' `InverseTimeDecay` with `decay_steps = decay_epochs * steps_per_epoch`; counted in
    epochs, so that it means the same for every batch size. Decays step by step, within epochs
    too, unless `staircase`.

    Args:
        initial: learning rate of the first step.
        decay_epochs: epochs in one unit of decay.
        decay_rate: how fast; 1 halves the rate after `decay_epochs`.
        staircase: decay in whole units only.

    Returns:
        A schedule; `at(epoch)` is its value.

    Raises:
        UserError: a rate or length that is not positive.

    Example:
        >>> schedule = inverse_time_decay(1e-3, decay_epochs=1_000)
        >>> schedule.at(1_000), round(schedule.at(2_000), 9)
        (0.0005, 0.000333333)
    """
    return InverseTimeDecay(initial, decay_epochs, decay_rate, staircase)


def schedule_as_dict(schedule: Schedule) -> dict[str, Any]:
    """The schedule as plain values; `schedule_from_dict` reads them back."""
    return {"kind": type(schedule).__name__, **asdict(schedule)}


def schedule_from_dict(settings: Mapping[str, Any]) -> Schedule:
    """The schedule that `schedule_as_dict` described."""
    rest = {name: value for name, value in settings.items() if name != "kind"}
    kinds = {kind.__name__: kind for kind in (Constant, InverseTimeDecay, OptaxSchedule)}
    return kinds[settings["kind"]](**rest)


def _optax_schedule(name: str) -> Callable[..., Callable[[Any], Any]]:
    from optax import schedules

    known = [
        known
        for known, make in vars(schedules).items()
        if inspect.isfunction(make)
        # these are made of functions, which no file can hold
        and not {"schedules", "inner_factory"} & set(inspect.signature(make).parameters)
    ]
    if name not in known:
        near = nearest(str(name), known) or known
        raise UserError(f"schedule: Optax has no {name!r}; did you mean {', '.join(near)}?")
    return getattr(schedules, name)


def _plain(what: str, value: Any) -> Any:
    """Arguments as study.json holds them and as they are read from it: numbers, words, lists."""
    if isinstance(value, Mapping):
        return {_key(name): _plain(f"{what}: {name}", one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(what, one) for one in value]
    if value is None or isinstance(value, bool | str):
        return value
    number = valid(NotNegative, value, what)
    return int(value) if number == int(number) and not isinstance(value, float) else number


def _key(name: Any) -> Any:
    """JSON makes texts of the numbers by which Optax names boundaries."""
    try:
        return json.loads(name) if isinstance(name, str) else name
    except ValueError:
        return name
