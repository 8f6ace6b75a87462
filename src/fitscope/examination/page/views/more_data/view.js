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
    const colour = colours.accent;
    const here = points.at(-1)?.rows;
    const ticks = narrow ? [points[0].rows, here, ...predicted.slice(-1).map((point) => point.rows)] : rows;
    return {
      x: { log: true, range: across.map((at) => 10 ** at), title: "Training rows (log scale)", ticks },
      y: { range, title: `Validation ${data.metric}, lower is better` },
      bands: line ? [{ x: line.rows, low: line.low, high: line.high, colour: `${colour}29` }] : [],
      lines: [
        ...(line ? [{ x: line.rows, y: line.losses, colour, dash: true }] : []),
        { x: points.map((point) => point.rows), y: points.map(({ loss }) => loss), colour },
      ],
      marks: [
        ...points.map(({ rows: count, loss, error }) => ({
          x: count, y: loss, colour, acrossY: error === null ? undefined : [loss - error, loss + error],
          told: `${fitscope.count(count)} rows: ${fitscope.number(loss)}${error === null ? "" : `, ${fitscope.number(loss - error, loss)} to ${fitscope.number(loss + error, loss)}`}`,
        })),
        ...predicted.map(({ rows: count, times, loss, low, high }) => ({
          x: count, y: loss, colour, size: 11, open: true,
          told: `${times} times the rows, predicted: ${fitscope.number(loss)}, ${fitscope.number(low, loss)} to ${fitscope.number(high, loss)}`,
        })),
      ],
      rules: line ? [{ x: here, text: "your rows end here" }] : [],
      fixed: true,
    };
  }

  return (section, found) => {
    data = found;
    const element = section.querySelector("[data-chart=more-data]");
    fitscope.chart(element, (colours) => build(element, colours));
  };
})());
