/** Light and dark, as the reader's system is. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1d2733; --muted: #5c6b7d; --paper: #f6f7f9; --card: #ffffff; --line: #dfe4ea;
  --desired: #b9c2cd; --good: #1f8a4c; --bad: #c22f2f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #dfe6ee; --muted: #93a1b1; --paper: #11161c; --card: #1a2129; --line: #2e3843;
    --desired: #56636f; --good: #4cc283; --bad: #f07167;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 80rem; padding: 1.5rem 1rem 4rem;
  font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
}
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2.25rem 0 0.75rem; font-size: 1.05rem; }
.note { margin: 0.75rem 0; color: var(--muted); }
.facts { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1.25rem 0 0; }
.facts div, figure, .table { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.facts div { flex: 1 1 8.5rem; padding: 0.6rem 0.9rem; }
dt { color: var(--muted); font-size: 0.85rem; }
dd { margin: 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.fault { color: var(--bad); font-weight: 600; overflow-wrap: anywhere; }
.charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
#cluster { grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
figure { margin: 0; min-width: 0; padding: 0.75rem 0.75rem 0.5rem; }
figcaption { display: flex; justify-content: space-between; gap: 1rem; padding: 0 0.25rem 0.25rem; font-weight: 600; }
figcaption span:first-child { overflow-wrap: anywhere; }
figcaption .unit { color: var(--muted); font-weight: 400; }
.uplot { font-family: inherit; }
.u-legend.u-inline { display: block; padding: 0.25rem; text-align: left; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
.u-legend tbody { display: flex; flex-wrap: wrap; gap: 0.1rem 0.9rem; }
.u-legend th { padding: 0; font-weight: 400; }
.u-legend .u-label { padding: 0; vertical-align: baseline; }
.u-legend .u-value { padding: 0 0 0 0.35rem; font-weight: 600; }
.u-legend .u-marker { width: 0.75rem; height: 0.75rem; margin-right: 0.4rem; border-radius: 3px; background: var(--colour); vertical-align: -1px; }
.u-legend.u-inline.u-live th::after { content: none; }
.u-legend .u-series:first-child { order: 1; color: var(--muted); }
.u-legend .u-series:first-child .u-marker { display: none; }
.uplot:not(:hover) .u-value, .uplot:not(:hover) .u-series:first-child { visibility: hidden; }
.table { overflow-x: auto; }
table.rows { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.rows th, .rows td { padding: 0.4rem 0.9rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
.rows tr:last-child td { border-bottom: 0; }
.rows th { color: var(--muted); font-size: 0.85rem; font-weight: 500; white-space: nowrap; }
.rows td { min-width: 3rem; }
.rows .short { white-space: nowrap; }
.rows .number { text-align: right; width: 1%; }
`;

/** Draws every chart of the data in the page. Runs in the browser. */
export const PAGE_SCRIPT = `
const { atMs, events, charts } = JSON.parse(document.getElementById("data").textContent);
const PALETTE = ["#2f7ed8", "#e08a2b", "#2e9e5b", "#9a63d8", "#d6467c", "#1aa3a3", "#a88420"];
const BY_NAME = { running: PALETTE[0], pending: PALETTE[1], healthy: PALETTE[2], standalone: PALETTE[3] };
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];
const COUNTS = [1, 2, 5].flatMap((first) => [0, 1, 2, 3, 4, 5].map((zeros) => first * 10 ** zeros)).sort((a, b) => a - b);
const ratio = devicePixelRatio;
const theme = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
const colourOf = (label, index) => label === "desired" ? theme("--desired") : (BY_NAME[label] ?? PALETTE[index % PALETTE.length]);
const two = (value) => String(value).padStart(2, "0");
const clock = (value) => {
  const whole = Math.round(value);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return (hours ? hours + ":" + two(minutes) : minutes) + ":" + two(whole % 60);
};
const seconds = atMs.map((ms) => ms / 1000);
/** A line for each event, behind those of the chart. */
const markEvents = ({ ctx, bbox, valToPos }) => {
  ctx.save();
  ctx.globalAlpha = 0.55;
  ctx.strokeStyle = theme("--muted");
  ctx.lineWidth = ratio;
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  ctx.beginPath();
  for (const at of events) {
    const x = Math.round(valToPos(at / 1000, "x", true)) + 0.5;
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
  }
  ctx.stroke();
  ctx.restore();
};
/** Where lines lie on one another, the earlier ones show on both sides of the later. */
const WIDTHS = { desired: 7, running: 4, pending: 1.5, healthy: 1.5, standalone: 1.5 };
const widthOf = (label, index, count) => WIDTHS[label] ?? Math.min(9, 2 + 2 * (count - 1 - index));
const font = "12px system-ui, sans-serif";
const axis = { stroke: () => theme("--muted"), font, ticks: { show: false }, grid: { stroke: () => theme("--line"), width: 1 } };
const HEIGHT = 220;
const draw = ({ section, title, unit, lines }) => {
  const place = document.createElement("figure");
  const caption = document.createElement("figcaption");
  for (const [name, text] of [["title", title], ["unit", unit]]) {
    const part = document.createElement("span");
    part.className = name;
    part.textContent = text;
    caption.append(part);
  }
  place.append(caption);
  document.getElementById(section).append(place);
  const inner = () => caption.clientWidth;
  const options = {
    width: inner(),
    height: HEIGHT,
    padding: [8, 22, 0, 0],
    cursor: { sync: { key: "time" }, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: [seconds[0], seconds.at(-1)] },
      y: { range: (_, __, most) => [0, unit === "%" ? 100 : Math.max(1, most * 1.08)] },
    },
    axes: [
      { ...axis, incrs: SECONDS, space: 60, size: 26, gap: 6, values: (_, ticks) => ticks.map(clock) },
      { ...axis, incrs: COUNTS, size: 44, gap: 6 },
    ],
    hooks: { drawAxes: [markEvents] },
    legend: { markers: { show: true, width: 0, fill: () => "", stroke: () => "" } },
    series: [
      { label: "time", value: (_, value) => (value === null ? "" : clock(value)) },
      ...lines.map(({ label }, index) => ({
        label,
        stroke: () => colourOf(label, index),
        width: widthOf(label, index, lines.length),
        fill: label === "pending" ? PALETTE[1] + "33" : undefined,
        paths: uPlot.paths.stepped({ align: 1 }),
        points: { show: false },
      })),
    ],
  };
  const plot = new uPlot(options, [seconds, ...lines.map(({ values }) => values)], place);
  plot.ctx.canvas.setAttribute("role", "img");
  plot.ctx.canvas.setAttribute("aria-label", title + ", in " + unit + ": " + lines.map(({ label }) => label).join(", "));
  place.querySelectorAll(".u-series").forEach((entry, index) => {
    if (index > 0) entry.style.setProperty("--colour", lines[index - 1].label === "desired" ? "var(--desired)" : colourOf(lines[index - 1].label, index - 1));
  });
  new ResizeObserver(() => {
    if (plot.width !== inner()) plot.setSize({ width: inner(), height: HEIGHT });
  }).observe(place);
  return plot;
};
const plots = charts.map(draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const plot of plots) plot.redraw(false, true);
});
`;
