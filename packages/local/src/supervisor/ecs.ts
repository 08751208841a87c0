import { renameSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  CreateClusterCommand,
  DescribeContainerInstancesCommand,
  ECSClient,
} from "@aws-sdk/client-ecs";
import type { RootCredentials } from "@berth/contracts/local/installation";
import { lastSegment } from "@berth/domain/arn";
import type { DataDirectory } from "../data-directory.ts";
import { recordedInstances } from "../instance-records.ts";

/** A client of this machine's own API, as any user of it would make one. */
export function ecsClient(options: {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: RootCredentials;
}): ECSClient {
  return new ECSClient({ ...options, maxAttempts: 5 });
}

/** The cluster that agents register with. Creating one that is there changes nothing. */
export async function ensureCluster(client: ECSClient, cluster: string): Promise<void> {
  await client.send(new CreateClusterCommand({ clusterName: cluster }));
}

/**
 * Sets the state of instances aside that were deregistered: their agents would be refused, and new
 * ones are to take their numbers. `berth down` finds what they left running by that state.
 */
export async function retireDeregistered(
  client: ECSClient,
  cluster: string,
  directory: DataDirectory,
): Promise<void> {
  const recorded = recordedInstances(directory).filter(({ name }) => NUMBER.test(name));
  if (recorded.length === 0) return;
  const { containerInstances = [] } = await client.send(
    new DescribeContainerInstancesCommand({
      cluster,
      containerInstances: recorded.map(({ record }) => record.containerInstanceArn),
    }),
  );
  const present = containerInstances.filter(({ status }) => status !== "INACTIVE");
  const arns = new Set(present.map((each) => each.containerInstanceArn));
  for (const { name, record } of recorded) {
    if (arns.has(record.containerInstanceArn)) continue;
    const place = join(directory.instances, name);
    renameSync(place, `${place}-${lastSegment(record.containerInstanceArn)}`);
  }
}

const NUMBER = /^\d+$/;

const POLL_INTERVAL_MS = 100;

export interface ExpectedAgents {
  readonly cluster: string;
  readonly directory: DataDirectory;
  /** Numbers of the instances whose agents have connected since they were started. */
  readonly connected: ReadonlySet<number>;
  readonly count: number;
  readonly timeoutMs: number;
}

/**
 * Waits until so many agents have connected and the API shows it; returns how many at the deadline.
 * The API alone shows agents of an earlier run as connected until their leases are over.
 */
export async function waitForAgents(client: ECSClient, expected: ExpectedAgents): Promise<number> {
  const deadline = Date.now() + expected.timeoutMs;
  for (;;) {
    const connected = await connectedAgents(client, expected);
    if (connected >= expected.count || Date.now() > deadline) return connected;
    await delay(POLL_INTERVAL_MS);
  }
}

async function connectedAgents(
  client: ECSClient,
  { cluster, directory, connected }: ExpectedAgents,
): Promise<number> {
  const arns = recordedInstances(directory)
    .filter(({ name }) => connected.has(Number(name)))
    .map(({ record }) => record.containerInstanceArn);
  if (arns.length === 0) return 0;
  const { containerInstances = [] } = await client.send(
    new DescribeContainerInstancesCommand({ cluster, containerInstances: arns }),
  );
  return containerInstances.filter((each) => each.agentConnected).length;
}
