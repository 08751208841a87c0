import type {
  ContainerDefinition,
  NetworkConfiguration,
  RegisterTaskDefinitionCommandInput,
  Task,
  TaskOverride,
} from "@aws-sdk/client-ecs";
import type { ContainerInspectInfo } from "dockerode";
import type { Host } from "./host.ts";

/** What is known of a row's task once it came as far as the row wants it. */
export interface Seen {
  /** As DescribeTasks shows it. */
  readonly task: Task;
  /** As the engine shows its containers, by their names in the definition. */
  readonly engine: ReadonlyMap<string, ContainerInspectInfo>;
  /** What the container wrote, without the end of its last line. */
  readonly output: (container?: string) => Promise<string>;
  readonly host: Host;
}

/**
 * One behaviour of one field of a task definition: what is asked for, and what is then seen. The
 * container `main` is essential and runs the image for demonstrations, of which all is busybox.
 */
export interface Row {
  /** As the ECS API calls it. */
  readonly field: string;
  /** What it does, as a sentence without its subject. */
  readonly does: string;
  readonly main?: Partial<ContainerDefinition>;
  /** Further containers, each with the image and the memory of `main`. */
  readonly beside?: readonly Partial<ContainerDefinition>[];
  /** Members of the definition beside its containers. */
  readonly task?: Partial<RegisterTaskDefinitionCommandInput>;
  readonly overrides?: TaskOverride;
  /** What `awsvpc` wants to be told with the run. */
  readonly network?: NetworkConfiguration;
  /** What the task has to reach before it is looked at. */
  readonly until?: "RUNNING" | "STOPPED" | "HEALTHY" | "UNHEALTHY";
  /** All that `main` wrote. */
  readonly prints?: string | RegExp;
  /** Of `main`: 0 where nothing is said and it is looked at when it stopped. */
  readonly exitCode?: number | "none" | "any";
  /** Part of what the engine shows of `main`. */
  readonly engine?: object;
  /** Part of what DescribeTasks shows. */
  readonly shown?: object;
  /** What else can be seen of it. */
  readonly look?: (seen: Seen) => Promise<void> | void;
  /** What has to be there before. */
  readonly prepare?: (host: Host) => Promise<unknown>;
}

/** A shell that runs the line. */
export const sh = (line: string): Partial<ContainerDefinition> => ({
  entryPoint: ["sh", "-c"],
  command: [line],
});

/** Goes on until it is told to end, and then ends at once. */
export const STAY = sh("trap 'exit 0' TERM; while :; do sleep 1; done");
