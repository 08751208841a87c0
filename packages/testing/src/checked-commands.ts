import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { operationNames } from "@berth/contracts/ecs-api/operation-names";
import type { Plugin } from "vitest/config";

/** A module of commands as tests get it, and the query by which that one gets the module itself. */
const COMMAND_MODULE = /\/control-plane\/src\/commands\/[a-z-]+\.ts$/;
const UNCHECKED = "?unchecked";
const CHECK = "@berth/testing/check-command";

/** By the name of the command: `createCluster` carries out CreateCluster. */
const OPERATIONS = new Map(
  operationNames().map((name) => [name.charAt(0).toLowerCase() + name.slice(1), name]),
);

/**
 * Hands tests each ECS command with its answers checked, however a test comes by the command:
 * a command that is called as a function goes past the client that checks answers.
 */
export function checkedCommands(): Plugin {
  return {
    name: "checked-commands",
    enforce: "pre",
    async load(id) {
      if (!COMMAND_MODULE.test(id)) return undefined;
      const operations = exportedOperations(await readFile(id, "utf8"));
      return operations.length === 0 ? undefined : wrapper(id, operations);
    },
  };
}

type Exported = readonly [command: string, operation: string];

function exportedOperations(source: string): readonly Exported[] {
  const exported = source.matchAll(/^export (?:const|(?:async )?function) (\w+)/gm);
  return Array.from(exported).flatMap(([, command = ""]) => {
    const operation = OPERATIONS.get(command);
    return operation === undefined ? [] : [[command, operation] as const];
  });
}

function wrapper(id: string, operations: readonly Exported[]): string {
  const unchecked = JSON.stringify(`./${basename(id)}${UNCHECKED}`);
  return [
    `import * as unchecked from ${unchecked};`,
    `import { checked } from ${JSON.stringify(CHECK)};`,
    `export * from ${unchecked};`,
    ...operations.map(
      ([command, operation]) =>
        `export const ${command} = checked("${operation}", unchecked.${command});`,
    ),
  ].join("\n");
}
