fitscope.view("runs", (() => {
  const line = (curve, what, dash, run, colours) => ({
    x: curve.x, y: curve.y, colour: colours.accent, dash,
    told: (i) => `${what}\n${run.step} ${fitscope.count(Math.round(curve.x[i]))}: ${fitscope.number(curve.y[i])}`,
  });

  function mark(run, epoch, shape, size, said, between, colours) {
    const { x, y } = run.validation;
    if (epoch === null || !x.length) return [];
    const near = x.reduce((best, at, i) => (Math.abs(at - epoch) < Math.abs(x[best] - epoch) ? i : best), 0);
    const reach = between ? `, between ${fitscope.count(between[0])} and ${fitscope.count(between[1])}` : "";
    return [{ x: epoch, y: y[near], shape, size, colour: colours.accent, acrossX: between, bar: colours.muted, told: `${said} ${fitscope.count(epoch)}${reach}` }];
  }

  function build(run, colours) {
    const lines = [...(run.train ? [line(run.train, "training", false, run, colours)] : []), line(run.validation, "validation", true, run, colours)];
    const lonely = lines.filter((one) => one.x.length === 1).map((one) => ({ x: one.x[0], y: one.y[0], colour: colours.accent, size: 9, open: one.dash, told: one.told(0) }));
    const marks = [
      ...lonely,
      ...mark(run, run.best, "dot", 10, `best ${run.step}`, null, colours),
      ...mark(run, run.onset, "triangle", 12, `overfitting begins at ${run.step}`, run.interval, colours),
    ];
    const word = run.step[0].toUpperCase() + run.step.slice(1), [first, last] = run.span;
    const x = run.log
      ? { log: true, range: [Math.max(first, 1), Math.max(last, 2)], title: `${word} (log scale)`, ticks: [...Array(10).keys()].map((power) => 10 ** power) }
      : { range: [first, Math.max(last, first + 1)], title: word, whole: true };
    const values = lines.flatMap((one) => one.y);
    const [low, high] = run.range ?? [Math.min(...values) - 0.5, Math.max(...values) + 0.5], edge = 0.05 * (high - low);
    return { x, y: { title: run.metric, range: [low - edge, high + edge] }, lines: lines.filter((one) => one.x.length > 1), marks };
  }

  return (section, data) => {
    for (const chart of section.querySelectorAll("[data-chart=run]")) {
      const run = data.runs[Number(chart.dataset.run)];
      if (run) fitscope.chart(chart, (colours) => build(run, colours));
    }
  };
})());
