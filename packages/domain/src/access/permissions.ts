import type { Grant, Permissions } from "./access-key.ts";
import { readPolicyDocument } from "./policy-document.ts";
import type { PolicyStatement } from "./policy-statement.ts";

const EVERYTHING: PolicyStatement = {
  effect: "Allow",
  actions: { not: false, patterns: ["*"] },
  resources: { not: false, patterns: ["*"] },
  conditions: [],
};

/** What an agent asks for in its life, ours and AWS's own. Source: agent protocol (ADR 0006). */
const AGENT_STATEMENTS: readonly PolicyStatement[] = [
  {
    ...EVERYTHING,
    actions: {
      not: false,
      patterns: [
        "ecs:RegisterContainerInstance",
        "ecs:UpdateContainerInstancesState",
        "ecs:DiscoverPollEndpoint",
        "ecs:Poll",
        "ecs:StartTelemetrySession",
        "ecs:Submit*",
        // For the tasks on its instances, which ask it.
        "ecs:GetTaskProtection",
        "ecs:UpdateTaskProtection",
        "ecs:ListTagsForResource",
      ],
    },
  },
  {
    // Where no cluster is configured and the default one is missing.
    ...EVERYTHING,
    actions: { not: false, patterns: ["ecs:CreateCluster"] },
    resources: { not: false, patterns: ["arn:aws:ecs:*:*:cluster/default"] },
  },
];

/** A grant, ready to be asked. A policy that is not understood (any more) is a fault of ours. */
export function permissionsOf(grant: Grant): Permissions {
  if (grant.kind !== "policy") return grant;
  const reading = readPolicyDocument(JSON.parse(grant.document));
  if (reading.kind === "read") return { kind: "policy", statements: reading.statements };
  throw new Error(`A stored policy cannot be read: ${reading.faults.join("; ")}`);
}

/** The same in statements. */
export function statementsOf(permissions: Permissions): readonly PolicyStatement[] {
  switch (permissions.kind) {
    case "administrator":
      return [EVERYTHING];
    case "policy":
      return permissions.statements;
    case "agent":
      return AGENT_STATEMENTS;
  }
}
