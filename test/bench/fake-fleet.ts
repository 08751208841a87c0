import { setTimeout as delay } from "node:timers/promises";
import { ECSClient } from "@aws-sdk/client-ecs";
import { urlSigner } from "@berth/agent/session/signing";
import { openSocket, socketUrl } from "@berth/agent/session/socket";
import type { AcsMessage } from "@berth/contracts/agent/messages";
import type { WebSocket } from "ws";
import type { Berth } from "../e2e/berth.ts";
import { LeanClient } from "./lean-client.ts";

/** Agents that register or connect at once. */
const ARRIVING = 16;
/** Reports that are under way at once, of the whole fleet. */
const REPORTING = 64;

/**
 * Container instances without containers: each keeps the agent protocol over a connection of its
 * own, and reports every task as what it was told to be, at once.
 */
export class FakeFleet {
  readonly #berth: Berth;
  readonly #cluster: string;
  readonly #client: LeanClient;
  readonly #sockets: WebSocket[] = [];
  #isOpen = true;
  /** Payload tasks that were heard, by what they were told to be. */
  readonly told = { RUNNING: 0, STOPPED: 0 };
  /** Reports that were answered. */
  readonly reported = { RUNNING: 0, STOPPED: 0 };

  constructor(berth: Berth, cluster: string) {
    this.#berth = berth;
    this.#cluster = cluster;
    this.#client = new LeanClient(berth, REPORTING);
  }

  async join(count: number): Promise<void> {
    const { url: endpoint, region, ...credentials } = this.#berth.endpoint;
    const sdk = new ECSClient({ endpoint, region, credentials });
    const sign = urlSigner(sdk);
    const numbers = Array.from({ length: count }, (_, number) => number).values();
    const arrive = async () => {
      for (const number of numbers) {
        const arn = await this.#register(number);
        const url = socketUrl(endpoint, {
          agentHash: "0000000",
          agentVersion: "1.90.0",
          clusterArn: this.#cluster,
          containerInstanceArn: arn,
          protocolVersion: "2",
          sendCredentials: "false",
          seqNum: "1",
        });
        const { webSocket } = await openSocket(url, sign);
        webSocket.on("error", (error) => {
          // Frames that were on their way to an agent that has left.
          if (this.#isOpen) throw error;
        });
        // With ws's defaults a text message is one Buffer.
        webSocket.on("message", (data) => this.#hear(webSocket, (data as Buffer).toString("utf8")));
        this.#sockets.push(webSocket);
      }
    };
    await Promise.all(Array.from({ length: ARRIVING }, arrive));
    sdk.destroy();
  }

  leave(): void {
    this.#isOpen = false;
    for (const socket of this.#sockets) socket.terminate();
  }

  async #register(number: number): Promise<string> {
    const answer = await this.#call("RegisterContainerInstance", {
      cluster: this.#cluster,
      // As agents do; besides, an identical request within a second is taken for a repeated one.
      clientToken: `fleet-${number}`,
      totalResources: [
        { name: "CPU", type: "INTEGER", integerValue: 8192 },
        { name: "MEMORY", type: "INTEGER", integerValue: 8192 },
        { name: "PORTS", type: "STRINGSET", stringSetValue: [] },
        { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [] },
      ],
      attributes: [{ name: "ecs.availability-zone", value: `zone-${number % 3}` }],
    });
    const { containerInstance } = answer as { containerInstance: { containerInstanceArn: string } };
    return containerInstance.containerInstanceArn;
  }

  #hear(socket: WebSocket, text: string): void {
    const { type, message } = JSON.parse(text) as AcsMessage;
    if (type === "HeartbeatMessage") {
      const ack = { type: "HeartbeatAckRequest", message: { messageId: message.messageId } };
      socket.send(JSON.stringify(ack));
    }
    if (type !== "PayloadMessage") return;
    const { clusterArn, containerInstanceArn, messageId, tasks } = message;
    const ack = { cluster: clusterArn, containerInstance: containerInstanceArn, messageId };
    socket.send(JSON.stringify({ type: "AckRequest", message: ack }));
    for (const { arn, desiredStatus, containers } of tasks) {
      this.told[desiredStatus] += 1;
      this.#report(arn, desiredStatus, containers[0]?.name ?? "").catch((error: Error) => {
        // Reports that were on their way when the fleet left.
        if (this.#isOpen) throw error;
      });
    }
  }

  async #report(task: string, status: "RUNNING" | "STOPPED", containerName: string): Promise<void> {
    const exitCode = status === "STOPPED" ? { exitCode: 143 } : {};
    await this.#call("SubmitTaskStateChange", {
      cluster: this.#cluster,
      task,
      status,
      containers: [{ containerName, status, runtimeId: "0".repeat(64), ...exitCode }],
    });
    this.reported[status] += 1;
  }

  /** As agents do, again and again while the control plane cannot answer. */
  async #call(operation: string, body: object): Promise<unknown> {
    for (;;) {
      const answer = await this.#client.call(operation, JSON.stringify(body));
      if (answer.status === 200) return JSON.parse(answer.body);
      if (!this.#isOpen || answer.status < 500) {
        throw new Error(`${operation} answered ${answer.status}: ${answer.body}`);
      }
      await delay(500);
    }
  }
}
