fitscope.view("runs", (() => {
  let data;

  const line = (curve, what, dash, run) => ({
    x: curve.x, y: curve.y, mode: curve.x.length === 1 ? "markers" : "lines",
    line: { color: data.colour, width: 2, dash },
    marker: { color: data.colour, size: 9, symbol: dash === "solid" ? "circle" : "circle-open" },
    customdata: curve.y.map((value) => fitscope.number(value)),
    hovertemplate: `${what}<br>${run.step} %{x:,.0f}: %{customdata}<extra></extra>`,
  });

  function mark(run, epoch, symbol, size, said, bar, colours) {
    const { x, y } = run.validation;
    if (epoch === null || !x.length) return [];
    const near = x.reduce((best, at, i) => (Math.abs(at - epoch) < Math.abs(x[best] - epoch) ? i : best), 0);
    return [{
      x: [epoch], y: [y[near]], mode: "markers",
      marker: { symbol, size, color: data.colour, line: { color: colours.card, width: 1.5 } },
      ...(bar ? { error_x: { type: "data", symmetric: false, array: [bar[1] - epoch], arrayminus: [epoch - bar[0]], color: colours.muted, thickness: 1, width: 3 } } : {}),
      hovertemplate: `${said} %{x:,.0f}${bar ? `, between ${fitscope.count(bar[0])} and ${fitscope.count(bar[1])}` : ""}<extra></extra>`,
    }];
  }

  function build(run, element, colours) {
    const traces = [
      ...(run.train ? [line(run.train, "training", "solid", run)] : []),
      line(run.validation, "validation", "5px,3px", run),
      ...mark(run, run.best, "circle", 10, `best ${run.step}`, null, colours),
      ...mark(run, run.onset, "triangle-up", 12, `overfitting begins at ${run.step}`, run.interval, colours),
    ];
    const word = run.step[0].toUpperCase() + run.step.slice(1);
    const [first, last] = run.span;
    const xaxis = run.log
      ? { type: "log", range: [Math.log10(Math.max(first, 1)), Math.log10(Math.max(last, 2))], title: { text: `${word} (log scale)` }, dtick: 1 }
      : { range: [first, Math.max(last, first + 1)], title: { text: word }, tickformat: ",d", nticks: element.clientWidth < 480 ? 4 : 7 };
    const yaxis = { title: { text: fitscope.text(run.metric) }, tickformat: ".2~f" };
    if (run.range) {
      const edge = 0.05 * (run.range[1] - run.range[0]);
      yaxis.range = [run.range[0] - edge, run.range[1] + edge];
      yaxis.tickformat = fitscope.ticks(run.range);
    }
    return { data: traces, layout: { xaxis, yaxis, hovermode: "closest" } };
  }

  return (section, found) => {
    data = found;
    for (const chart of section.querySelectorAll("[data-chart=run]")) {
      const run = data.runs[Number(chart.dataset.run)];
      if (run) fitscope.chart(chart, (colours) => build(run, chart, colours), (drawn) => {
        drawn.on("plotly_doubleclick", () => fitscope.redraw(chart));
      });
    }
  };
})());
