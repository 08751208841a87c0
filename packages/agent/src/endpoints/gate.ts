import { once } from "node:events";
import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../log.ts";
import { allowedClients } from "./allowed-clients.ts";
import { type AnswerRequest, type EndpointAnswer, type EndpointRequest, text } from "./answer.ts";
import type { Bridge } from "./container-inspector.ts";
import { createEndpointServer } from "./endpoint-server.ts";
import { ENDPOINT_PORT, isReachable, putNatRules } from "./nat-rules.ts";
import { Neighbours } from "./neighbours.ts";
import { RateLimit, type RateLimits } from "./rate-limit.ts";
import { startingAnswer, tooManyAnswer, unknownAnswer } from "./refusals.ts";

export interface GateParts {
  readonly bridge: Bridge;
  readonly limits: RateLimits;
  readonly log: Log;
}

/** Where the agent that answers has died, another one takes its place within this time. */
const TEND_EVERY_MS = 1_000;
/** How often it is made sure that containers still get here: others may have removed the rules. */
const TENDS_PER_PROBE = 30;

/**
 * The way from the address that containers expect to the agent that knows the container. Several
 * agents may be on one machine: one of them has the port, whichever was first.
 */
export class EndpointGate {
  readonly #parts: GateParts;
  readonly #allows: (address: string) => boolean;
  readonly #rate: RateLimit;
  readonly #neighbours: Neighbours;
  readonly #server: Server;
  readonly #stopping = new AbortController();
  #own: AnswerRequest | undefined;
  /** Once they are, what is found of them stands for all. */
  #areRulesUp = false;

  constructor(parts: GateParts) {
    this.#parts = parts;
    this.#allows = allowedClients(parts.bridge);
    this.#rate = new RateLimit(parts.limits, () => Date.now());
    this.#neighbours = new Neighbours(() => this.#own);
    this.#server = createEndpointServer((request, client) => this.#answer(request, client));
  }

  /** Whether containers get here. Until `serve` is called they are asked to come again. */
  async open(): Promise<boolean> {
    try {
      await this.#neighbours.open();
      await this.#listen();
      await this.#makeReachable();
    } catch (error) {
      this.#parts.log.warn("task-endpoint-not-served", { error });
      this.close();
      return false;
    }
    void this.#tend();
    return true;
  }

  serve(own: AnswerRequest): void {
    this.#own = own;
  }

  close(): void {
    this.#stopping.abort();
    this.#neighbours.close();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: EndpointRequest, client: string): Promise<EndpointAnswer> {
    if (!this.#allows(client)) return text(403, "Forbidden");
    if (!this.#rate.take(client)) return tooManyAnswer();
    const own = await this.#own?.(request);
    if (own) return own;
    const others = await this.#neighbours.ask(request);
    if (others !== undefined && others !== "notYet") return others;
    const isStarting = this.#own === undefined || others === "notYet";
    return isStarting && request.path !== "/" ? startingAnswer() : unknownAnswer(request);
  }

  /** Takes the port, unless another agent has it. */
  async #listen(): Promise<void> {
    this.#server.listen(ENDPOINT_PORT, this.#parts.bridge.gateway);
    try {
      await once(this.#server, "listening");
    } catch (error) {
      if ((error as { code?: unknown }).code !== "EADDRINUSE") throw error;
    }
  }

  /** @throws Error where they do not get here, and this agent may not change that */
  async #makeReachable(): Promise<void> {
    const isReached = await isReachable();
    if (isReached && this.#areRulesUp) return;
    await putNatRules(this.#parts.bridge).catch((error: unknown) => {
      // Somebody with the right to do so has put them up.
      if (!isReached) throw error;
    });
    this.#areRulesUp = true;
  }

  async #tend(): Promise<void> {
    const { signal } = this.#stopping;
    for (let tends = 1; !signal.aborted; tends += 1) {
      await delay(TEND_EVERY_MS, undefined, { ref: false });
      if (signal.aborted) return;
      try {
        if (!this.#server.listening) await this.#listen();
        if (tends % TENDS_PER_PROBE === 0) await this.#makeReachable();
      } catch (error) {
        this.#parts.log.warn("task-endpoint-lost", { error });
      }
    }
  }
}
