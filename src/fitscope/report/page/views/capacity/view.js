fitscope.view("capacity", (() => {
  const LABELLED = 16; // models; beyond that names would cover each other
  const BESIDE = 16; // pixels between models of one size, which would hide each other
  let data;

  function build(section, element, colours) {
    const epoch = new FormData(section.querySelector("[data-controls]")).get("epoch");
    const points = data.points.map((point) => ({ ...point, ...fitscope.models[point.model], ...point[epoch] }));
    points.sort((a, b) => a.size - b.size || b.plain - a.plain);
    const sizes = points.map((point) => Math.log10(point.size));
    const room = 0.09 * (Math.max(...sizes) - Math.min(...sizes) || 1);
    const same = Math.max(...points.map((point) => points.filter((other) => other.size === point.size).length));
    const width = Math.max(element.clientWidth - 70, 100), height = Math.max(element.clientHeight - 60, 100);
    const across = [Math.min(...sizes) - room, Math.max(...sizes) + room];
    across[1] += ((same - 1) * BESIDE + 20) * (across[1] - across[0]) / width;
    const step = (across[1] - across[0]) / width;
    let last = null, beside = 0;
    for (const point of points) {
      beside = point.size === last ? beside + 1 : 0;
      last = point.size;
      point.at = Math.log10(point.size) + beside * BESIDE * step;
    }
    const values = points.flatMap((point) => ["train", "validation"].flatMap((kind) => {
      const [mean, error] = point[kind] ?? [];
      return Number.isFinite(mean ?? NaN) ? [mean - (error ?? 0), mean + (error ?? 0)] : [];
    }));
    if (!values.length) return { data: [], layout: {} };
    const low = Math.min(...values), high = Math.max(...values), edge = 0.1 * (high - low || 0.1);
    const range = [low - edge, high + edge];
    const traces = [];
    for (const [kind, dash, colour] of [["train", "solid", colours.muted], ["validation", "5px,3px", colours.muted]]) {
      const known = points.filter((point) => Number.isFinite(point[kind]?.[0] ?? NaN));
      const line = known.filter((point) => point.plain);
      traces.push({
        x: line.map((point) => 10 ** point.at), y: line.map((point) => point[kind][0]),
        mode: "lines", line: { color: colour, width: 1.6, dash }, hoverinfo: "skip",
      });
      // one trace a model, so that error bars have its colour; many models share one, for speed
      const groups = known.length > LABELLED ? [known] : known.map((point) => [point]);
      for (const group of groups) {
        const errors = group.map((point) => point[kind][1] ?? 0);
        traces.push({
          x: group.map((point) => 10 ** point.at), y: group.map((point) => point[kind][0]), mode: "markers",
          ...(errors.some(Boolean) ? { error_y: { type: "data", array: errors, thickness: 1.5, width: 3, color: group.length > 1 ? colours.muted : group[0].colour } } : {}),
          marker: {
            size: kind === "train" ? 9 : 12, symbol: kind === "train" ? "square" : "circle",
            color: group.map((point) => (point.plain ? point.colour : colours.card)),
            line: { width: 2, color: group.map((point) => point.colour) },
          },
          customdata: group.map((point, i) => [fitscope.text(point.name), fitscope.count(point.size), errors[i] ? ` ± ${fitscope.number(errors[i], point[kind][0])}` : "", fitscope.number(point[kind][0])]),
          hovertemplate: `<b>%{customdata[0]}</b>, ${kind === "train" ? "training" : "validation"}<br>%{customdata[1]} ${data.unit}: %{customdata[3]}%{customdata[2]}<extra></extra>`,
        });
      }
    }
    return {
      data: traces,
      layout: {
        xaxis: { type: "log", range: across, title: { text: `${data.unit[0].toUpperCase()}${data.unit.slice(1)} (log scale)` }, dtick: 1, tickformat: element.clientWidth < 480 ? "~s" : ",d" },
        yaxis: { range, title: { text: data.title }, tickformat: fitscope.ticks(range) },
        annotations: points.length <= LABELLED ? labels(points, across, range, width, height, colours) : [],
        hovermode: "closest", dragmode: false,
      },
    };
  }

  // A name at each validation point: above, below, right or left, wherever nothing is covered.
  function labels(points, across, range, width, height, colours) {
    const pixel = (point, kind) => [
      (point.at - across[0]) / (across[1] - across[0]) * width,
      (range[1] - point[kind][0]) / (range[1] - range[0]) * height,
    ];
    const known = points.filter((point) => Number.isFinite(point.validation?.[0] ?? NaN));
    const taken = known.flatMap((point) => ["train", "validation"].filter((kind) => point[kind]?.[0] != null).map((kind) => {
      const [x, y] = pixel(point, kind);
      return [x - 8, y - 8, x + 8, y + 8];
    }));
    const free = (box) => box[0] >= 0 && box[2] <= width && box[1] >= 0 && box[3] <= height
      && !taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]);
    return known.map((point) => {
      const name = point.name.length > 18 ? `${point.name.slice(0, 17)}…` : point.name;
      const [x, y] = pixel(point, "validation");
      const wide = 7 * [...name].length + 4, tall = 16;
      const choices = [];
      for (const away of [17, 33, 49]) for (const [dx, dy] of [[0, -away], [0, away], [10 + wide / 2 + away - 17, 0], [-10 - wide / 2 - away + 17, 0]]) choices.push([dx, dy]);
      const box = ([dx, dy]) => [x + dx - wide / 2, y + dy - tall / 2, x + dx + wide / 2, y + dy + tall / 2];
      const place = choices.find((choice) => free(box(choice))) ?? choices[0];
      taken.push(box(place));
      return {
        x: point.at, y: point.validation[0], xshift: place[0], yshift: -place[1], xanchor: "center", yanchor: "middle",
        showarrow: false, text: fitscope.text(name), font: { size: 12, color: colours.ink }, bgcolor: colours.card, borderpad: 1,
      };
    });
  }

  return (section, found) => {
    data = found;
    const element = section.querySelector("[data-chart=capacity]");
    if (!section.dataset.listening) {
      section.dataset.listening = "yes";
      section.querySelector("[data-controls]").addEventListener("input", () => fitscope.redraw(element));
    }
    fitscope.chart(element, (colours) => build(section, element, colours));
  };
})());
