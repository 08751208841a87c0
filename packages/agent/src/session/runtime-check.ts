import { randomUUID } from "node:crypto";
import type { PublishInstanceStatusRequest } from "@berth/contracts/agent/messages";
import type { TelemetrySource } from "./telemetry.ts";

/** Whether the container engine answered when it was last asked. */
export interface RuntimeCheck {
  readonly status: "OK" | "IMPAIRED";
  /** Epoch ms. */
  readonly lastUpdated: number;
  /** Epoch ms. */
  readonly lastStatusChange: number;
}

/** The agent's looks at its engine, one at a time: an engine that hangs is asked no further. */
export class RuntimeChecks {
  readonly #ping: () => Promise<void>;
  #latest: RuntimeCheck | undefined;
  #looking: Promise<void> | undefined;

  /** @param ping Fails where the engine does not answer in time. */
  constructor(ping: () => Promise<void>) {
    this.#ping = ping;
  }

  get latest(): RuntimeCheck | undefined {
    return this.#latest;
  }

  /** Never fails. A look that is under way already is this one too. */
  look(now: () => number): Promise<void> {
    this.#looking ??= this.#lookNow(now).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookNow(now: () => number): Promise<void> {
    const status = await this.#ping().then(
      () => "OK" as const,
      () => "IMPAIRED" as const,
    );
    const at = now();
    const isNews = this.#latest?.status !== status;
    const lastStatusChange = isNews ? at : (this.#latest?.lastStatusChange ?? at);
    this.#latest = { status, lastUpdated: at, lastStatusChange };
  }
}

/** What agents say of their instance's own health. */
export function instanceStatusRequest(
  { cluster, containerInstanceArn }: TelemetrySource,
  { status, lastUpdated, lastStatusChange }: RuntimeCheck,
  now: number,
): PublishInstanceStatusRequest {
  return {
    type: "PublishInstanceStatusRequest",
    message: {
      metadata: { cluster, containerInstance: containerInstanceArn, requestId: randomUUID() },
      statuses: [
        {
          type: "ContainerRuntime",
          status,
          lastUpdated: lastUpdated / 1_000,
          lastStatusChange: lastStatusChange / 1_000,
        },
      ],
      timestamp: now / 1_000,
    },
  };
}
