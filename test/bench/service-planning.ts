import { planService } from "@berth/planner/service/plan-service";
import type { ServiceSnapshot } from "@berth/planner/service/plan-service";
import {
  aServiceSnapshot,
  aServiceTask,
  rollingOut,
  superseded,
} from "@berth/testing/service-snapshots";
import { aDeployment } from "@berth/testing/builders";
import { format, say, spreadOf } from "./statistics.ts";

const SERVICES = 1_000;
const TASKS = 50;
const RUNS = 5;

/** Plans one step of a thousand services with fifty tasks each: at rest, and in the midst of a rollout. */
export function benchServicePlanning(): void {
  say(
    `Plans per second, ${SERVICES} services of ${TASKS} tasks, one core`,
    `at rest           ${format(ratesOf(atRest), "/s")}`,
    `in a rollout      ${format(ratesOf(inRollout), "/s")}`,
  );
}

function ratesOf(snapshot: () => ServiceSnapshot) {
  const snapshots = Array.from({ length: SERVICES }, snapshot);
  const run = () => {
    const start = performance.now();
    for (const each of snapshots) planService(each);
    return SERVICES / ((performance.now() - start) / 1_000);
  };
  run();
  return spreadOf(Array.from({ length: RUNS }, run));
}

const numbers = Array.from({ length: TASKS }, (_, index) => index + 1);

const atRest = (): ServiceSnapshot =>
  aServiceSnapshot({
    service: { desiredCount: TASKS, deployments: [aDeployment()], steady: true },
    tasks: numbers.map((number) => aServiceTask(1, number)),
  });

/** Half of the tasks are of the new revision, and ten of these are still to start. */
const inRollout = (): ServiceSnapshot =>
  aServiceSnapshot({
    service: {
      desiredCount: TASKS,
      taskDefinition: "web:2",
      deployments: [rollingOut(2), superseded(1)],
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 },
    },
    tasks: numbers.map((number) =>
      number % 2 === 0
        ? aServiceTask(1, number)
        : aServiceTask(2, number, number > 30 ? "PENDING" : "RUNNING"),
    ),
  });
