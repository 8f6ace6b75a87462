fitscope.view("training", (section, data) => {
  fitscope.chart(section.querySelector("[data-chart=rate]"), (colours) => ({
    data: [{
      x: data.epochs,
      y: data.rates,
      mode: "lines",
      line: { color: colours.accent, width: 2.2 },
      hovertemplate: "epoch %{x:,.0f}: %{y:.3g}<extra></extra>",
    }],
    layout: {
      xaxis: { title: { text: "Epoch" }, tickformat: ",", range: [0, data.epochs.at(-1)], nticks: 6 },
      yaxis: { title: { text: "Learning rate" }, rangemode: "tozero", tickformat: "~g" },
      shapes: [{
        type: "line", x0: data.longest, x1: data.longest, yref: "paper", y0: 0, y1: 1,
        line: { color: colours.muted, width: 1, dash: "dot" },
      }],
    },
  }));
});
