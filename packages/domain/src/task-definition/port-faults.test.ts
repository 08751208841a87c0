import { withContainer } from "@berth/testing/registrations";
import { describe, expect, test } from "vitest";
import { faults } from "./faults.ts";
import type { GivenContainer, Registration } from "./registration.ts";

const ports = (...portMappings: NonNullable<GivenContainer["portMappings"]>[number][]) => ({
  portMappings,
});

describe("port faults", () => {
  test.each<{ given: Registration; fault: string }>([
    {
      given: withContainer(ports({ containerPort: 0 })),
      fault: "Invalid 'containerPort' setting. Must be between 1 and 65535.",
    },
    {
      given: withContainer(ports({ containerPort: 80, hostPort: 65_536 })),
      fault: "Invalid 'hostPort' setting. Must be between 0 and 65535.",
    },
    {
      given: withContainer(ports({ containerPort: 80, containerPortRange: "80-90" })),
      fault: "cannot specify both single port and port range",
    },
    {
      given: withContainer(ports({ containerPortRange: "90-80" })),
      fault: "Invalid 'containerPortRange' setting",
    },
    {
      given: withContainer(ports({ containerPort: 80, hostPort: 81 }), { networkMode: "awsvpc" }),
      fault:
        "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
    },
    {
      given: withContainer(ports({ containerPort: 80, hostPort: 0 }), { networkMode: "host" }),
      fault:
        "When networkMode=host, the host ports and container ports in port mappings must match.",
    },
    {
      given: withContainer(ports({ containerPort: 80 }, { containerPort: 80 }), {
        networkMode: "awsvpc",
      }),
      fault: "container port is used multiple times in task",
    },
    {
      given: withContainer(
        ports({ containerPort: 80, hostPort: 80 }, { containerPort: 81, hostPort: 80 }),
      ),
      fault: "host port is used multiple times in task",
    },
    {
      given: withContainer(
        ports({ containerPort: 80, name: "a" }, { containerPort: 81, name: "a" }),
      ),
      fault: "port mapping name is already used",
    },
    {
      given: withContainer(ports({ containerPort: 80, name: "-a" })),
      fault: "Port mapping name contains invalid characters.",
    },
    {
      given: withContainer(ports({ containerPort: 80 }), { networkMode: "none" }),
      fault: "Port mappings are not supported when networkMode=none.",
    },
  ])("$fault", ({ given, fault }) => {
    expect(faults(given).next().value).toBe(fault);
  });
});
