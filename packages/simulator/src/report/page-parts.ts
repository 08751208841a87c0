/** Light and dark, as the reader's system is. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1d2733; --paper: #ffffff; --line: #d5dbe3; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #dfe6ee; --paper: #14191f; --line: #364150; }
}
body {
  margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
  font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
}
h1 { font-size: 1.4rem; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
#charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(30rem, 1fr)); gap: 1.5rem; }
#charts > div { min-width: 0; }
.u-title { font-size: 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.2rem 1rem 0.2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.number { text-align: right; }
.fault { color: #c22f2f; font-weight: 600; }
`;

/** Draws every chart of the data in the page. Runs in the browser. */
export const PAGE_SCRIPT = `
const { atMs, charts } = JSON.parse(document.getElementById("data").textContent);
const COLOURS = ["#8a94a3", "#2f7ed8", "#d9822b", "#2e9e5b", "#8e5bd0", "#c93c6f", "#1aa3a3", "#9a7b1c"];
const style = getComputedStyle(document.documentElement);
const ink = style.getPropertyValue("--ink");
const grid = { stroke: style.getPropertyValue("--line"), width: 1 };
const seconds = atMs.map((ms) => ms / 1000);
const clock = (value) => {
  const whole = Math.round(value);
  const minutes = Math.floor(whole / 60);
  return minutes + ":" + String(whole % 60).padStart(2, "0");
};
const plots = charts.map(({ title, unit, lines }) => {
  const place = document.createElement("div");
  document.getElementById("charts").append(place);
  const options = {
    title,
    width: place.clientWidth,
    height: 260,
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.05)] } },
    axes: [
      { stroke: ink, grid, values: (_, ticks) => ticks.map(clock) },
      { stroke: ink, grid, size: 60, label: unit },
    ],
    series: [
      { label: "min:s", value: (_, value) => (value === null ? "" : clock(value)) },
      ...lines.map(({ label }, index) => ({
        label,
        stroke: COLOURS[index % COLOURS.length],
        width: label === "desired" ? 1 : 2,
        dash: label === "desired" ? [6, 4] : undefined,
        paths: uPlot.paths.stepped({ align: 1 }),
        points: { show: false },
      })),
    ],
  };
  return { place, plot: new uPlot(options, [seconds, ...lines.map(({ values }) => values)], place) };
});
addEventListener("resize", () => {
  for (const { place, plot } of plots) plot.setSize({ width: place.clientWidth, height: 260 });
});
`;
