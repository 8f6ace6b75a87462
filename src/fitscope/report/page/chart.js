// A chart on uPlot. It draws axes and lines and tells where the pointer drags; bands, marks with their
// intervals, rules and words are drawn here, and so is what the pointer is told.
fitscope.draw = (() => {
  "use strict";
  const REACH = 28; // points from the pointer to what it is told about
  const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
  const LINE = 1.5, DASH = [5, 3];
  const EDGE = 7; // points that a mark at the edge may hang over it

  // How an axis writes its numbers, all with the decimals that its steps need.
  function labels(_, splits) {
    const known = splits.filter((value) => value !== null);
    const most = Math.max(...known.map(Math.abs));
    if (most >= 1e6) return splits.map((value) => value.toLocaleString("en-US", { notation: "compact", maximumSignificantDigits: 4 }));
    const steps = known.slice(1).map((value, i) => Math.abs(value - known[i])), step = Math.min(...steps, most || 1);
    if (step < 1e-5) return splits.map((value) => value.toExponential(1));
    const digits = [0, 1, 2, 3, 4, 5].find((many) => steps.every((one) => Math.abs(one - one.toFixed(many)) < 1e-3 * step)) ?? 6;
    return splits.map((value) => (value === null ? null : value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })));
  }

  function room(ctx, texts) {
    ctx.save();
    ctx.font = `${12 * uPlot.pxRatio}px ${FONT}`;
    const wide = Math.max(0, ...texts.map((text) => ctx.measureText(text ?? "").width)) / uPlot.pxRatio;
    ctx.restore();
    return Math.ceil(wide) + 12;
  }

  function scale({ range, log }) {
    return { time: false, distr: log ? 3 : 1, range: () => range };
  }

  function axes(spec, palette) {
    const shared = { stroke: palette.muted, font: `12px ${FONT}`, grid: { stroke: palette.line, width: 1 }, ticks: { show: false }, gap: 6 };
    const { x, y } = spec;
    return [
      {
        ...shared, label: x.title, labelFont: `12px ${FONT}`, labelSize: 20, labelGap: 2, size: 26, space: 64,
        ...(x.ticks ? { splits: () => x.ticks.filter((at) => at >= x.range[0] && at <= x.range[1]) } : {}), ...(x.whole ? { incrs: [1, 2, 5].flatMap((one) => [...Array(9).keys()].map((power) => one * 10 ** power)).sort((a, b) => a - b) } : {}),
        values: x.ticks ? (_, splits) => splits.map(x.words ?? fitscope.count) : labels, filter: (_, splits) => splits,
      },
      { ...shared, values: labels, space: 36, size: (plot, values) => (values ? room(plot.ctx, values) : 40) },
    ];
  }

  // Lines have places of their own on the x axis; uPlot wants one row of places for all. What flees far off the chart
  // ends some heights beyond it: browsers draw no dashes along a line of a million points.
  function joined(lines, { x, y }) {
    const [low, high] = y.range, far = y.log ? Infinity : 20 * (high - low);
    const drawn = (value) => (Number.isFinite(value) ? Math.min(Math.max(value, low - far), high + far) : null);
    const tables = lines.map((line) => [[...line.x], Array.from(line.y, drawn)]);
    return tables.length ? uPlot.join(tables) : [[...x.range], [null, null]];
  }

  // What is drawn in a chart's own units, by its pixels.
  function pen(plot, spec) {
    const { ctx } = plot, ratio = uPlot.pxRatio;
    const at = (x, y) => [plot.valToPos(x, "x", true), plot.valToPos(y, "y", true)];
    const path = (points, { colour, width = LINE, dash = [], fill = false }) => {
      ctx.beginPath();
      points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      ctx[fill ? "fillStyle" : "strokeStyle"] = colour;
      ctx.lineWidth = width * ratio;
      ctx.setLineDash(dash.map((one) => one * ratio));
      if (fill) ctx.fill();
      else ctx.stroke();
      ctx.setLineDash([]);
    };
    const inside = (draw, beyond = 0) => {
      const { left, top, width, height } = plot.bbox, more = beyond * ratio;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left - more, top - more, width + 2 * more, height + 2 * more);
      ctx.clip();
      draw();
      ctx.restore();
    };
    const words = (text, [x, y], { colour, align = "left", ground = null, size = 12 }) => {
      ctx.font = `${size * ratio}px ${FONT}`;
      ctx.textAlign = align;
      ctx.textBaseline = "middle";
      if (ground) {
        const wide = ctx.measureText(text).width, from = { left: x, center: x - wide / 2, right: x - wide }[align];
        ctx.fillStyle = ground;
        ctx.fillRect(from - 2 * ratio, y - 0.65 * size * ratio, wide + 4 * ratio, 1.3 * size * ratio);
      }
      ctx.fillStyle = colour;
      ctx.fillText(text, x, y);
    };
    return { ctx, ratio, at, path, inside, words, box: plot.bbox, spec };
  }

  function below(tool, palette) {
    const { spec, at, path, inside, box, words, ratio } = tool;
    inside(() => {
      for (const { x, low, high, colour } of spec.bands ?? []) {
        const up = x.map((one, i) => at(one, high[i])), down = x.map((one, i) => at(one, low[i]));
        path([...up, ...down.reverse()], { colour, fill: true });
      }
      for (const { from, to, y, colour } of spec.bars ?? []) {
        path([at(from, 0), at(from, y), at(to, y), at(to, 0)], { colour, fill: true });
      }
      for (const rule of spec.rules ?? []) {
        const [x, y] = at(rule.x ?? spec.x.range[0], rule.y ?? spec.y.range[0]);
        const ends = rule.x === undefined ? [[box.left, y], [box.left + box.width, y]] : [[x, box.top], [x, box.top + box.height]];
        path(ends, { colour: palette.muted, width: 1, dash: [2, 3] });
        if (!rule.text) continue;
        if (rule.x === undefined) words(rule.text, [box.left + box.width - 4 * ratio, y - 8 * ratio], { colour: palette.muted, align: "right", size: 11 });
        else words(rule.text, [x + 6 * ratio, box.top + 8 * ratio], { colour: palette.muted });
      }
    });
  }

  function mark(tool, { shape, size = 10, colour, fill, x, y }) {
    const { ctx, at, ratio } = tool, [left, top] = at(x, y), r = size / 2 * ratio;
    ctx.beginPath();
    if (shape === "triangle") {
      ctx.moveTo(left, top - r);
      ctx.lineTo(left + r, top + 0.8 * r);
      ctx.lineTo(left - r, top + 0.8 * r);
      ctx.closePath();
    } else if (shape === "square") ctx.rect(left - r, top - r, 2 * r, 2 * r);
    else ctx.arc(left, top, r, 0, 2 * Math.PI);
    ctx.fillStyle = fill ?? colour;
    ctx.fill();
  }

  function above(tool, palette) {
    const { spec, at, path, inside, box, words, ratio } = tool;
    inside(() => {
      for (const one of spec.marks ?? []) {
        const caps = 3 * ratio, colour = one.bar ?? one.colour;
        if (one.acrossX) {
          const [[a, y], [b]] = one.acrossX.map((end) => at(end, one.y));
          for (const ends of [[[a, y], [b, y]], [[a, y - caps], [a, y + caps]], [[b, y - caps], [b, y + caps]]]) path(ends, { colour });
        }
        if (one.acrossY) {
          const [[x, a], [, b]] = one.acrossY.map((end) => at(one.x, end));
          for (const ends of [[[x, a], [x, b]], [[x - caps, a], [x + caps, a]], [[x - caps, b], [x + caps, b]]]) path(ends, { colour });
        }
        mark(tool, { ...one, size: (one.size ?? 10) + 3, fill: palette.card });
        mark(tool, one);
        if (one.open) mark(tool, { ...one, size: (one.size ?? 10) - 4, fill: palette.card });
      }
      for (const { text, x, y, dx, dy } of spec.words ?? []) {
        const [left, top] = at(x, y);
        words(text, [left + dx * ratio, top + dy * ratio], { colour: palette.ink, align: "center", ground: palette.card });
      }
    }, EDGE);
    words(spec.y.title, [0, 9 * ratio], { colour: palette.muted });
    if (spec.message) words(spec.message, [box.left + box.width / 2, box.top + box.height / 2], { colour: palette.muted, align: "center", size: 14 });
  }

  // Everything that can be pointed at, nearest first where it counts.
  function* told(spec) {
    for (const one of spec.marks ?? []) if (one.told) yield [one.x, one.y, one.told, -6];
    for (const line of spec.lines ?? []) {
      if (line.told) for (let i = 0; i < line.x.length; i++) if (Number.isFinite(line.y[i])) yield [line.x[i], line.y[i], line.told, 0, i];
    }
    for (const bar of spec.bars ?? []) yield [(bar.from + bar.to) / 2, bar.y, bar.told, 0];
  }

  function tip(plot, spec) {
    const box = document.createElement("div"), dot = document.createElement("div");
    box.className = "tip";
    dot.className = "tip-dot";
    box.hidden = dot.hidden = true;
    plot.over.append(dot, box);
    return () => {
      const { left, top } = plot.cursor;
      let best = null, nearest = REACH;
      if (left >= 0) {
        for (const [x, y, say, bonus, i] of told(spec)) {
          const [a, b] = [plot.valToPos(x, "x"), plot.valToPos(y, "y")];
          const far = (spec.bars ? Math.abs(a - left) : Math.hypot(a - left, b - top)) + bonus;
          if (far < nearest && a >= -1 && b >= -1 && a <= plot.over.clientWidth + 1 && b <= plot.over.clientHeight + 1) [best, nearest] = [[a, b, say, i], far];
        }
      }
      box.hidden = dot.hidden = !best;
      if (!best) return;
      const [a, b, say, i] = best;
      box.textContent = typeof say === "function" ? say(i) : say;
      dot.style.translate = `${a}px ${b}px`;
      const wide = plot.over.clientWidth, high = plot.over.clientHeight;
      const x = Math.min(Math.max(a + 12, 0), Math.max(wide - box.offsetWidth, 0)), under = b + 14 + box.offsetHeight <= high;
      box.style.translate = `${x}px ${under ? b + 14 : Math.max(b - 14 - box.offsetHeight, 0)}px`;
    };
  }

  // Draws a chart and gives back what takes it away again; `zoomed` hears of ranges that were dragged.
  return (element, spec, palette, zoomed) => {
    const lines = (spec.lines ?? []).filter((line) => line.x.length);
    const width = element.clientWidth, height = element.clientHeight;
    const dashed = DASH.map((one) => one * uPlot.pxRatio);
    let hovered = () => {};
    const plot = new uPlot({
      width, height, padding: [22, 26, 0, 0], // half of the last number stands right of its line
      legend: { show: false },
      scales: { x: scale(spec.x), y: scale(spec.y) }, axes: axes(spec, palette),
      series: [{}, ...(lines.length ? lines : [{}]).map((line) => ({
        stroke: line.colour, width: line.width ?? 2, points: { show: false }, ...(line.dash ? { dash: dashed } : {}),
      }))],
      cursor: { x: false, y: false, points: { show: false }, drag: { x: Boolean(zoomed), y: Boolean(zoomed), setScale: false, dist: 8 } },
      hooks: {
        drawAxes: [(one) => below(pen(one, spec), palette)],
        draw: [(one) => above(pen(one, spec), palette)],
        setCursor: [() => hovered()],
        setSelect: [(one) => {
          const { left, top, width: wide, height: high } = one.select;
          if (!zoomed || wide < 8 || high < 8) return;
          const [x, y] = [[left, left + wide].map((at) => one.posToVal(at, "x")), [top + high, top].map((at) => one.posToVal(at, "y"))];
          one.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          zoomed({ x, y });
        }],
      },
    }, joined(lines, spec), (one, init) => {
      element.replaceChildren(one.root);
      init();
    });
    if (zoomed) plot.over.addEventListener("dblclick", () => zoomed(null));
    hovered = tip(plot, spec);
    return plot;
  };
})();
