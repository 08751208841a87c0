import { createHash, createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import type { Berth } from "../e2e/berth.ts";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) =>
  createHmac("sha256", key).update(text).digest();

export interface LeanAnswer {
  readonly status: number;
  readonly body: string;
}

/** A client that costs little: the processor is shared with the server that is measured. */
export class LeanClient {
  readonly #agent: Agent;
  readonly #berth: Berth;
  readonly #keys = new Map<string, Buffer>();

  constructor(berth: Berth, concurrency: number) {
    this.#berth = berth;
    this.#agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  }

  /** The status of the answer, which is read and thrown away. */
  async send(operation: string, body: string): Promise<number> {
    return (await this.call(operation, body)).status;
  }

  async call(operation: string, body: string): Promise<LeanAnswer> {
    const { url } = this.#berth.endpoint;
    const headers = this.#sign(operation, body);
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method: "POST", agent: this.#agent, headers }, (response) => {
        response.on("error", reject);
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
        });
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  #sign(operation: string, body: string): Record<string, string> {
    const { url, region, accessKeyId } = this.#berth.endpoint;
    const { host } = new URL(url);
    const time = new Date().toISOString().replaceAll(/[:-]|\.\d{3}/g, "");
    const scope = `${time.slice(0, 8)}/${region}/ecs/aws4_request`;
    const target = `AmazonEC2ContainerServiceV20141113.${operation}`;
    const signed = "host;x-amz-date;x-amz-target";
    const lines = [`host:${host}`, `x-amz-date:${time}`, `x-amz-target:${target}`];
    const canonical = ["POST", "/", "", ...lines, "", signed, hash(body)].join("\n");
    const toSign = ["AWS4-HMAC-SHA256", time, scope, hash(canonical)].join("\n");
    const signature = hmac(this.#key(time.slice(0, 8)), toSign).toString("hex");
    const credential = `Credential=${accessKeyId}/${scope}`;
    return {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-date": time,
      "x-amz-target": target,
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signed}, Signature=${signature}`,
    };
  }

  #key(date: string): Buffer {
    const { region, secretAccessKey } = this.#berth.endpoint;
    const known = this.#keys.get(date);
    if (known) return known;
    const scope = [date, region, "ecs", "aws4_request"];
    const key = scope.reduce<Buffer>(
      (last, part) => hmac(last, part),
      Buffer.from(`AWS4${secretAccessKey}`),
    );
    this.#keys.set(date, key);
    return key;
  }
}
