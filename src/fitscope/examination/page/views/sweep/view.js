fitscope.view("sweep", (() => {
  let data;

  function frame(values) {
    const known = values.filter(Number.isFinite), least = Math.min(...known), most = Math.max(...known);
    const edge = 0.06 * (most - least || Math.abs(most) || 1);
    return [least - edge, most + edge];
  }

  function powers(from, to, most) {
    const all = [];
    for (let at = 1; at <= to; at *= 2) if (at >= from) all.push(at);
    const apart = Math.ceil(all.length / most);
    return all.filter((_, i) => i % apart === 0);
  }

  function byWidth(element, colours) {
    const { words, points } = data.measures[Number(element.dataset.measure)], narrow = element.clientWidth < 480;
    const units = points.map((point) => point.units), least = units[0], most = units.at(-1);
    const ends = points.flatMap(({ train, last, error, best }) => [train, best, last - (error ?? 0), last + (error ?? 0)]);
    const line = (name, more) => ({ x: units, y: points.map((point) => point[name]), ...more });
    return {
      x: { log: true, range: [least / 1.15, most * 1.15], title: "Units (log scale)", ticks: powers(least, most, narrow ? 5 : 11) },
      y: { range: frame(ends), title: `${words[0].toUpperCase()}${words.slice(1)}, lower is better` },
      lines: [line("train", { colour: colours.muted }), line("best", { colour: colours.accent, dash: true }), line("last", { colour: colours.accent })],
      marks: [
        ...points.filter(({ train }) => Number.isFinite(train)).map(({ units: x, train }) => ({
          x, y: train, colour: colours.muted, open: true, told: `${fitscope.count(x)} units, training: ${fitscope.number(train)}`,
        })),
        ...points.map(({ units: x, last, error }) => ({
          x, y: last, colour: colours.accent, acrossY: error === null ? undefined : [last - error, last + error],
          told: `${fitscope.count(x)} units, validation: ${fitscope.number(last)}`,
        })),
      ],
      rules: data.fits === null ? [] : [{ x: data.fits }],
      fixed: true,
    };
  }

  function byEpochs(element) {
    const narrow = element.clientWidth < 480, lines = data.epochs;
    const most = Math.max(...lines.map(({ trained }) => trained.at(-1)));
    const shown = lines.flatMap(({ values }) => values.slice(1));
    const { words } = data.measures[0];
    return {
      x: { log: true, range: [1, most * 1.1], title: "Epochs trained (log scale)", ticks: [1, 10, 100, 1_000, 10_000, 100_000].filter((at) => at <= most) },
      y: { range: frame(shown), title: `${words[0].toUpperCase()}${words.slice(1)}, lower is better` },
      lines: lines.map(({ model, trained, values, colour }) => ({ x: trained, y: values, colour, told: narrow ? undefined : model })),
      fixed: true,
    };
  }

  return (section, found) => {
    data = found;
    const key = section.querySelector("[data-key=sweep-epochs]");
    key.replaceChildren(...data.epochs.map(({ model, colour }) => {
      const one = document.createElement("span"), line = document.createElement("i");
      line.style.borderColor = colour;
      one.append(line, ` ${model}`);
      return one;
    }));
    for (const element of section.querySelectorAll("[data-chart=sweep-width]")) fitscope.chart(element, (colours) => byWidth(element, colours));
    const epochs = section.querySelector("[data-chart=sweep-epochs]");
    fitscope.chart(epochs, () => byEpochs(epochs));
  };
})());
