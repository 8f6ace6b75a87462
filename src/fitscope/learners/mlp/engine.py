"""The compiled part of training: many epochs, of one run or of a population, in one call."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

from fitscope.learners import patience
from fitscope.learners.mlp.augment import augmented, pair_weights
from fitscope.learners.mlp.carry import Carry, Chunk, Inner
from fitscope.learners.mlp.description import Architecture, Params, State
from fitscope.learners.mlp.evaluation import Rows, Traced, evaluate, means
from fitscope.learners.mlp.forward import fit_forward, penalty, rows_come_last
from fitscope.learners.mlp.objective import Objective
from fitscope.learners.mlp.optimizers import optimizer
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.words import step_key
from fitscope.stopping.early import EarlyStopping


@dataclass(frozen=True)
class Engine:
    """The compiled functions for one model, plan, objective and size of data.

    Attributes:
        model: what is trained.
        plan: how; its stopping rule names a metric of the task (`Plan.for_task`).
        objective: what for.
        rows: number of training rows.
        epochs: most epochs in one call.
        population: the functions take and give arrays with a leading axis of runs.
    """

    model: Architecture
    plan: Plan
    objective: Objective
    rows: int
    epochs: int
    population: bool

    @property
    def keep_scores(self) -> bool:
        """Whether the rows' scores are kept beside their losses, which do not tell them."""
        return self.objective.task.scores_of_losses(np.zeros(0)) is None

    @property
    def batch(self) -> int:
        """Rows of a full step."""
        return self.model.batch(self.plan, self.rows)

    @property
    def steps(self) -> int:
        """Steps in an epoch."""
        return -(-self.rows // self.batch)

    def transformation(self, traced: Traced | None = None) -> optax.GradientTransformation:
        """The optimizer with the plan's schedule, which counts in epochs."""
        rate = partial(self._rate, traced=traced)
        made = optimizer(self.plan.optimizer, rate, self.plan.optimizer_options)
        if self.plan.optimizer == "adam" and rows_come_last(self.model):
            # Adam treats every weight alike: on one vector a small network has fewer operations
            return optax.flatten(made)
        return made

    def start(self, params: Params) -> Carry:
        """The carry before the first epoch of one run."""
        state = jax.tree.map(jnp.asarray, self.model.init_state())
        return Carry(
            params,
            state,
            self.transformation().init(params),
            jnp.zeros((), jnp.int32),
            patience.start(),
            (params, state),
            jnp.ones((), bool),
        )

    def _rate(self, step: Any, traced: Traced | None) -> Any:
        if traced is not None:
            return traced.rate * self.plan.schedule.at(step / traced.steps)
        return self.plan.schedule.at(step / jnp.float32(self.steps))

    def several(
        self,
        carry: Carry,
        orders: jax.Array,
        keys: jax.Array,
        epochs: jax.Array,
        train: Rows,
        validation: Rows,
        units: jax.Array,
    ) -> tuple[Carry, Chunk]:
        """Train up to `epochs` epochs, fewer if the stopping rule ends the run.

        Args:
            carry: where training stands; its memory is used for the result.
            orders: row order of each epoch, int32 [epochs a call, rows]; of traced rows those of
                each step, int32 [epochs a call, most steps, rows of a step].
            keys: key of what steps draw, uint32 [2]; see `run_key`.
            epochs: how many of the orders to train.
            train: training rows.
            validation: validation rows.
            units: `Objective.units`, float32 [3].
        """
        one = partial(self._epoch, train=train, validation=validation, units=units)
        every = jax.vmap(one) if self.population else one
        runs = orders.shape[:1] if self.population else ()
        chunk = Chunk(
            jnp.full((self.epochs, *runs, len(self.objective.task.monitors)), jnp.nan, jnp.float32),
            jnp.full((self.epochs, *runs, len(validation.y)), jnp.nan, jnp.float32),
            jnp.zeros((self.epochs, *runs, len(validation.y)), bool) if self.keep_scores else None,
        )

        def unfinished(loop: tuple[jax.Array, Carry, Chunk]) -> jax.Array:
            done, carry, _ = loop
            return (done < epochs) & ~carry.stopping.stop.all()

        def another(loop: tuple[jax.Array, Carry, Chunk]) -> tuple[jax.Array, Carry, Chunk]:
            done, old, chunk = loop
            order = lax.dynamic_index_in_dim(orders, done, axis=len(runs), keepdims=False)
            new, seen = every(old, order, keys)
            if self.population:  # a run that has stopped stays as it is
                new = jax.tree.map(partial(_choose, old.stopping.stop), old, new)
            chunk = jax.tree.map(
                lambda all_, one: lax.dynamic_update_index_in_dim(all_, one, done, 0), chunk, seen
            )
            return done + 1, new, chunk

        _, carry, chunk = lax.while_loop(
            unfinished, another, (jnp.zeros((), jnp.int32), carry, chunk)
        )
        return carry, chunk

    def _epoch(
        self,
        carry: Carry,
        order: jax.Array,
        key: jax.Array,
        train: Rows,
        validation: Rows,
        units: jax.Array,
    ) -> tuple[Carry, Chunk]:
        """One pass over the training rows and a look at the validation rows, of one run."""
        once = self._pass if train.traced is None else self._padded_pass
        params, state, memory, fitted = once(carry, order, key, train)
        losses, scores = evaluate(self.model, self.objective, params, state, validation)
        penalties = self._penalty(params, train, steps=train.traced.steps if train.traced else 1)
        seen = means(losses, scores, penalties, validation.weights)
        metrics = jnp.concatenate(
            [self.objective.in_own_units(part, units) for part in (fitted, seen)]
        )

        task = self.objective.task
        rule = self.plan.patience or EarlyStopping(task.loss.validation)
        watch, keep = patience.advance(
            rule,
            carry.stopping,
            carry.epoch,
            metrics[task.monitors.index(rule.monitor)],
            higher_is_better=task.metric(rule.monitor).higher_is_better,
            patient=self.plan.stopping is None,
            xp=jnp,
        )
        finite = carry.finite & jnp.isfinite(fitted[0])
        watch = watch._replace(stop=watch.stop | ~finite)
        best = lax.cond(keep, lambda: (params, state), lambda: carry.best)
        return (
            Carry(params, state, memory, carry.epoch + 1, watch, best, finite),
            Chunk(
                metrics,
                self.objective.losses_in_own_units(losses, units),
                scores if self.keep_scores else None,
            ),
        )

    def _pass(
        self, carry: Carry, order: jax.Array, key: jax.Array, train: Rows
    ) -> tuple[Params, State, Any, jax.Array]:
        """An epoch's steps; also loss with penalties, loss and score over them."""
        inner = (carry.params, carry.state, carry.optimizer, carry.epoch * self.steps)
        (params, state, memory, _), total = self.steps_on(inner, order, key, train)
        return params, state, memory, total / train.total

    def steps_on(
        self, inner: Inner, order: jax.Array, key: jax.Array, train: Rows
    ) -> tuple[Inner, jax.Array]:
        """Steps on rows in this order, the last one on those that are left.

        Args:
            inner: weights, state, optimizer and number of the first step.
            order: numbers of the rows, int32.
            key: see `several`.
            train: what the numbers are those of: an epoch's rows, or some of them.

        Returns:
            The same after the steps; loss with penalties, loss and score, summed over the rows.
        """
        full = len(order) // self.batch
        whole, rest = order[: full * self.batch], order[full * self.batch :]
        step = partial(self._step_on, key=key, train=train)
        inner, sums = lax.scan(step, inner, whole.reshape(full, self.batch))
        total = sums.sum(axis=0)
        if len(rest):
            inner, sums = step(inner, rest)
            total = total + sums
        return inner, total

    def _padded_pass(
        self, carry: Carry, order: jax.Array, key: jax.Array, train: Rows
    ) -> tuple[Params, State, Any, jax.Array]:
        """The same in so many steps as are asked for; rows of weight 0 fill the last one."""
        assert train.traced is not None
        steps = train.traced.steps.astype(jnp.int32)

        def another(step: jax.Array, loop: tuple[Inner, jax.Array]) -> tuple[Inner, jax.Array]:
            inner, total = loop
            inner, sums = self._step_on(inner, order[step], key=key, train=train)
            return inner, total + sums

        inner = (carry.params, carry.state, carry.optimizer, carry.epoch * steps)
        inner, total = lax.fori_loop(0, steps, another, (inner, jnp.zeros(3, jnp.float32)))
        params, state, memory, _ = inner
        return params, state, memory, total / train.total

    def _step_on(
        self, inner: Inner, indices: jax.Array, *, key: jax.Array, train: Rows
    ) -> tuple[Inner, jax.Array]:
        """One optimizer step on some of the training rows."""
        params, state, memory, number = inner
        # a permutation: no index needs a check
        x, y, weights = (
            None if column is None else column.at[indices].get(mode="promise_in_bounds")
            for column in (train.x, train.y, train.weights)
        )
        assert x is not None
        assert y is not None
        batch = Rows(x, y, weights, train.traced)
        params, state, memory, sums = self._step(
            params, state, memory, step_key(key, number), number, batch
        )
        return (params, state, memory, number + 1), sums

    def _penalty(self, params: Params, rows: Rows, steps: Any = 1) -> jax.Array:
        """What L1 and L2 add to the loss of a step on these rows, or of one of several steps."""
        added = penalty(self.model, params)
        if rows.traced is None:
            return added
        return added * rows.traced.penalty * steps / rows.total

    def _step(
        self,
        params: Params,
        state: State,
        memory: Any,
        key: jax.Array,
        number: jax.Array,
        batch: Rows,
    ) -> tuple[Params, State, Any, jax.Array]:
        """One optimizer step; also loss, the task's loss and score before it, summed over rows."""
        rows = augmented(self.model, batch.x, batch.y, key)
        weights = pair_weights(self.model, batch.weights)

        def loss(params: Params) -> tuple[jax.Array, tuple]:
            outputs, new_state = fit_forward(
                self.model, params, state, rows.x, key, weights, self.plan.precision
            )
            losses = rows.values(self.objective.losses, outputs)
            scores = rows.values(self.objective.scores, outputs)
            found = means(losses, scores, self._penalty(params, batch), weights)
            return found[0], (new_state, found)

        (_, (state, found)), gradients = jax.value_and_grad(loss, has_aux=True)(params)
        updates, memory = self.transformation(batch.traced).update(gradients, memory, params)
        new: Any = optax.apply_updates(params, updates)
        if self.model.weight_decay:
            share = self._rate(number, batch.traced) * self.model.weight_decay
            for layer in self.model.regularized:
                new[layer]["kernel"] -= share * params[layer]["kernel"]
        return new, state, memory, found * batch.total


def _choose(old_wanted: jax.Array, old: jax.Array, new: jax.Array) -> jax.Array:
    return jnp.where(old_wanted.reshape(-1, *[1] * (old.ndim - 1)), old, new)
