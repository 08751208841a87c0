import { setTimeout as sleep } from "node:timers/promises";
import { type ECSClient, UpdateContainerInstancesStateCommand } from "@aws-sdk/client-ecs";
import { getInstanceMetadataEndpoint, httpRequest } from "@smithy/credential-provider-imds";
import type { RequestOptions } from "node:http";
import type { Log } from "../log.ts";
import type { InstanceRecord } from "../state-files.ts";

export interface SpotNoticeParts {
  readonly api: ECSClient;
  readonly cluster: string;
  readonly instance: Pick<InstanceRecord, "containerInstanceArn">;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Default: as EC2 recommends, which tells two minutes before. */
  readonly pollEveryMs?: number;
}

const POLL_EVERY_MS = 5_000;

/**
 * Has the instance drained once EC2 says that it will take the machine back, and tries until the
 * control plane has taken it. Ends then, or with the signal.
 */
export async function drainOnSpotNotice(parts: SpotNoticeParts): Promise<void> {
  const { log, signal, pollEveryMs = POLL_EVERY_MS } = parts;
  while (!signal.aborted) {
    try {
      const notice = await readSpotNotice();
      if (notice !== undefined) {
        log.warn("spot-notice", { notice });
        return await drain(parts);
      }
    } catch (error) {
      log.warn("spot-notice-not-handled", { error });
    }
    await sleep(pollEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function drain({ api, cluster, instance, signal }: SpotNoticeParts): Promise<void> {
  const containerInstances = [instance.containerInstanceArn];
  await api.send(
    new UpdateContainerInstancesStateCommand({ cluster, containerInstances, status: "DRAINING" }),
    { abortSignal: signal },
  );
}

const TIMEOUT_MS = 2_000;
const TOKEN = {
  path: "/latest/api/token",
  method: "PUT",
  headers: { "x-aws-ec2-metadata-token-ttl-seconds": "60" },
};
const NOTICE = { path: "/latest/meta-data/spot/instance-action", method: "GET" };

/** Undefined where there is none. Source: EC2 user guide, Spot Instance interruption notices. */
async function readSpotNotice(): Promise<string | undefined> {
  const { hostname, port, protocol } = await getInstanceMetadataEndpoint();
  const ask = (question: RequestOptions) =>
    httpRequest({ ...question, hostname, port: port ?? null, protocol, timeout: TIMEOUT_MS });
  const token = (await ask(TOKEN)).toString();
  const headers = { "x-aws-ec2-metadata-token": token };
  try {
    return (await ask({ ...NOTICE, headers })).toString();
  } catch (error) {
    if ((error as { statusCode?: unknown }).statusCode === 404) return undefined;
    throw error;
  }
}
