import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { aPayloadContainer } from "@berth/testing/payloads";
import { afterEach, expect, test } from "vitest";
import { HostPorts, type PortRange } from "./host-ports.ts";

const hostAddress = "127.0.7.9";
const servers: ReturnType<typeof createServer>[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function occupy(port = 0): Promise<number> {
  const server = createServer();
  servers.push(server);
  server.listen(port, hostAddress);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const range = (containerPortRange: string) =>
  aPayloadContainer({ portMappings: [{ containerPortRange, protocol: "tcp" }] });

async function hostPortsOf(hostPorts: HostPorts, container = range("80-82")) {
  const { portMappings = [] } = await hostPorts.assign(container);
  return portMappings.map(({ hostPort }) => hostPort);
}

/** Few enough to be all taken. */
async function fewPorts(count: number): Promise<PortRange> {
  const first = await occupy();
  return { first, last: first + count - 1 };
}

test("picks as many adjoining ports as a range has, one for each", async () => {
  const { portMappings } = await new HostPorts({ hostAddress }).assign(range("80-82"));
  const first = portMappings?.[0]?.hostPort ?? 0;
  expect(portMappings).toEqual([
    { containerPort: 80, hostPort: first, protocol: "tcp" },
    { containerPort: 81, hostPort: first + 1, protocol: "tcp" },
    { containerPort: 82, hostPort: first + 2, protocol: "tcp" },
  ]);
});

test("goes past ports that are taken, and gives none that it just gave away", async () => {
  const dynamicPorts = await fewPorts(10);
  const hostPorts = new HostPorts({ hostAddress, dynamicPorts });
  const given = [...(await hostPortsOf(hostPorts)), ...(await hostPortsOf(hostPorts))];
  expect(new Set(given).size).toBe(6);
  expect(given).not.toContain(dynamicPorts.first);
});

test("says that there are too few", async () => {
  const hostPorts = new HostPorts({ hostAddress, dynamicPorts: await fewPorts(3) });
  await expect(hostPortsOf(hostPorts)).rejects.toMatchObject({
    reason: expect.stringMatching(/^CannotCreateContainerError: no 3 adjoining tcp ports are free/),
  });
});

test.each([
  { name: "leaves a dynamic port to the engine", settings: {}, container: {}, isPicked: false },
  {
    name: "picks it from the range that is set",
    settings: { dynamicPorts: { first: 40_000, last: 40_100 } },
    container: {},
    isPicked: true,
  },
  {
    name: "picks it where the container may be started again",
    settings: {},
    container: { restartPolicy: { enabled: true } },
    isPicked: true,
  },
])("$name", async ({ settings, container, isPicked }) => {
  const hostPorts = new HostPorts({ hostAddress, ...settings });
  const portMappings = [{ containerPort: 80, hostPort: 0, protocol: "udp" as const }];
  const [port] = await hostPortsOf(hostPorts, aPayloadContainer({ portMappings, ...container }));
  expect(port !== 0).toBe(isPicked);
});

test("leaves a static port as it is", async () => {
  const portMappings = [{ containerPort: 80, hostPort: 8_080, protocol: "tcp" as const }];
  const container = aPayloadContainer({ portMappings, restartPolicy: { enabled: true } });
  expect(await hostPortsOf(new HostPorts({ hostAddress }), container)).toEqual([8_080]);
});
