import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { dataDirectory, type DataDirectory } from "../data-directory.ts";
import { ownLabels } from "../engine/own-containers.ts";
import { ecsClient, retireDeregistered, waitForAgents } from "./ecs.ts";

const arnOf = (id: string) => `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${id}`;

/** What the API says of the instances that it knows, by their ids. */
let statuses: Readonly<Record<string, string>>;
let requests: number;
/** Those of which it says that their agents are connected. */
let connectedIds: readonly string[];
let server: Server;
let directory: DataDirectory;
beforeEach(async () => {
  directory = dataDirectory(mkdtempSync(join(tmpdir(), "berth-retire-")));
  [requests, connectedIds] = [0, []];
  server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory.root, { recursive: true, force: true });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  requests += 1;
  const { containerInstances: asked } = JSON.parse(await text(request)) as Asked;
  const containerInstances = Object.entries(statuses)
    .map(([id, status]) => ({
      containerInstanceArn: arnOf(id),
      status,
      agentConnected: connectedIds.includes(id),
    }))
    .filter(({ containerInstanceArn }) => asked.includes(containerInstanceArn));
  response.end(JSON.stringify({ containerInstances }));
}

interface Asked {
  readonly containerInstances: readonly string[];
}

function remember(name: string, id: string): void {
  const place = join(directory.instances, name, "data");
  mkdirSync(place, { recursive: true });
  const record = { cluster: "default", containerInstanceArn: arnOf(id), timeline: -1 };
  writeFileSync(join(place, "instance.json"), JSON.stringify(record));
}

async function withClient<T>(work: (client: ReturnType<typeof ecsClient>) => Promise<T>) {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const client = ecsClient({ endpoint, region: "us-east-1", credentials });
  return work(client).finally(() => client.destroy());
}

const retire = async () =>
  withClient(async (client) => retireDeregistered(client, "default", directory));

test("makes room for new instances in place of those that are deregistered, and keeps the others", async () => {
  remember("1", "active");
  remember("2", "inactive");
  remember("3", "draining");
  remember("4", "forgotten");
  const labels = ownLabels(directory);
  statuses = { active: "ACTIVE", inactive: "INACTIVE", draining: "DRAINING" };
  await retire();
  const expected = ["1", "2-inactive", "3", "4-forgotten"];
  expect(readdirSync(directory.instances).toSorted()).toEqual(expected);
  // Else `berth down` would leave running what they have started.
  expect(ownLabels(directory).toSorted()).toEqual(labels.toSorted());
  await retire();
  expect(readdirSync(directory.instances).toSorted()).toEqual(expected);
});

test("asks nobody at the first start", async () => {
  await retire();
  expect(requests).toBe(0);
});

test("counts no agent as connected that has not been since it was started, whatever the API says", async () => {
  remember("1", "first");
  remember("2", "second");
  statuses = { first: "ACTIVE", second: "ACTIVE", third: "ACTIVE" };
  connectedIds = ["first", "second", "third"];
  const connected = new Set<number>();
  const wait = async (timeoutMs: number) =>
    withClient(async (client) =>
      waitForAgents(client, { cluster: "default", directory, connected, count: 2, timeoutMs }),
    );
  expect(await wait(0)).toBe(0);
  connected.add(2);
  expect(await wait(0)).toBe(1);
  const waiting = wait(60_000);
  connected.add(1);
  expect(await waiting).toBe(2);
});

test("counts no agent before the API shows that it is there", async () => {
  remember("1", "first");
  statuses = { first: "ACTIVE" };
  const waiting = withClient(async (client) =>
    waitForAgents(client, {
      cluster: "default",
      directory,
      connected: new Set([1]),
      count: 1,
      timeoutMs: 60_000,
    }),
  );
  await vi.waitFor(() => expect(requests).toBeGreaterThan(1), 5_000);
  connectedIds = ["first"];
  expect(await waiting).toBe(1);
});
