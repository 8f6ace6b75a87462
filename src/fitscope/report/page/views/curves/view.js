fitscope.view("curves", (() => {
  const POINTS = 320; // of a drawn line
  const LOG_START = 5; // earlier epochs would fill half of a log axis
  const SETTLED = 5; // the first epochs start from random weights and would stretch the range
  let data, zoom = null;
  const cache = new Map();
  const touched = new Set(); // controls that somebody has used

  function unpack(text) {
    const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    return new Float32Array(bytes.buffer);
  }

  // Points to draw: all that the eye can tell apart on either axis.
  function enough(length) {
    if (length <= POINTS) return [...Array(length).keys()];
    const chosen = new Set([0, length - 1]);
    for (let i = 0; i < POINTS / 2; i++) {
      const share = i / (POINTS / 2 - 1);
      chosen.add(Math.round(share * (length - 1)));
      chosen.add(Math.round((length - 1) ** share));
    }
    return [...chosen].sort((a, b) => a - b);
  }

  function places(epochs) {
    const { edges } = data;
    const centres = [], widths = [];
    for (let i = 0; i + 1 < edges.length && edges[i] < epochs; i++) {
      const end = Math.min(edges[i + 1], epochs);
      centres.push((edges[i] + end - 1) / 2);
      widths.push(end - edges[i]);
    }
    return { centres, widths };
  }

  // Mean, standard error and runs of a column of a model, smoothed, at the points worth drawing.
  function curve(number, column, std) {
    const key = `${number} ${column} ${std}`;
    if (cache.has(key)) return cache.get(key);
    const model = data.models[number];
    const longest = Math.max(0, ...model.runs.map((run) => run.epochs));
    const { centres } = places(longest);
    const at = enough(centres.length);
    const runs = model.runs.map((run) => {
      run.unpacked ??= {};
      const values = (run.unpacked[column] ??= unpack(run.curves[column] ?? ""));
      const own = places(run.epochs);
      const reached = at.filter((i) => i < values.length);
      return fitscope.smooth(values, own.centres, own.widths, std, reached);
    });
    const mean = [], error = [], alive = [];
    at.forEach((_, i) => {
      const there = runs.map((run) => run[i]).filter(Number.isFinite);
      const n = there.length;
      const m = there.reduce((a, b) => a + b, 0) / n;
      const squares = there.reduce((a, b) => a + (b - m) ** 2, 0);
      mean.push(n ? m : NaN);
      error.push(n > 1 ? Math.sqrt(squares / (n - 1) / n) : NaN);
      alive.push(n);
    });
    const found = { x: at.map((i) => centres[i]), mean, error, alive, runs };
    cache.set(key, found);
    return found;
  }

  function controls(section) {
    const form = section.querySelector("[data-controls]");
    const given = new FormData(form);
    return {
      metric: given.get("metric"),
      std: data.stops[Number(given.get("smoothing"))],
      log: given.get("axis") === "log" && data.longest > 2 * LOG_START,
      near: given.get("range") === "near",
      train: given.has("train"),
      validation: given.has("validation"),
      bands: given.has("bands"),
      single: given.has("single"),
      models: given.getAll("model").map(Number),
    };
  }

  // The same range for every group, so that they can be compared by eye.
  function frame(chosen) {
    const falling = data.metrics[chosen.metric].falling;
    const sign = falling ? 1 : -1;
    const settled = (column) => chosen.models.map((number) => {
      const { x, mean } = curve(number, column, chosen.std);
      const all = mean.map((value, i) => [x[i], sign * value]).filter((pair) => Number.isFinite(pair[1]));
      const later = all.filter((pair) => pair[0] >= SETTLED);
      return (later.length ? later : all).map((pair) => pair[1]);
    }).filter((values) => values.length);
    const training = settled(chosen.metric), checked = settled(`val_${chosen.metric}`);
    const drawn = [...(chosen.train ? training : []), ...(chosen.validation ? checked : [])].flat();
    if (!drawn.length) return null;
    const least = drawn.reduce((a, b) => Math.min(a, b)), most = drawn.reduce((a, b) => Math.max(a, b));
    if (!chosen.near) {
      const edge = 0.04 * (most - least || Math.abs(most) || 1);
      return ordered(least - edge, most + edge, falling);
    }
    const leading = checked.length ? checked : training;
    const lows = leading.map((values) => values.reduce((a, b) => Math.min(a, b)));
    const own = data.ranges[chosen.metric];
    if (own && lows.every((value) => own[0] < sign * value && sign * value < own[1])) return own;
    const starts = leading.map((values) => values[0]).sort((a, b) => a - b);
    const start = starts[Math.floor((starts.length - 1) / 2)];
    const best = Math.min(...lows);
    const span = Math.max(start - best, 0.02 * Math.abs(start), 1e-6);
    return ordered(
      Math.max(best - 0.6 * span, least - 0.05 * span),
      Math.min(Math.max(start, ...lows) + 0.25 * span, most + 0.05 * span), falling);
  }

  const ordered = (low, high, falling) => (falling ? [low, high] : [-high, -low]);

  function faded(colour, alpha) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    return `rgba(${r},${g},${b},${alpha})`;
  }

  function traces(number, chosen, colours) {
    const { name, colour } = fitscope.models[number];
    const safe = fitscope.text(name);
    const kinds = [];
    if (chosen.train) kinds.push([chosen.metric, "training", "solid"]);
    if (chosen.validation) kinds.push([`val_${chosen.metric}`, "validation", "dash"]);
    const bands = [], lines = [];
    for (const [column, what, dash] of kinds) {
      const { x, mean, error, alive, runs } = curve(number, column, chosen.std);
      const some = x.map((_, i) => i).filter((i) => Number.isFinite(error[i]));
      if (chosen.bands && some.length > 1) {
        const back = [...some].reverse();
        bands.push({
          x: [...some, ...back].map((i) => x[i]),
          y: [...some.map((i) => mean[i] + error[i]), ...back.map((i) => mean[i] - error[i])],
          mode: "lines", line: { width: 0 }, fill: "toself", fillcolor: faded(colour, 0.17), hoverinfo: "skip",
        });
      }
      if (chosen.single && runs.length > 1) {
        for (const run of runs) {
          bands.push({ x: x.slice(0, run.length), y: [...run], mode: "lines", hoverinfo: "skip", line: { color: faded(colour, 0.5), width: 0.8, dash } });
        }
      }
      const lonely = mean.filter(Number.isFinite).length === 1;
      // Where some runs have ended the mean is one of fewer, and jumps: drawn, but fainter.
      const whole = alive.findLastIndex((n) => n === runs.length);
      if (whole >= 0 && whole + 1 < x.length) {
        bands.push({
          x: x.slice(whole), y: mean.slice(whole), mode: "lines", hoverinfo: "skip",
          line: { color: faded(colour, 0.45), width: 1.6, dash: dash === "dash" ? "5px,3px" : "solid" },
        });
      }
      const upTo = whole >= 0 ? whole + 1 : x.length;
      lines.push({
        x: x.slice(0, upTo), y: mean.slice(0, upTo), mode: lonely ? "markers" : "lines",
        line: { color: colour, width: 2, dash: dash === "dash" ? "5px,3px" : "solid" },
        marker: { color: colour, size: 9, symbol: dash === "dash" ? "circle-open" : "circle" },
        customdata: x.map((_, i) => fitscope.number(mean[i]) + (Number.isFinite(error[i]) ? ` ± ${fitscope.number(error[i], mean[i])} (${alive[i]} runs)` : "")),
        hovertemplate: `<b>${safe}</b>, ${what}<br>${data.step} %{x:,.0f}: %{customdata}<extra></extra>`,
      });
    }
    if (chosen.validation) {
      const { x, mean } = curve(number, `val_${chosen.metric}`, chosen.std);
      const model = data.models[number];
      const mark = (epoch, symbol, size, said, bar) => {
        if (epoch === null || !x.length) return;
        let near = 0;
        x.forEach((at, i) => { if (Math.abs(at - epoch) < Math.abs(x[near] - epoch)) near = i; });
        if (!Number.isFinite(mean[near])) return;
        lines.push({
          x: [epoch], y: [mean[near]], mode: "markers",
          marker: { symbol, size, color: colour, line: { color: colours.card, width: 1.5 } },
          ...(bar ? { error_x: { type: "data", symmetric: false, array: [bar[1] - epoch], arrayminus: [epoch - bar[0]], color: faded(colour, 0.6), thickness: 1, width: 3 } } : {}),
          hovertemplate: `<b>${safe}</b><br>${said} %{x:,.0f}${bar ? `, between ${fitscope.count(bar[0])} and ${fitscope.count(bar[1])}` : ""}<extra></extra>`,
        });
      };
      mark(model.best, "circle", 10, `best ${data.step}`);
      mark(model.onset, "triangle-up", 12, `overfitting begins at ${data.step}`, model.interval);
    }
    return { bands, lines };
  }

  function axis(chosen, narrow) {
    const last = Math.max(data.longest - 1, 1);
    const word = data.step[0].toUpperCase() + data.step.slice(1);
    if (!chosen.log) return { type: "linear", range: [0, last], title: { text: word }, tickformat: ",d", nticks: narrow ? 4 : 7 };
    const ticks = (narrow ? [1] : [1, 2, 5]).flatMap((digit) => [1, 10, 100, 1000, 10000].map((power) => digit * power));
    return {
      type: "log", range: [Math.log10(LOG_START), Math.log10(last)], title: { text: `${word} (log scale)` },
      tickvals: ticks, ticktext: ticks.map(fitscope.count),
    };
  }

  // Where the best constant prediction stands, if that is in sight: what no model may be worse than.
  function constant(chosen, range, colours, annotations) {
    const value = data.constant[chosen.metric];
    if (!Number.isFinite(value ?? NaN) || data.ranges[chosen.metric] || !range || value < range[0] || value > range[1]) return { annotations };
    return {
      shapes: [{ type: "line", xref: "paper", x0: 0, x1: 1, y0: value, y1: value, line: { color: colours.muted, width: 1, dash: "dot" } }],
      annotations: [...annotations, { text: "constant prediction", xref: "paper", x: 1, y: value, xanchor: "right", yanchor: "bottom", showarrow: false, font: { size: 11, color: colours.muted } }],
    };
  }

  function build(section, element, colours) {
    const chosen = controls(section);
    const group = element.dataset.group;
    const bands = [], lines = [];
    for (const number of chosen.models) {
      if (!data.models[number].groups.includes(group)) continue;
      const drawn = traces(number, chosen, colours);
      bands.push(...drawn.bands);
      lines.push(...drawn.lines);
    }
    const range = frame(chosen);
    const xaxis = axis(chosen, element.clientWidth < 480), yaxis = { title: { text: data.metrics[chosen.metric]?.label ?? "" }, tickformat: ".2~f" };
    if (range) { yaxis.range = range; yaxis.tickformat = fitscope.ticks(range); }
    if (zoom) { xaxis.range = zoom.x; yaxis.range = zoom.y; }
    const empty = lines.length ? [] : [{
      text: data.longest ? "No model of this view is switched on" : `No ${data.step} has been trained yet`,
      xref: "paper", yref: "paper", x: 0.5, y: 0.5, showarrow: false, font: { size: 14, color: colours.muted },
    }];
    return { data: [...bands, ...lines], layout: { xaxis, yaxis, ...constant(chosen, yaxis.range, colours, empty), hovermode: "closest" } };
  }

  // While a study grows, what suits its length changes; what somebody has chosen stays.
  function usual(section) {
    const form = section.querySelector("[data-controls]");
    const { smoothing, axis } = form.elements;
    if (!touched.has("smoothing")) smoothing.value = data.usual.stop;
    if (!touched.has("axis")) axis.value = data.usual.axis;
    said(section);
  }

  function said(section) {
    const form = section.querySelector("[data-controls]");
    const { std } = controls(section);
    const text = `${std} ${data.step}${std === 1 ? "" : "s"}`;
    form.elements.smoothing.setAttribute("aria-valuetext", text);
    form.querySelector("output").textContent = text;
    section.querySelector("[data-smoothing]").textContent = std;
  }

  function listen(section) {
    const form = section.querySelector("[data-controls]");
    const charts = () => [...section.querySelectorAll("[data-chart=curves]")];
    const reset = section.querySelector("[data-reset]");
    const redraw = () => {
      said(section);
      reset.hidden = !zoom;
      charts().forEach(fitscope.redraw);
    };
    const zoomTo = (to) => { zoom = to; redraw(); };
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      if (event.target.name === "find") {
        const part = event.target.value.trim().toLowerCase();
        for (const chip of form.querySelectorAll(".chip")) chip.hidden = !chip.textContent.toLowerCase().includes(part);
        return;
      }
      touched.add(event.target.name);
      if (["metric", "axis", "range"].includes(event.target.name)) zoom = null;
      redraw();
    });
    const set = (on) => {
      for (const chip of form.querySelectorAll(".chip:not([hidden]) input")) chip.checked = on;
      redraw();
    };
    form.querySelector("[data-all]")?.addEventListener("click", () => set(true));
    form.querySelector("[data-none]")?.addEventListener("click", () => set(false));
    reset.addEventListener("click", () => zoomTo(null));
    for (const chart of charts()) {
      fitscope.chart(chart, (colours) => build(section, chart, colours), (drawn) => {
        drawn.on("plotly_doubleclick", () => zoomTo(null));
        drawn.on("plotly_relayout", (change) => {
          if (!("xaxis.range[0]" in change || "yaxis.range[0]" in change)) return;
          const { xaxis, yaxis } = drawn.layout;
          zoomTo({ x: [...xaxis.range], y: [...yaxis.range] });
        });
      });
    }
  }

  return (section, found) => {
    data = found;
    cache.clear();
    usual(section);
    if (!section.dataset.listening) {
      section.dataset.listening = "yes";
      listen(section);
    } else {
      section.querySelectorAll("[data-chart=curves]").forEach(fitscope.redraw);
    }
  };
})());
