import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SimulationReport } from "../scenario/report.ts";
import { chartsOf, isCutShort } from "./report-charts.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "./page-parts.ts";
import { restlessText, seconds } from "./report-text.ts";

/** The report as one HTML page that asks the network for nothing: the charts' library is in it. */
export function reportPage(report: SimulationReport): string {
  const charts = {
    atMs: report.samples.atMs,
    events: report.events.map(({ atMs }) => atMs),
    charts: chartsOf(report),
  };
  const title = `Simulation of cluster ${report.cluster}, seed ${report.seed}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>
${libraryFile("uPlot.min.css")}
${PAGE_STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${facts(report)}
${notes(restlessText(report))}
${violationList(report)}
<h2>Cluster</h2>
<div id="cluster" class="charts"></div>
<h2>Services over time</h2>
<div id="services" class="charts"></div>
${notes(chartNotes(report))}
${tables(report)}
<script>${libraryFile("uPlot.iife.min.js")}</script>
<script type="application/json" id="data">${scriptSafe(charts)}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function facts({ durationMs, containerInstances, tasks, violations }: SimulationReport): string {
  const { before, after } = containerInstances;
  const isHeld = violations.length === 0;
  const told: readonly (readonly [string, string, string?])[] = [
    ["Simulated", `${clock(durationMs)} ${durationMs < HOUR_MS ? "min" : "h"}`],
    ["Container instances", before === after ? String(before) : `${before} → ${after}`],
    ["Tasks placed", String(tasks.placed)],
    ["Tasks started", String(tasks.started)],
    [
      "Floors and ceilings",
      isHeld ? "held" : `broken ${violations.length} times`,
      isHeld ? "good" : "bad",
    ],
  ];
  const entries = told.map(
    ([name, value, mood = ""]) => `<div><dt>${name}</dt><dd class="${mood}">${value}</dd></div>`,
  );
  return `<dl class="facts">${entries.join("")}</dl>`;
}

const chartNotes = (report: SimulationReport): readonly string[] => [
  ...(report.events.length > 0 ? ["Dashed lines in the charts are the events below."] : []),
  ...(isCutShort(report) ? ["Of the services the largest are drawn."] : []),
];

const HOUR_MS = 3_600_000;

const two = (value: number): string => String(value).padStart(2, "0");

/** As the charts have it: minutes and seconds, with hours where there are any. */
function clock(ms: number): string {
  const whole = Math.round(ms / 1_000);
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
}

const notes = (lines: readonly string[]): string =>
  lines.map((line) => `<p class="note">${escaped(line)}</p>`).join("\n");

function violationList({ violations, bugs }: SimulationReport): string {
  const lines = [
    ...violations.map(({ atMs, service, text }) => `${seconds(atMs)}: ${service}: ${text}`),
    ...bugs,
  ];
  if (lines.length === 0) return "";
  return `<ul class="fault">${lines.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul>`;
}

function tables({ services, deployments, events, tasks }: SimulationReport): string {
  return [
    table(
      "Services",
      [
        "service",
        "desired",
        "running",
        "pending",
        "waiting",
        "fewest healthy",
        "most tasks",
        "revision",
        "steady",
      ],
      services.map((each) => [
        each.service,
        each.desiredCount,
        each.running,
        each.pending,
        each.waiting,
        each.fewestHealthy,
        each.mostTasks,
        each.taskDefinition,
        each.steady ? "yes" : "no",
      ]),
    ),
    table(
      "Deployments",
      ["service", "revision", "began", "verdict", "took"],
      deployments.map((each) => [
        each.service,
        each.taskDefinition,
        clock(each.startedMs),
        each.verdict,
        each.endedMs === undefined ? "" : seconds(each.endedMs - each.startedMs),
      ]),
    ),
    table(
      "Events",
      ["after", "event", "outcome"],
      events.map(({ atMs, what, outcome }) => [clock(atMs), what, outcome]),
    ),
    table("Tasks stopped", ["tasks", "reason"], countRows(tasks.stopped)),
    table("Tasks that had to wait for a place", ["tasks", "reason"], countRows(tasks.waited)),
  ].join("\n");
}

const countRows = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).map(([reason, count]) => [count, reason]);

type Cell = string | number;

function table(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return "";
  const isNumber = head.map((_, column) => typeof rows[0]?.[column] === "number");
  const cells = (row: readonly Cell[], tag: "td" | "th") =>
    row
      .map((cell, column) => {
        const text = String(cell);
        const look = isNumber[column] ? "number" : (LOOKS.get(text) ?? lengthOf(text));
        return `<${tag} class="${look}">${escaped(text)}</${tag}>`;
      })
      .join("");
  return `<h2>${escaped(title)}</h2>
<div class="table"><table class="rows"><thead><tr>${cells(head, "th")}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("\n")}</tbody></table></div>`;
}

/** Of verdicts. */
const LOOKS: ReadonlyMap<string, string> = new Map([
  ["COMPLETED", "good"],
  ["FAILED", "bad"],
]);

/** What is not broken into lines. */
const lengthOf = (text: string): string => (text.length <= 16 ? "short" : "");

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => HTML_ESCAPES[character] ?? "");

/** Names from a scenario must not end the script that they stand in. */
const scriptSafe = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

const libraryFile = (name: string): string =>
  readFileSync(join(dirname(fileURLToPath(import.meta.resolve("uplot"))), name), "utf8");
