// What all views share: one set of charts that follow the theme, the width and new data.
window.fitscope = (() => {
  "use strict";
  const views = new Map(); // name: draws its section from its data
  const charts = new Map(); // element: { build, group, near, plot, spec }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const coarse = matchMedia("(pointer: coarse)");
  const AT_ONCE = 24; // charts that are drawn whether seen or not; of more, those that are seen
  const REACH = 5; // standard deviations; what lies beyond weighs less than 4e-6
  const POLL = 1500, AGAIN = 5000; // milliseconds
  let page = JSON.parse(document.getElementById("fitscope-data").textContent);
  let printing = false, waiting = new Set(), reading = null;

  const count = (number) => Number(number).toLocaleString("en-US");

  // A score with as many digits as can mean something, whatever its size; see `number` in numbers.py.
  function number(value, like = value) {
    if (!Number.isFinite(value)) return "none";
    const size = Math.abs(like);
    if (Math.abs(value) >= 1e12 || (size > 0 && size < 1e-6)) return value.toExponential(3).replace("+", "");
    const power = size > 0 ? Math.floor(Math.log10(size)) : 0;
    for (const [unit, letter] of [[1e9, "B"], [1e6, "M"]]) {
      if (size < unit || size >= 1e12) continue;
      const many = 3 - Math.floor(Math.log10(size / unit));
      return (value / unit).toLocaleString("en-US", { minimumFractionDigits: many, maximumFractionDigits: many, signDisplay: "negative" }) + letter;
    }
    const digits = size > 0 && size < 1e-3 ? 2 - power : size < 10 ? 4 : Math.max(4 - power, 0);
    return value.toLocaleString("en-US", { minimumFractionDigits: size < 1e-3 ? 0 : digits, maximumFractionDigits: digits, signDisplay: "negative" });
  }

  function colours() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(`--${name}`).trim();
    return Object.fromEntries(["ink", "muted", "line", "card", "accent"].map((name) => [name, read(name)]));
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

  // Marks on a validation curve: where it was best, and where overfitting begins.
  function turns({ x, y }, { best, onset, interval, step }, { name, colour, bar }) {
    const mark = (epoch, shape, size, said, between) => {
      const near = x.reduce((nearest, at, i) => (Math.abs(at - epoch) < Math.abs(x[nearest] - epoch) ? i : nearest), 0);
      if (epoch === null || !Number.isFinite(y[near])) return [];
      const reach = between ? `, between ${count(between[0])} and ${count(between[1])}` : "";
      const told = `${name ? `${name}\n` : ""}${said} ${count(epoch)}${reach}`;
      return [{ x: epoch, y: y[near], shape, size, colour, bar, acrossX: between, told }];
    };
    return [...mark(best, "dot", 10, `best ${step}`), ...mark(onset, "triangle", 12, `overfitting begins at ${step}`, interval)];
  }

  function paint(element) {
    const chart = charts.get(element);
    if (!chart?.near || !element.clientWidth || !element.isConnected) return;
    const palette = colours(), spec = chart.build(palette), { group } = chart;
    if (group.zoom) [spec.x.range, spec.y.range] = [group.zoom.x, group.zoom.y];
    const zoomed = spec.fixed || coarse.matches ? null : (to) => { // a finger scrolls the page
      group.zoom = to;
      group.changed?.();
      for (const [other, one] of charts) if (one.group === group) redraw(other);
    };
    chart.plot?.destroy();
    chart.spec = spec;
    chart.plot = fitscope.draw(element, spec, palette, zoomed);
  }

  // Draw soon, and once.
  function redraw(element) {
    if (!waiting.size) requestAnimationFrame(() => {
      const now = waiting;
      waiting = new Set();
      now.forEach(paint);
    });
    waiting.add(element);
  }

  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      const chart = charts.get(target);
      if (isIntersecting && chart && !chart.near) {
        chart.near = true;
        redraw(target);
      }
    }
  }, { rootMargin: "600px" });
  const sized = new ResizeObserver((entries) => {
    if (!printing) for (const { target } of entries) if (target.clientWidth !== charts.get(target)?.plot?.width) redraw(target);
  });

  // Have a chart drawn, now and whenever something changes; those of one group are zoomed together.
  function chart(element, build, group = {}) {
    if (!element) return;
    const known = charts.get(element);
    if (known) {
      known.build = build;
      redraw(element);
      return;
    }
    for (const old of charts.keys()) if (!old.isConnected) charts.delete(old);
    const near = charts.size < AT_ONCE;
    charts.set(element, { build, group, near, plot: null, spec: null });
    if (!near) seen.observe(element);
    paint(element);
    sized.observe(element);
  }

  function print(on) {
    if (printing === on) return;
    printing = on;
    document.documentElement.classList.toggle("printing", on);
    for (const fold of document.querySelectorAll("details.chapter")) {
      if (on) fold.dataset.was = fold.open ? "open" : "";
      fold.open = on || fold.dataset.was === "open";
    }
    for (const element of charts.keys()) paint(element);
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

  // What a link leads to is not left folded away.
  function unfolded() {
    const aim = document.getElementById(location.hash.slice(1));
    if (!aim) return;
    for (let fold = aim.closest("details") ?? aim.querySelector(":scope > details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    aim.scrollIntoView();
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
    dark.addEventListener("change", () => { for (const element of charts.keys()) redraw(element); });
    addEventListener("hashchange", unfolded);
    unfolded();
    addEventListener("beforeprint", () => print(true));
    addEventListener("afterprint", () => print(false));
    if (document.body.dataset.live !== undefined) follow();
  }

  const view = (name, draw) => { views.set(name, draw); };
  document.addEventListener("DOMContentLoaded", start);
  const shown = (element) => charts.get(element)?.spec ?? null;
  return { view, chart, redraw, shown, count, number, smooth, turns, models: page.models };
})();
