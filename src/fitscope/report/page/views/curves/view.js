fitscope.view("curves", (() => {
  const POINTS = 320; // of a drawn line
  const LOG_START = 5; // earlier epochs would fill half of a log axis
  const SETTLED = 5; // the first epochs start from random weights and would stretch the range
  const NAMED = 4; // curves off the chart that are named
  let data;
  const group = { zoom: null };
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
    }).filter((values, _, all) => values.length > (all.some((other) => other.length > 1) ? 1 : 0)); // no constant stretches it
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

  function drawn(number, chosen) {
    const { name, colour } = fitscope.models[number], model = data.models[number];
    const kinds = [];
    if (chosen.train) kinds.push([chosen.metric, "training", false]);
    if (chosen.validation) kinds.push([`val_${chosen.metric}`, "validation", true]);
    const bands = [], lines = [], marks = [];
    for (const [column, what, dash] of kinds) {
      const { x, mean, error, alive, runs } = curve(number, column, chosen.std);
      const some = x.map((_, i) => i).filter((i) => Number.isFinite(error[i]));
      if (chosen.bands && some.length > 1) {
        bands.push({ x: some.map((i) => x[i]), low: some.map((i) => mean[i] - error[i]), high: some.map((i) => mean[i] + error[i]), colour: faded(colour, 0.17) });
      }
      if (chosen.single && runs.length > 1) {
        for (const run of runs) lines.push({ x: x.slice(0, run.length), y: [...run], colour: faded(colour, 0.5), width: 0.8, dash });
      }
      const told = (i) => {
        const spread = Number.isFinite(error[i]) ? ` ± ${fitscope.number(error[i], mean[i])} (${alive[i]} runs)` : "";
        return `${name}, ${what}\n${data.step} ${fitscope.count(Math.round(x[i]))}: ${fitscope.number(mean[i])}${spread}`;
      };
      const known = mean.findIndex(Number.isFinite);
      if (known < 0) continue;
      if (mean.filter(Number.isFinite).length === 1) {
        marks.push({ x: x[known], y: mean[known], size: 9, colour, open: dash, told: told(known) });
        continue;
      }
      // Where some runs have ended the mean is one of fewer, and jumps: drawn, but fainter.
      const whole = alive.findLastIndex((n) => n === runs.length);
      if (whole >= 0 && whole + 1 < x.length) lines.push({ x: x.slice(whole), y: mean.slice(whole), colour: faded(colour, 0.45), width: 1.6, dash });
      const upTo = whole >= 0 ? whole + 1 : x.length;
      lines.push({ x: x.slice(0, upTo), y: mean.slice(0, upTo), colour, width: 2, dash, told });
    }
    if (chosen.validation) {
      const { x, mean } = curve(number, `val_${chosen.metric}`, chosen.std);
      marks.push(...fitscope.turns({ x, y: mean }, { ...model, step: data.step }, { name, colour, bar: faded(colour, 0.6) }));
    }
    return { bands, lines, marks };
  }

  function axis(chosen, narrow) {
    const lengths = chosen.models.flatMap((number) => data.models[number].runs.map((run) => run.epochs));
    const last = Math.max(Math.max(0, ...lengths) - 1, 1); // of what is drawn, not of what is switched off
    const word = data.step[0].toUpperCase() + data.step.slice(1);
    if (!chosen.log) return { range: [0, last], title: word, whole: true };
    const ticks = (narrow ? [1] : [1, 2, 5]).flatMap((digit) => [1, 10, 100, 1000, 10000].map((power) => digit * power)).sort((a, b) => a - b);
    return { log: true, range: [LOG_START, last], title: `${word} (log scale)`, ticks };
  }

  // Where the best constant prediction stands: what no model may be worse than.
  function constant(chosen) {
    const value = data.constant[chosen.metric];
    return Number.isFinite(value ?? NaN) && !data.ranges[chosen.metric] ? [{ y: value, text: "constant prediction" }] : [];
  }

  // Where a curve leaves the chart on its worse side and comes back, or does not.
  function stretches({ x, mean }, [low, high], falling) {
    const out = (value) => (falling ? value > high : value < low), worse = (a, b) => (falling ? a > b : a < b);
    const found = [];
    let now = null, begun = false;
    mean.forEach((value, i) => {
      if (x[i] < SETTLED || !Number.isFinite(value)) return;
      if (!out(value)) { now = null; begun = true; return; }
      if (!begun) return; // it has not come in yet
      if (!now) found.push(now = { from: x[i], at: x[i], value, last: false });
      if (worse(value, now.value)) [now.at, now.value] = [x[i], value];
      now.last = i === mean.length - 1;
    });
    return found;
  }

  // What the chart does not show, in words.
  function offChart(members, chosen, range) {
    if (!range || group.zoom) return "";
    const { falling } = data.metrics[chosen.metric], said = [];
    for (const number of members) {
      for (const [column, what, on] of [[`val_${chosen.metric}`, "", chosen.validation], [chosen.metric, "’s training curve", chosen.train]]) {
        const found = on ? stretches(curve(number, column, chosen.std), range, falling) : [];
        if (!found.length) continue;
        const most = found.reduce((a, b) => ((falling ? b.value > a.value : b.value < a.value) ? b : a));
        const end = found.at(-1).last, at = `${data.step} ${fitscope.count(Math.round(most.at))}`;
        said.push(`${fitscope.models[number].name}${what} ${falling ? "rises" : "falls"} to ${Number(most.value.toPrecision(3))} ${end ? `by ${at}` : `near ${at} and comes back`}`);
      }
    }
    const more = said.length > NAMED ? `; ${said.length - NAMED} more` : "";
    return said.length ? `Off the chart: ${said.slice(0, NAMED).join("; ")}${more}.` : "";
  }

  function build(section, element) {
    const chosen = controls(section), figure = element.closest("figure");
    const members = chosen.models.filter((number) => data.models[number].groups.includes(element.dataset.group));
    const parts = members.map((number) => drawn(number, chosen));
    const range = frame(chosen), metric = data.metrics[chosen.metric];
    for (const entry of figure.querySelectorAll("[data-model]")) entry.classList.toggle("off", !members.includes(Number(entry.dataset.model)));
    const off = offChart(members, chosen, range);
    figure.querySelector("[data-off]").textContent = off;
    figure.querySelector("[data-everything]").hidden = !off || !chosen.near;
    const lines = parts.flatMap((one) => one.lines), marks = parts.flatMap((one) => one.marks);
    return {
      x: axis(chosen, element.clientWidth < 480), y: { title: metric ? `${metric.label}, ${metric.falling ? "lower" : "higher"} is better` : "", range: range ?? [0, 1] },
      bands: parts.flatMap((one) => one.bands), lines, marks, rules: constant(chosen),
      message: lines.length || marks.length ? "" : data.longest ? "No model of this view is switched on" : `No ${data.step} has been trained yet`,
    };
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
    const charts = [...section.querySelectorAll("[data-chart=curves]")];
    const reset = section.querySelector("[data-reset]");
    const redraw = () => {
      said(section);
      reset.hidden = !group.zoom;
      charts.forEach(fitscope.redraw);
    };
    const zoomTo = (to) => { group.zoom = to; redraw(); };
    group.changed = () => { reset.hidden = !group.zoom; };
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      if (event.target.name === "find") {
        const part = event.target.value.trim().toLowerCase();
        for (const chip of form.querySelectorAll(".chip")) chip.hidden = !chip.textContent.toLowerCase().includes(part);
        return;
      }
      touched.add(event.target.name);
      if (["metric", "axis", "range"].includes(event.target.name)) group.zoom = null;
      redraw();
    });
    const set = (on) => {
      for (const chip of form.querySelectorAll(".chip:not([hidden]) input")) chip.checked = on;
      redraw();
    };
    form.querySelector("[data-all]")?.addEventListener("click", () => set(true));
    form.querySelector("[data-none]")?.addEventListener("click", () => set(false));
    reset.addEventListener("click", () => zoomTo(null));
    for (const button of section.querySelectorAll("[data-everything]")) button.addEventListener("click", () => {
      form.elements.range.value = "all";
      zoomTo(null);
    });
    for (const chart of charts) fitscope.chart(chart, () => build(section, chart), group);
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
