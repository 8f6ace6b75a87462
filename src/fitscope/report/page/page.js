// What all views share: one set of charts that follow the theme, the width and new data.
window.fitscope = (() => {
  "use strict";
  const views = new Map(); // name: draws its section from its data
  const charts = new Map(); // element: { build, ready, seen, drawn }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const coarse = matchMedia("(pointer: coarse)");
  const CONFIG = { displayModeBar: false, doubleClick: false, showTips: false, responsive: false };
  const REACH = 5; // standard deviations; what lies beyond weighs less than 4e-6
  const VERDICTS = ["underfit", "good", "overfit", "improving", "unstable", "too-few"];
  const POLL = 1500, AGAIN = 5000; // milliseconds
  let page = JSON.parse(document.getElementById("fitscope-data").textContent);
  let printing = false, waiting = new Set(), reading = null;

  const count = (number) => Number(number).toLocaleString("en-US");

  // Plotly reads some HTML in its texts; names are shown as they are.
  const text = (name) => name.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  // A name beside a row of a chart: in two lines of words, cut where even those are too long.
  function rowName(name, width, bold = false) {
    const room = Math.max(Math.floor(width / 27), 14), lines = [""];
    for (const word of name.split(" ")) {
      if (lines.at(-1) && `${lines.at(-1)} ${word}`.length > room) lines.push("");
      lines[lines.length - 1] = `${lines.at(-1)} ${word}`.trim();
    }
    const told = lines.slice(0, 2).map((line, at) => {
      const more = at === 1 && lines.length > 2;
      return text(line.length > room || more ? `${line.slice(0, room - 1)}…` : line);
    }).join("<br>");
    return bold ? `<b>${told}</b>` : told;
  }

  // A score with as many digits as can mean something, whatever its size; see `number` in words.py.
  function number(value, like = value) {
    if (!Number.isFinite(value)) return "none";
    const size = Math.abs(like);
    if (Math.abs(value) >= 1e9 || (size > 0 && size < 1e-6)) return value.toExponential(3).replace("+", "");
    const power = size > 0 ? Math.floor(Math.log10(size)) : 0;
    const digits = size > 0 && size < 1e-3 ? 2 - power : size < 10 ? 4 : Math.max(4 - power, 0);
    return value.toLocaleString("en-US", { minimumFractionDigits: size < 1e-3 ? 0 : digits, maximumFractionDigits: digits });
  }

  // A difference with its sign, with the decimals of `like`.
  function signed(value, like = value) {
    const told = number(value, like);
    return value < 0 || told === "none" ? told : `+${told}`;
  }

  // How an axis of scores writes its numbers.
  function ticks([low, high]) {
    const most = Math.max(Math.abs(low), Math.abs(high)), span = Math.abs(high - low);
    if (most >= 1e6) return ".3~s";
    if (span < 2e-3) return ".2~e";
    return span >= 20 ? ",.0f" : span >= 0.05 ? ",.2~f" : ",.4~f";
  }

  function colours() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(`--${name}`).trim();
    return Object.fromEntries(["ink", "muted", "line", "card", "accent", ...VERDICTS].map((name) => [name, read(name)]));
  }

  // Values at the points `at`, each the Gaussian-weighted mean of what lies around it; at the ends
  // the kernel is cut off, so that nothing is invented. Missing values stay missing.
  function smooth(values, centres, widths, std, at) {
    const found = new Float64Array(at.length);
    at.forEach((middle, place) => {
      if (!Number.isFinite(values[middle])) { found[place] = NaN; return; }
      if (!(std > 0)) { found[place] = values[middle]; return; }
      let sum = 0, total = 0;
      const add = (i) => {
        const away = (centres[i] - centres[middle]) / std;
        if (Math.abs(away) > REACH) return false;
        if (Number.isFinite(values[i])) {
          const weight = widths[i] * Math.exp(-0.5 * away * away);
          sum += weight * values[i];
          total += weight;
        }
        return true;
      };
      for (let i = middle; i >= 0 && add(i); i--);
      for (let i = middle + 1; i < values.length && add(i); i++);
      found[place] = sum / total;
    });
    return found;
  }

  function merged(base, over) {
    const found = { ...base };
    for (const [key, value] of Object.entries(over)) {
      const plain = value && typeof value === "object" && !Array.isArray(value);
      found[key] = plain && base[key] ? merged(base[key], value) : value;
    }
    return found;
  }

  function layout(element, palette, own) {
    const narrow = element.clientWidth < 480;
    const axis = {
      gridcolor: palette.line, linecolor: palette.muted, zeroline: false, ticks: "", automargin: true,
      tickfont: { size: 12, color: palette.muted }, title: { font: { size: 13, color: palette.muted }, standoff: 8 },
    };
    return merged({
      width: element.clientWidth, height: element.clientHeight, showlegend: false,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: narrow ? 46 : 58, r: 10, t: 8, b: 40 },
      font: { family: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif", size: 12, color: palette.ink },
      hoverlabel: { bgcolor: palette.card, bordercolor: palette.muted, font: { size: 13, color: palette.ink }, namelength: 0 },
      dragmode: coarse.matches ? false : "zoom", // a finger scrolls the page
      xaxis: axis, yaxis: axis, separators: ".,",
    }, own);
  }

  function paint(element) {
    const chart = charts.get(element);
    if (!chart || !element.clientWidth) return;
    const palette = colours();
    const { data, layout: own } = chart.build(palette);
    Plotly.react(element, data, layout(element, palette, own), CONFIG);
    if (!chart.drawn) {
      chart.drawn = true;
      chart.ready?.(element);
    }
  }

  // Draw soon, once, and only what somebody is near to seeing.
  function redraw(element) {
    if (!charts.get(element)?.seen) return;
    if (!waiting.size) requestAnimationFrame(() => {
      const now = waiting;
      waiting = new Set();
      now.forEach(paint);
    });
    waiting.add(element);
  }

  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const chart = charts.get(entry.target);
      if (entry.isIntersecting && chart && !chart.seen) {
        chart.seen = true;
        redraw(entry.target);
      }
    }
  }, { rootMargin: "600px" });
  const sized = new ResizeObserver((entries) => {
    if (!printing) for (const entry of entries) redraw(entry.target);
  });

  function chart(element, build, ready) {
    if (!element) return;
    const known = charts.get(element);
    if (known) {
      known.build = build;
      redraw(element);
      return;
    }
    charts.set(element, { build, ready, seen: false, drawn: false });
    near.observe(element);
    sized.observe(element);
  }

  function print(on) {
    if (printing === on) return;
    printing = on;
    document.documentElement.classList.toggle("printing", on);
    for (const [element, one] of charts) {
      if (on) one.seen = true;
      paint(element);
    }
  }

  // Tables and texts come ready from the program: put in what differs, leave what is folded open.
  function replaceParts(section, fresh) {
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = section.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!old || old.innerHTML === part.innerHTML) continue;
      for (const open of old.querySelectorAll("details[open][data-key]")) {
        const same = [...part.querySelectorAll("details[data-key]")].find((one) => one.dataset.key === open.dataset.key);
        if (same) same.open = true;
      }
      const focused = old.contains(document.activeElement) ? [...old.querySelectorAll("a, summary")].indexOf(document.activeElement) : -1;
      const [x, y] = [old.scrollLeft, old.scrollTop];
      old.replaceChildren(...part.childNodes);
      old.scrollTo(x, y);
      if (focused >= 0) old.querySelectorAll("a, summary")[focused]?.focus({ preventScroll: true });
    }
  }

  function parsed(html) {
    return new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  }

  function contents() {
    const list = document.querySelector(".contents ol");
    const wanted = page.sections.filter(({ name }) => document.getElementById(name));
    if (list.children.length === wanted.length) return;
    list.replaceChildren(...wanted.map(({ name, title }) => {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = `#${name}`;
      link.textContent = title;
      item.append(link);
      return item;
    }));
    marked();
  }

  function say(sentence) {
    const status = document.querySelector("[data-status]");
    status.hidden = !sentence;
    if (status.textContent !== sentence) status.textContent = sentence;
    // epochs come in every second: read out what has changed in runs alone
    const aloud = sentence.replace(/, [\d,]+ \w+ so far/, "");
    const announced = document.querySelector("[data-announce]");
    if (announced.textContent !== aloud) announced.textContent = aloud;
  }

  function told({ status, live }) {
    const { finished, wanted, epochs, step, note } = status;
    const runs = `${count(finished)} of ${count(wanted)} runs finished`;
    const end = live ? `${runs}, ${count(epochs)} ${step}s so far` : finished < wanted || document.body.dataset.live !== undefined ? runs : "";
    return [end, note].filter(Boolean).join(". ");
  }

  // The one entry for news: everything `page_data` gives, as it stands now.
  function update(data) {
    page = data;
    fitscope.models = page.models;
    let before = null;
    for (const { name, html } of page.sections) {
      let section = document.getElementById(name);
      if (!section && html) {
        section = parsed(html);
        if (before) before.after(section);
        else document.querySelector("[data-status]").after(section);
      } else if (section && html) replaceParts(section, parsed(html));
      before = section;
    }
    const shown = new Set(page.sections.map(({ name }) => name));
    for (const section of document.querySelectorAll("main > [id]")) if (!shown.has(section.id)) section.remove();
    contents();
    for (const { name, data: own } of page.sections) {
      const section = document.getElementById(name);
      if (section && views.has(name)) views.get(name)(section, own);
    }
    say(told(page));
  }

  function follow() {
    let last = "";
    const ask = async () => {
      let pause = POLL;
      try {
        const answer = await fetch("data.json", { cache: "no-store" });
        if (answer.status !== 304) {
          if (!answer.ok) throw new Error(String(answer.status));
          const news = await answer.text();
          if (news !== last) {
            last = news;
            update(JSON.parse(news));
          } else say(told(page));
        }
      } catch {
        say("Connection lost, trying again");
        pause = AGAIN;
      }
      if (page.live) setTimeout(ask, pause);
    };
    setTimeout(ask, POLL);
  }

  // The entry of the section that is being read.
  function marked() {
    reading?.disconnect();
    const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
    reading = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(entry.target.id)?.setAttribute("aria-current", "true");
      }
    }, { rootMargin: "-15% 0px -75% 0px" });
    for (const name of links.keys()) {
      const section = document.getElementById(name);
      if (section) reading.observe(section);
    }
  }

  function start() {
    update(page);
    marked();
    const all = () => { for (const element of charts.keys()) redraw(element); };
    dark.addEventListener("change", all);
    addEventListener("beforeprint", () => print(true));
    addEventListener("afterprint", () => print(false));
    if (document.body.dataset.live !== undefined) follow();
  }

  const view = (name, draw) => { views.set(name, draw); };
  document.addEventListener("DOMContentLoaded", start);
  return { view, views, chart, redraw, update, count, number, signed, ticks, text, rowName, smooth, models: page.models };
})();
