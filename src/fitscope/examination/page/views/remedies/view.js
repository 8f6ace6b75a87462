fitscope.view("remedies", (() => {
  let data;

  function build(element, group, colours) {
    const { range } = data, narrow = element.clientWidth < 560;
    const colour = ({ told }) => ({ helps: colours.good, "does harm": colours.overfit })[told] ?? colours.muted;
    const spare = (at) => fitscope.signed(at, Math.max(Math.abs(range[0]), range[1]));
    return {
      data: group.map((remedy, at) => ({
        x: [remedy.value], y: [at], mode: "markers",
        marker: { size: 11, color: remedy.told === "not told apart" ? colours.card : colour(remedy), line: { width: 2, color: colour(remedy) } },
        error_x: { type: "data", symmetric: false, array: [remedy.interval[1] - remedy.value], arrayminus: [remedy.value - remedy.interval[0]], color: colour(remedy), thickness: 2, width: 5 },
        text: [`<b>${fitscope.text(remedy.name)}</b><br>${spare(remedy.value)}, from ${spare(remedy.interval[0])} to ${spare(remedy.interval[1])}<br>${remedy.told}`],
        hovertemplate: "%{text}<extra></extra>",
      })),
      layout: {
        margin: { l: 10, r: 12, t: 8, b: 48 },
        xaxis: { range, title: { text: narrow ? `Less ${data.metric} →` : `← more ${data.metric}, less →` }, tickformat: fitscope.ticks(range), nticks: narrow ? 4 : 8 },
        yaxis: {
          range: [group.length - 0.5, -0.5], tickvals: group.map((_, at) => at), showgrid: false,
          ticktext: group.map(({ name }) => fitscope.rowName(name, element.clientWidth)), tickfont: { size: 12.5, color: colours.ink },
        },
        shapes: [{ type: "line", x0: 0, x1: 0, yref: "paper", y0: 0, y1: 1, layer: "below", line: { color: colours.muted, width: 1.5 } }],
        hovermode: "closest", dragmode: false,
      },
    };
  }

  return (section, found) => {
    data = found;
    for (const element of section.querySelectorAll("[data-chart=remedies]")) {
      fitscope.chart(element, (colours) => build(element, data.groups[Number(element.dataset.group)], colours));
    }
  };
})());
