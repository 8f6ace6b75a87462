fitscope.view("runs", (() => {
  const line = (curve, what, dash, run, colours) => ({
    x: curve.x, y: curve.y, colour: colours.accent, dash,
    told: (i) => `${what}\n${run.step} ${fitscope.count(Math.round(curve.x[i]))}: ${fitscope.number(curve.y[i])}`,
  });

  function build(run, colours) {
    const lines = [...(run.train ? [line(run.train, "training", false, run, colours)] : []), line(run.validation, "validation", true, run, colours)];
    const lonely = lines.filter((one) => one.x.length === 1).map((one) => ({ x: one.x[0], y: one.y[0], colour: colours.accent, size: 9, open: one.dash, told: one.told(0) }));
    const marks = [...lonely, ...fitscope.turns(run.validation, run, { colour: colours.accent, bar: colours.muted })];
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
