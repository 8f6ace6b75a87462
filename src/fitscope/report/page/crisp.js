// Canvases have two pixels a point at least: pages are zoomed and printed. uPlot asks once, at its start.
(() => {
  const own = Object.getOwnPropertyDescriptor(window, "devicePixelRatio") ?? {};
  Object.defineProperty(window, "devicePixelRatio", {
    configurable: true, get: () => Math.max(2, own.get?.call(window) ?? own.value ?? 1),
  });
})();
