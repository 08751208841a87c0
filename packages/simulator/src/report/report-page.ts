import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SimulationReport } from "../scenario/report.ts";
import { chartsOf, isCutShort } from "./report-charts.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "./page-parts.ts";
import { restlessText, seconds } from "./report-text.ts";

/** The report as one HTML page that asks the network for nothing: the charts' library is in it. */
export function reportPage(report: SimulationReport): string {
  const charts = { atMs: report.samples.atMs, charts: chartsOf(report) };
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
${[summary(report), ...restlessText(report)].map((line) => `<p>${escaped(line)}</p>`).join("\n")}
${violationList(report)}
<div id="charts"></div>
${isCutShort(report) ? "<p>Of the services the largest are drawn.</p>" : ""}
${tables(report)}
<script>${libraryFile("uPlot.iife.min.js")}</script>
<script type="application/json" id="data">${scriptSafe(charts)}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function summary({ durationMs, containerInstances, tasks, violations }: SimulationReport): string {
  const { before, after } = containerInstances;
  const held = violations.length === 0 ? "held" : `were broken ${violations.length} times`;
  return `${seconds(durationMs)} on ${before} container instances (${after} in the end); ${tasks.placed} tasks placed, ${tasks.started} started. Floors and ceilings ${held}.`;
}

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
      ]),
    ),
    table(
      "Deployments",
      ["service", "revision", "began", "verdict", "took"],
      deployments.map((each) => [
        each.service,
        each.taskDefinition,
        seconds(each.startedMs),
        each.verdict,
        each.endedMs === undefined ? "" : seconds(each.endedMs - each.startedMs),
      ]),
    ),
    table(
      "Events",
      ["after", "event", "outcome"],
      events.map(({ atMs, what, outcome }) => [seconds(atMs), what, outcome]),
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
  const cells = (row: readonly Cell[], tag: "td" | "th") =>
    row
      .map((cell) => {
        const align = typeof cell === "number" ? ' class="number"' : "";
        return `<${tag}${align}>${escaped(String(cell))}</${tag}>`;
      })
      .join("");
  return `<h2>${escaped(title)}</h2>
<table><thead><tr>${cells(head, "th")}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("\n")}</tbody></table>`;
}

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
