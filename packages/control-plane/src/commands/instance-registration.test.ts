import { describe, expect, test } from "vitest";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { aControlPlane } from "@berth/testing/control-plane";
import { createCluster } from "./create-cluster.ts";
import { readReport } from "./instance-registration.ts";
import { registerContainerInstance } from "./register-container-instance.ts";

const RESOURCES = [
  { name: "CPU", integerValue: 1_024 },
  { name: "MEMORY", integerValue: 1_024 },
];

type Request = EcsRequest<"RegisterContainerInstance">;

const read = (request: Partial<Request>) => readReport({ totalResources: RESOURCES, ...request });

const attributes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `a${index}`, value: "v".repeat(100) }));

const machine = (members: object) => ({ instanceIdentityDocument: JSON.stringify(members) });

describe("what an agent says of its instance", () => {
  test("may be as much as real ones say, several times over", () => {
    expect(read({ attributes: attributes(500) }).attributes).toHaveLength(500);
  });

  test.each<{ name: string; request: Partial<Request> }>([
    { name: "in attributes", request: { attributes: attributes(1_000) } },
    { name: "in versions", request: { versionInfo: { agentVersion: "1".repeat(70_000) } } },
    { name: "in the identity document", request: machine({ imageId: "a".repeat(70_000) }) },
    {
      name: "in ports",
      request: {
        totalResources: [
          ...RESOURCES,
          {
            name: "PORTS",
            stringSetValue: Array.from({ length: 20_000 }, (_, port) => String(port)),
          },
        ],
      },
    },
  ])("is refused where it is more than an item is meant for: $name", ({ request }) => {
    expect(() => read(request)).toThrow(/^Actual length: '\d+'\. Max allowed length is '65536'/);
  });

  test("holds a port once that is named twice", () => {
    const ports = { name: "PORTS", stringSetValue: ["22", "0022", "80", "22"] };
    const udp = { name: "PORTS_UDP", stringSetValue: ["53", "53"] };
    const { registered } = read({ totalResources: [...RESOURCES, ports, udp] });
    expect(registered).toMatchObject({ usedTcpPorts: [22, 80], usedUdpPorts: [53] });
  });

  test("does not add up to more either, registration by registration", async () => {
    const plane = aControlPlane();
    await createCluster(plane, {});
    const register = (request: Partial<Request>) =>
      registerContainerInstance(plane, { totalResources: RESOURCES, ...request });
    const { containerInstance } = await register({ attributes: attributes(400) });
    const more = attributes(800).slice(400);
    const { containerInstanceArn } = containerInstance ?? {};
    await expect(register({ containerInstanceArn, attributes: more })).rejects.toThrow(
      "Max allowed length",
    );
  });

  test.each(["", "i".repeat(65), "i-1#web", "i 1"])("is of no machine called %j", (instanceId) => {
    expect(() => read(machine({ instanceId }))).toThrow(
      "The identity document and identity document signature were not valid",
    );
  });
});
