fitscope.view("training", (section, data) => {
  const most = Math.max(...data.rates);
  fitscope.chart(section.querySelector("[data-chart=rate]"), (colours) => ({
    x: { title: "Epoch", range: [0, data.epochs.at(-1)], whole: true },
    y: { title: "Learning rate", range: [0, 1.05 * most] },
    lines: [{
      x: data.epochs, y: data.rates, colour: colours.accent,
      told: (i) => `epoch ${fitscope.count(Math.round(data.epochs[i]))}: ${Number(data.rates[i].toPrecision(3))}`,
    }],
    rules: [{ x: data.longest }],
    fixed: true,
  }));
});
