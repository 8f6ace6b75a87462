fitscope.view("ladder", (() => {
  let data;

  // "Overfits" at the right edge where there is room for words, its sign alone where there is none.
  function verdicts(narrow, colours) {
    return data.rungs.map((rung, at) => ({
      xref: "paper", x: 1, xanchor: "left", xshift: 8, y: at, yanchor: "middle", showarrow: false,
      text: narrow ? rung.sign : `${rung.sign} ${rung.word}`,
      font: { size: 12.5, color: (rung.strong && colours[rung.label]) || colours.muted },
    })).filter((_, at) => data.rungs[at].label !== "none");
  }

  function build(element, colours) {
    const narrow = element.clientWidth < 560, { rungs, range } = data;
    const finite = (value) => Number.isFinite(value ?? NaN);
    const colour = ({ label, strong }) => (strong && colours[label]) || colours.muted;
    const known = rungs.map((rung, at) => ({ ...rung, at })).filter(({ validation }) => finite(validation));
    const trained = rungs.map((rung, at) => ({ ...rung, at })).filter(({ train }) => finite(train));
    const told = (rung) => `<b>${fitscope.text(rung.name)}</b><br>training ${fitscope.number(rung.train ?? NaN)}, validation ${fitscope.number(rung.validation ?? NaN)}<br>gap ${rung.gap}${rung.cost ? `, costs ${rung.cost}` : ""}`;
    const taken = known.find((rung) => rung.taken);
    const far = known.filter((rung) => rung.validation > range[1]);
    return {
      data: [
        {
          x: known.flatMap((rung) => [rung.train, rung.validation, null]), y: known.flatMap(({ at }) => [at, at, null]),
          mode: "lines", line: { color: colours.line, width: 7 }, hoverinfo: "skip", connectgaps: false,
        },
        {
          x: trained.map(({ train }) => train), y: trained.map(({ at }) => at), mode: "markers",
          marker: { size: 11, color: colours.card, line: { width: 2, color: colours.muted } },
          text: trained.map(told), hovertemplate: "%{text}<extra></extra>",
        },
        ...known.map((rung) => ({
          x: [rung.validation], y: [rung.at], mode: "markers", marker: { size: 11, color: colour(rung) },
          ...(rung.interval ? { error_x: { type: "data", array: [rung.interval[1] - rung.validation], color: colour(rung), thickness: 2, width: 5 } } : {}),
          text: [told(rung)], hovertemplate: "%{text}<extra></extra>",
        })),
      ],
      layout: {
        margin: { l: 10, r: narrow ? 26 : 136, t: 8, b: 44 },
        xaxis: { range, title: { text: `${data.metric[0].toUpperCase()}${data.metric.slice(1)}` }, tickformat: fitscope.ticks(range), nticks: narrow ? 4 : 8 },
        yaxis: {
          range: [rungs.length - 0.5, -0.5], tickvals: rungs.map((_, at) => at), showgrid: false,
          ticktext: rungs.map(({ name, taken }) => fitscope.rowName(name, element.clientWidth, taken)), tickfont: { size: 12.5, color: colours.ink },
        },
        shapes: taken ? [{ type: "line", x0: taken.validation, x1: taken.validation, yref: "paper", y0: 0, y1: 1, layer: "below", line: { color: colours.accent, width: 1.5, dash: "dot" } }] : [],
        annotations: [
          ...verdicts(narrow, colours),
          ...far.map((rung) => ({ x: range[1], y: rung.at, xanchor: "right", xshift: -4, showarrow: false, text: `${fitscope.number(rung.validation)} →`, font: { size: 12, color: colours.muted }, bgcolor: colours.card })),
        ],
        hovermode: "closest", dragmode: false,
      },
    };
  }

  return (section, found) => {
    data = found;
    const element = section.querySelector("[data-chart=ladder]");
    fitscope.chart(element, (colours) => build(element, colours));
  };
})());
