import { RESOURCE_LABEL } from "@berth/domain/resources";
import type { RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import type { Holding, PlacingRequest } from "./scenario.ts";

/** The RegisterTaskDefinition request of a scenario, with what it does not care about filled in. */
export function registrationOf(
  family: string,
  { containers, ...rest }: PlacingRequest["definition"],
): RegisterTaskDefinitionCommandInput {
  const containerDefinitions = (containers ?? [{ memory: 128 }]).map(named);
  return { family, ...rest, containerDefinitions };
}

const named = (container: Readonly<Record<string, unknown>>, index: number) => ({
  name: `c${index + 1}`,
  image: "busybox",
  ...container,
});

/** A definition whose tasks hold just this much. */
export function definitionOf(holding: Holding): PlacingRequest["definition"] {
  const { cpu, memory, tcpPorts, udpPorts, gpus, resources } = holding;
  const mapped = (ports: readonly number[], protocol: "tcp" | "udp") =>
    ports.map((port) => ({ containerPort: port, hostPort: port, protocol }));
  const labels = Object.entries(resources).map(
    ([name, units]) => [RESOURCE_LABEL + name, String(units)] as const,
  );
  return {
    containers: [
      {
        cpu,
        memory,
        portMappings: [...mapped(tcpPorts, "tcp"), ...mapped(udpPorts, "udp")],
        ...(gpus > 0 && { resourceRequirements: [{ type: "GPU", value: String(gpus) }] }),
        ...(labels.length > 0 && { dockerLabels: Object.fromEntries(labels) }),
      },
    ],
  };
}
