import { expect, test } from "vitest";
import type { ServiceSamples, SimulationReport } from "../scenario/report.ts";
import { chartsOf } from "./report-charts.ts";
import { reportPage } from "./report-page.ts";
import { reportText } from "./report-text.ts";

const samplesOf = (desired: number): ServiceSamples => ({
  desired: [desired, desired],
  running: [0, desired],
  pending: [desired, 0],
  healthy: [0, desired],
  zones: { b: [0, 1], a: [0, desired - 1] },
});

const aReport = (services: Readonly<Record<string, number>>): SimulationReport => ({
  seed: 4,
  durationMs: 2_000,
  cluster: "default",
  beganAtRest: true,
  containerInstances: { before: 2, after: 1 },
  samples: {
    atMs: [0, 1_000],
    services: Object.fromEntries(
      Object.entries(services).map(([name, desired]) => [name, samplesOf(desired)]),
    ),
    standalone: [0, 0],
    connectedInstances: [2, 1],
    cpuUnits: [0, 512],
    memoryMiB: [0, 0],
    registeredCpuUnits: [1_024, 1_024],
    registeredMemoryMiB: [0, 0],
  },
  services: [],
  deployments: [],
  events: [{ atMs: 500, what: "lose 1 instance", outcome: "1 instance" }],
  tasks: { placed: 3, started: 3, stopped: { "UserInitiated: </script>": 2 }, waited: {} },
  violations: [],
  bugs: [],
});

const titles = (report: SimulationReport) => chartsOf(report).map(({ title }) => title);

test("capacity is drawn in percent of what is registered, and nothing of nothing is none", () => {
  const [reserved] = chartsOf(aReport({ web: 3 }));
  expect(reserved?.lines).toEqual([
    { label: "cpu", values: [0, 50] },
    { label: "memory", values: [0, 0] },
  ]);
});

test("one service has no total; of many there is one, and the largest are drawn", () => {
  expect(titles(aReport({ web: 3 }))).not.toContain("Tasks of all services");
  const many = aReport(
    Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`s${index}`, index])),
  );
  expect(chartsOf(many)[0]).toMatchObject({
    title: "Tasks of all services",
    lines: [{ label: "desired", values: [190, 190] }, {}, {}, {}],
  });
  expect(titles(many)).toContain("Tasks of s19");
  expect(titles(many)).not.toContain("Tasks of s1");
  expect(reportPage(many)).toContain("Of the services the largest are drawn.");
});

test("the page loads nothing, and no name gets out of its place", () => {
  const page = reportPage({ ...aReport({ "</script><b>": 3 }), cluster: "<i>" });
  expect(page).not.toMatch(/(src|href)=|@import|url\(|<b>|<i>/);
  expect(page.match(/<\/script>/g)).toHaveLength(3);
  const [, data = ""] = /id="data">(.*)<\/script>/.exec(page) ?? [];
  expect(JSON.parse(data)).toMatchObject({ atMs: [0, 1_000] });
});

test("what was broken stands out in both", () => {
  const broken: SimulationReport = {
    ...aReport({ web: 3 }),
    violations: [{ atMs: 1_500, service: "web", text: "7 tasks, ceiling 6" }],
    bugs: ["TypeError: x"],
  };
  expect(reportText(broken)).toContain("Floors or ceilings were broken 1 times.");
  expect(reportText(broken)).toContain("VIOLATION after 1.5 s: web: 7 tasks, ceiling 6");
  expect(reportText(broken)).toContain("BUG: TypeError: x");
  expect(reportPage(broken)).toContain("<li>1.5 s: web: 7 tasks, ceiling 6</li>");
  expect(reportText(aReport({}))).toContain("Floors and ceilings of all services held.");
});
