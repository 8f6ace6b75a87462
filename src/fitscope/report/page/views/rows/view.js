fitscope.view("rows", (section, data) => {
  const { counts, edges } = data;
  fitscope.chart(section.querySelector("[data-chart=histogram]"), (colours) => ({
    data: [{
      type: "bar",
      x: counts.map((_, i) => (edges[i] + edges[i + 1]) / 2),
      width: counts.map((_, i) => edges[i + 1] - edges[i]),
      y: counts,
      customdata: counts.map((_, i) => [edges[i], edges[i + 1]]),
      marker: { color: colours.accent, line: { width: 0 } },
      hovertemplate: "%{customdata[0]:.2f} to %{customdata[1]:.2f}: %{y:,} values<extra></extra>",
    }],
    layout: {
      bargap: 0,
      xaxis: { title: { text: "Feature value" } },
      yaxis: { title: { text: "Values in a bin" }, rangemode: "tozero", tickformat: "," },
    },
  }));
});
