import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Credential } from "@berth/control-plane/access/find-access-key";
import { permissionsOf } from "@berth/domain/access/permissions";
import { kmsKey } from "../embedded/kms-key.ts";
import { createListener } from "../http/listener.ts";
import { sourceServices } from "../task-sources.ts";

const SCOPE = { region: "us-east-1", account: "000000000000" };
const ROOT_ID = "AKIA0000000000000000";
const GUEST_ID = "AKIA1111111111111111";
const elsewhere = async () => ({ statusCode: 404 });
const logs = () => assert.fail("Nobody asks for logs here");

/** The stand-ins for S3, Secrets Manager and the Parameter Store behind the real front of one machine. */
export class TaskSourceServer {
  readonly directory = mkdtempSync(join(tmpdir(), "berth-sources-"));
  /** What the guest's policy allows. */
  guestMay: { readonly Action: string; readonly Resource: string } = NOTHING;
  #server: Server | undefined;
  #port = 0;

  /** Starts, or starts again on what it kept. */
  async start(): Promise<void> {
    this.#close();
    const services = sourceServices(
      {
        objects: join(this.directory, "objects"),
        secrets: join(this.directory, "secrets.json"),
        parameters: join(this.directory, "parameters.json"),
      },
      {
        scope: SCOPE,
        key: kmsKey(join(this.directory, "kms.key")),
        findAccessKey: async (id) => this.#credential(id),
      },
    );
    const others = { api: elsewhere, connections: elsewhere, reference: elsewhere, logs };
    this.#server = createServer(
      createListener({ account: "", ...others, events: elsewhere, services, log: () => undefined }),
    );
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What a client of an SDK is made with. */
  client(who: "root" | "guest" = "root", secretAccessKey = "secret") {
    const accessKeyId = who === "root" ? ROOT_ID : GUEST_ID;
    return {
      endpoint: this.endpoint,
      region: SCOPE.region,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    };
  }

  stop(): void {
    this.#close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  #credential(id: string): Credential | undefined {
    const document = JSON.stringify({ Statement: [{ Effect: "Allow", ...this.guestMay }] });
    if (id !== ROOT_ID && id !== GUEST_ID) return undefined;
    return {
      secretAccessKey: "secret",
      principalArn: `arn:aws:iam::000000000000:user/${id === ROOT_ID ? "root" : "guest"}`,
      permissions: permissionsOf(
        id === ROOT_ID ? { kind: "administrator" } : { kind: "policy", document },
      ),
      isIssued: false,
    };
  }
}

const NOTHING = { Action: "nothing:AtAll", Resource: "*" };
