import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ContainerState } from "../state.ts";
import { allOf, aRunningContainer, StreamStage } from "../testing/stream-stage.ts";
import type { ContainerStreams } from "./container-streams.ts";
import { PortWork } from "./port-work.ts";

let server: Server;
beforeEach(async () => {
  // Answers with what it was sent, once that is whole.
  server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => server.close());

const engineAt = (address: string | undefined) =>
  ({ address: async () => address }) as unknown as ContainerStreams;

function aStage(
  container: () => ContainerState | undefined,
  address: string | null = "127.0.0.1",
  port = (server.address() as AddressInfo).port,
): StreamStage {
  const request = { kind: "portForward", container: "web", port } as const;
  return new StreamStage(
    new PortWork({ request, find: container, engine: engineAt(address ?? undefined) }),
  );
}

async function ready(stage: StreamStage): Promise<void> {
  while (!stage.signals.includes("ready")) await new Promise((resolve) => setImmediate(resolve));
}

test("connections go both ways, several at once, and their bytes are counted", async () => {
  let phase: ContainerState["phase"] = "RUNNING";
  const stage = aStage(() => ({ ...aRunningContainer(), phase }));
  await ready(stage);
  const texts = ["one", "two", "three"];
  const echoed = await Promise.all(
    texts.map(async (text, index) => {
      const channel = stage.client.open(index);
      await channel.write(Buffer.from(text));
      channel.end();
      return (await allOf(channel)).toString();
    }),
  );
  expect(echoed).toEqual(texts);
  phase = "STOPPED";
  expect(await stage.result).toEqual({ reason: "Container web does not run any more." });
  expect(stage.work.counts).toEqual({ bytesIn: 11, bytesOut: 11 });
});

test("a connection that is refused says so, and leaves the others", async () => {
  const { port } = server.address() as AddressInfo;
  const stage = aStage(() => aRunningContainer(), "127.0.0.1", port);
  await ready(stage);
  server.close();
  await once(server, "close");
  await expect(allOf(stage.client.open(1))).rejects.toThrow("ECONNREFUSED");
  stage.end();
});

test("a container without an address is not taken for this machine", async () => {
  const stage = aStage(() => aRunningContainer(), null);
  const early = stage.client.open(1);
  await expect(allOf(early)).rejects.toThrow("not ready");
  await expect(stage.result).rejects.toThrow("no network address");
});

test("a container that does not run is led into by nobody", async () => {
  await expect(aStage(() => undefined).result).rejects.toThrow("does not run");
});
