import { DiscoverPollEndpointCommand, type ECSClient } from "@aws-sdk/client-ecs";
import type { Log } from "../log.ts";

export interface PollEndpoints {
  /** Base URL of the command socket. */
  readonly commands: string;
  /** Base URL of the telemetry socket. */
  readonly telemetry: string;
}

const FRESH_FOR_MS = 12 * 3_600_000;

/** Where to dial, asked twice a day; an old answer is used while a new one cannot be had. */
export class Endpoints {
  readonly #api: ECSClient;
  readonly #instance: { readonly cluster: string; readonly containerInstanceArn: string };
  readonly #log: Log;
  #known: PollEndpoints | undefined;
  #freshUntil = 0;

  constructor(
    api: ECSClient,
    instance: { readonly cluster: string; readonly containerInstanceArn: string },
    log: Log,
  ) {
    this.#api = api;
    this.#instance = instance;
    this.#log = log;
  }

  async get(): Promise<PollEndpoints> {
    if (this.#known && performance.now() < this.#freshUntil) return this.#known;
    try {
      this.#known = await this.#discover();
      this.#freshUntil = performance.now() + FRESH_FOR_MS;
    } catch (error) {
      if (!this.#known) throw error;
      this.#log.warn("endpoint-not-discovered", { error });
    }
    return this.#known;
  }

  async #discover(): Promise<PollEndpoints> {
    const { cluster, containerInstanceArn } = this.#instance;
    const reply = await this.#api.send(
      new DiscoverPollEndpointCommand({ cluster, containerInstance: containerInstanceArn }),
    );
    if (!reply.endpoint || !reply.telemetryEndpoint) throw new Error("no endpoint was discovered");
    return { commands: reply.endpoint, telemetry: reply.telemetryEndpoint };
  }
}
