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
    const width = Math.max(element.clientWidth - 86, 100), height = Math.max(element.clientHeight - 60, 100);
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
    if (!values.length) return { x: { range: [0, 1], title: "" }, y: { range: [0, 1], title: "" }, message: "No model has finished yet", fixed: true };
    const low = Math.min(...values), high = Math.max(...values), edge = 0.1 * (high - low || 0.1);
    const range = [low - edge, high + edge];
    const lines = [], marks = [];
    for (const [kind, dash] of [["train", false], ["validation", true]]) {
      const known = points.filter((point) => Number.isFinite(point[kind]?.[0] ?? NaN));
      const line = known.filter((point) => point.plain);
      lines.push({ x: line.map((point) => 10 ** point.at), y: line.map((point) => point[kind][0]), colour: colours.muted, width: 1.6, dash });
      for (const point of known) {
        const [mean, error] = point[kind], { name, size, colour, plain } = point;
        marks.push({
          x: 10 ** point.at, y: mean, shape: kind === "train" ? "square" : "dot", size: kind === "train" ? 9 : 12, colour, open: !plain,
          ...(error ? { acrossY: [mean - error, mean + error] } : {}),
          told: `${name}, ${kind === "train" ? "training" : "validation"}\n${fitscope.count(size)} ${data.unit}: ${fitscope.number(mean)}${error ? ` ± ${fitscope.number(error, mean)}` : ""}`,
        });
      }
    }
    const powers = [...Array(12).keys()].map((power) => 10 ** power), ends = across.map((at) => 10 ** at);
    const ticks = across[1] - across[0] > 1.5 ? powers : powers.flatMap((power) => [power, 2 * power, 5 * power]);
    return {
      x: { log: true, range: ends, title: `${data.unit[0].toUpperCase()}${data.unit.slice(1)} (log scale)`, ticks, words: element.clientWidth < 480 ? short : fitscope.count },
      y: { range, title: data.title }, lines, marks, fixed: true,
      words: points.length <= LABELLED ? labels(points, across, range, width, height) : [],
    };
  }

  const short = (value) => value.toLocaleString("en-US", { notation: "compact" });

  // A name at each validation point: above, below, right or left, wherever nothing is covered.
  function labels(points, across, range, width, height) {
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
      const over = known.find((other) => other.plain && point.name.startsWith(`${other.name} + `));
      const whole = over ? point.name.slice(over.name.length + 1) : point.name; // what differs
      const name = whole.length > 22 ? `${whole.slice(0, 21)}…` : whole;
      const [x, y] = pixel(point, "validation");
      const wide = 7 * [...name].length + 4, tall = 16;
      const choices = [];
      for (const away of [17, 33, 49]) for (const [dx, dy] of [[0, -away], [0, away], [10 + wide / 2 + away - 17, 0], [-10 - wide / 2 - away + 17, 0]]) choices.push([dx, dy]);
      const box = ([dx, dy]) => [x + dx - wide / 2, y + dy - tall / 2, x + dx + wide / 2, y + dy + tall / 2];
      const place = choices.find((choice) => free(box(choice)));
      if (!place) return null; // its colour tells
      taken.push(box(place));
      return { text: name, x: 10 ** point.at, y: point.validation[0], dx: place[0], dy: place[1] };
    }).filter(Boolean);
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
