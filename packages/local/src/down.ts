/**
 * Stops everything of one machine: `node down.ts --data-dir DIR [--purge] [--json]`. First the
 * processes, so that nobody replaces what stops, then the containers. With `--purge` containers and
 * all state are removed too.
 */
import { parseArgs } from "node:util";
import { dockerInspector } from "@berth/agent/docker/inspector";
import { removeTaskNetwork } from "@berth/agent/docker/task-network";
import { removeTaskCgroup } from "@berth/agent/docker/task-cgroups";
import { removeNatRules } from "@berth/agent/endpoints/nat-rules";
import { dataDirectory, removeDataDirectory } from "./data-directory.ts";
import { engineAddresses, engineClient, findEngine } from "./engine/find-engine.ts";
import { ownLabels, removeContainers, stopContainers } from "./engine/own-containers.ts";
import { recordedTaskIds } from "./instance-records.ts";
import { stopSupervisor } from "./supervisor/control-socket.ts";

const { values } = parseArgs({
  options: {
    "data-dir": { type: "string" },
    purge: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
if (!values["data-dir"]) throw new Error("--data-dir is missing.");

const directory = dataDirectory(values["data-dir"]);
const processes = await stopSupervisor(directory.controlSocket);
const containers = await settleContainers(ownLabels(directory), values.purge);
if (values.purge) removeDataDirectory(directory);
report({ processes, containers, purged: values.purge });

async function settleContainers(labels: readonly string[], remove: boolean): Promise<number> {
  if (labels.length === 0) return 0;
  const probe = await findEngine(engineAddresses(process.env));
  if (probe.kind !== "answers") {
    throw new Error("No Docker Engine answers, so the containers of Berth's tasks were left.");
  }
  const longestStopMs = 180_000;
  const docker = engineClient(probe.dockerHost, longestStopMs);
  const stopped = await stopContainers(docker, labels);
  if (!remove) return stopped;
  const removed = await removeContainers(docker, labels);
  for (const taskId of recordedTaskIds(directory)) await removeTaskCgroup(taskId);
  await removeTaskNetwork(docker);
  const bridge = await dockerInspector(docker).bridge();
  if (bridge) await removeNatRules(bridge);
  return removed;
}

function report(outcome: {
  readonly processes: "stopped" | "notRunning";
  readonly containers: number;
  readonly purged: boolean;
}): void {
  if (values.json) return void process.stdout.write(`${JSON.stringify(outcome)}\n`);
  const { containers, purged } = outcome;
  const processes = outcome.processes === "stopped" ? "Berth has stopped" : "Berth was not running";
  const count = `${containers} container${containers === 1 ? "" : "s"}`;
  const rest = purged ? `${count} removed, all state forgotten` : `${count} stopped`;
  process.stdout.write(`${processes}; ${rest}.\n`);
}
