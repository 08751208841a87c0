import { Berth } from "../e2e/berth.ts";
import { registerDemo } from "../e2e/demo.ts";
import { benchAgents } from "./agents.ts";
import { benchCost } from "./cost.ts";
import { benchLambda } from "./lambda.ts";
import { benchLogs } from "./logs.ts";
import { residentMiB } from "./process-usage.ts";
import { benchRequests } from "./requests.ts";
import { benchRequestUnits } from "./request-units.ts";
import { benchScale } from "./scale.ts";
import { benchServicePlanning } from "./service-planning.ts";
import { say, seconds } from "./statistics.ts";
import { benchStreams } from "./streams.ts";
import { benchPlacement } from "./placement.ts";
import { benchReplacement, benchRollout, benchRunTask, benchStarts } from "./tasks.ts";

function sayMemory(berth: Berth, when: string): void {
  const parts = ["control-plane", "dynamodb", "sqs", "agent-1"].map(
    (name) => [name, residentMiB(berth.pidOf(name))] as const,
  );
  say(
    `Resident memory ${when}`,
    ...parts.map(([name, mib]) => `${name.padEnd(14)} ${mib.toFixed(0)} MiB`),
  );
}

const [, , only] = process.argv;
if (only === "placement") {
  benchPlacement();
  benchServicePlanning();
  process.exit();
}
if (only === "agents") {
  await benchAgents();
  process.exit();
}
if (only === "requests") {
  await benchRequests();
  process.exit();
}
if (only === "logs") {
  await benchLogs();
  process.exit();
}
if (only === "streams") {
  await benchStreams();
  process.exit();
}
if (only === "scale") {
  await benchScale();
  process.exit();
}
if (only === "lambda") {
  await benchLambda();
  await benchCost();
  process.exit();
}

let berth: Berth | undefined;
try {
  const startUp = await seconds(async () => {
    berth = await Berth.start();
  });
  if (!berth) throw new Error("Berth did not start");
  say("berth up until it answers, three instances", `${startUp.toFixed(2)} s`);
  sayMemory(berth, "after the start");
  await registerDemo(berth, "bench", "1", { portMappings: [] });
  await benchRunTask(berth, 10);
  for (const [count, runs] of [
    [1, 5],
    [20, 3],
    [50, 3],
  ] as const)
    await benchStarts(berth, count, runs);
  await benchReplacement(berth, 7);
  await benchRollout(berth, 20, 3);
  sayMemory(berth, "at the end");
  await benchRequestUnits();
} finally {
  await berth?.down();
}
await benchRequests();
