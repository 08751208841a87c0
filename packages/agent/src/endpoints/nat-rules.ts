import { execFile } from "node:child_process";
import { get } from "node:http";
import { promisify } from "node:util";
import type { Bridge } from "./container-inspector.ts";
import { SERVER_NAME } from "./endpoint-server.ts";
import { TASK_NETWORK } from "../task-network.ts";
import { TASK_ADDRESS } from "./environment.ts";

/** The ECS agent's own, which it reserves on every instance. */
export const ENDPOINT_PORT = 51679;

/** Seconds to wait for others who change rules. */
const LOCK_SECONDS = "5";
const PROBE_TIMEOUT_MS = 1_000;

/**
 * What brings requests to the address that containers expect to the agent: from the containers' own
 * networks, and from the machine itself, on whose network other containers are. Nobody else's. The
 * network of tasks is named by its interface, since it may be made again with another subnet.
 */
export function natRules({ gateway, subnet }: Bridge): readonly (readonly string[])[] {
  const to = ["-d", `${TASK_ADDRESS}/32`, "-p", "tcp", "--dport", "80"];
  const jump = ["-j", "DNAT", "--to-destination", `${gateway}:${ENDPOINT_PORT}`];
  return [
    ["PREROUTING", "-s", subnet, ...to, ...jump],
    ["PREROUTING", "-i", TASK_NETWORK, ...to, ...jump],
    ["OUTPUT", ...to, ...jump],
  ];
}

/** Puts the rules up where they are not: before the engine's own. Takes root. */
export async function putNatRules(bridge: Bridge): Promise<void> {
  for (const rule of natRules(bridge)) {
    const isThere = await iptables(["-C", ...rule]).then(
      () => true,
      () => false,
    );
    if (!isThere) await iptables(["-I", ...rule]);
  }
}

/** Takes them away again, unless an agent answers by them. Takes root; what is not there is fine. */
export async function removeNatRules(bridge: Bridge): Promise<void> {
  if (await isReachable()) return;
  for (const rule of natRules(bridge)) await iptables(["-D", ...rule]).catch(() => undefined);
}

const iptables = (args: readonly string[]) =>
  promisify(execFile)("iptables", ["-w", LOCK_SECONDS, "-t", "nat", ...args]);

/** Whether an agent answers at the address. Takes no rights. */
export function isReachable(): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      { host: TASK_ADDRESS, timeout: PROBE_TIMEOUT_MS, agent: false },
      (answer) => {
        answer.resume();
        resolve(answer.headers.server === SERVER_NAME);
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
