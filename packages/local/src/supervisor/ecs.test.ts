import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dataDirectory, type DataDirectory } from "../data-directory.ts";
import { ownLabels } from "../engine/own-containers.ts";
import { ecsClient, retireDeregistered } from "./ecs.ts";

const arnOf = (id: string) => `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${id}`;

/** What the API says of the instances that it knows, by their ids. */
let statuses: Readonly<Record<string, string>>;
let requests: number;
let server: Server;
let directory: DataDirectory;
beforeEach(async () => {
  directory = dataDirectory(mkdtempSync(join(tmpdir(), "berth-retire-")));
  requests = 0;
  server = createServer((_, response) => {
    requests += 1;
    const containerInstances = Object.entries(statuses).map(([id, status]) => ({
      containerInstanceArn: arnOf(id),
      status,
    }));
    response.end(JSON.stringify({ containerInstances }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory.root, { recursive: true, force: true });
});

function remember(name: string, id: string): void {
  const place = join(directory.instances, name, "data");
  mkdirSync(place, { recursive: true });
  const record = { cluster: "default", containerInstanceArn: arnOf(id), timeline: -1 };
  writeFileSync(join(place, "instance.json"), JSON.stringify(record));
}

const retire = async () => {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const client = ecsClient({ endpoint, region: "us-east-1", credentials });
  await retireDeregistered(client, "default", directory);
  client.destroy();
};

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
