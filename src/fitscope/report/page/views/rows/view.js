fitscope.view("rows", (section, data) => {
  const { counts, edges } = data;
  fitscope.chart(section.querySelector("[data-chart=histogram]"), (colours) => ({
    x: { title: "Feature value", range: [edges[0] ?? 0, edges.at(-1) ?? 1] },
    y: { title: "Values in a bin", range: [0, 1.05 * Math.max(1, ...counts)] },
    bars: counts.map((count, i) => ({
      from: edges[i], to: edges[i + 1], y: count, colour: colours.accent,
      told: `${edges[i].toFixed(2)} to ${edges[i + 1].toFixed(2)}: ${fitscope.count(count)} values`,
    })),
    fixed: true,
  }));
});
