fitscope.view("more_data", (() => {
  let data;

  function build(element, colours) {
    const { points, predicted, line } = data, narrow = element.clientWidth < 480;
    const ends = points.flatMap(({ loss, error }) => [loss - (error ?? 0), loss + (error ?? 0)]);
    const ahead = line ? [...line.low, ...line.high] : [];
    const least = Math.min(...ends, ...ahead), most = Math.max(...ends, ...ahead), edge = 0.06 * (most - least || Math.abs(most) || 1);
    const range = [least - edge, most + edge];
    const rows = [...points, ...predicted].map((point) => point.rows);
    const across = [Math.log10(Math.min(...rows)) - 0.08, Math.log10(Math.max(...rows)) + (narrow ? 0.2 : 0.08)];
    const traces = [];
    if (line) {
      traces.push({
        x: [...line.rows, ...[...line.rows].reverse()], y: [...line.high, ...[...line.low].reverse()],
        mode: "lines", line: { width: 0 }, fill: "toself", fillcolor: colours.accent, opacity: 0.16, hoverinfo: "skip",
      }, {
        x: line.rows, y: line.losses, mode: "lines", line: { color: colours.accent, width: 2, dash: "6px,4px" }, hoverinfo: "skip",
      });
    }
    traces.push({
      x: points.map((point) => point.rows), y: points.map(({ loss }) => loss), mode: "lines+markers",
      line: { color: colours.accent, width: 2 }, marker: { size: 10, color: colours.accent },
      error_y: { type: "data", array: points.map(({ error }) => error ?? 0), color: colours.accent, thickness: 1.8, width: 5 },
      text: points.map(({ loss, error }) => fitscope.number(loss) + (error === null ? "" : `, ${fitscope.number(loss - error, loss)} to ${fitscope.number(loss + error, loss)}`)),
      hovertemplate: "%{x:,} rows: %{text}<extra></extra>",
    }, {
      x: predicted.map((point) => point.rows), y: predicted.map(({ loss }) => loss), mode: "markers",
      marker: { size: 11, color: colours.card, line: { width: 2, color: colours.accent } },
      text: predicted.map(({ times, loss, low, high }) => `${times} times the rows: ${fitscope.number(loss)}, ${fitscope.number(low, loss)} to ${fitscope.number(high, loss)}`),
      hovertemplate: "%{text}<extra>predicted</extra>",
    });
    const here = points.at(-1)?.rows;
    return {
      data: traces,
      layout: {
        xaxis: { type: "log", range: across, title: { text: "Training rows (log scale)" }, tickvals: narrow ? [points[0].rows, here, ...predicted.slice(-1).map((point) => point.rows)] : rows, ticktext: (narrow ? [points[0].rows, here, ...predicted.slice(-1).map((point) => point.rows)] : rows).map(fitscope.count), tickangle: 0 },
        yaxis: { range, title: { text: `Validation ${data.metric}` }, tickformat: fitscope.ticks(range) },
        shapes: line ? [{ type: "line", x0: here, x1: here, yref: "paper", y0: 0, y1: 1, layer: "below", line: { color: colours.muted, width: 1, dash: "dot" } }] : [],
        annotations: line ? [{ x: Math.log10(here), y: 1, yref: "paper", yanchor: "top", xanchor: "left", xshift: 6, showarrow: false, text: "your rows end here", font: { size: 12, color: colours.muted } }] : [],
        hovermode: "closest", dragmode: false,
      },
    };
  }

  return (section, found) => {
    data = found;
    const element = section.querySelector("[data-chart=more-data]");
    fitscope.chart(element, (colours) => build(element, colours));
  };
})());
