import { readFile } from "node:fs/promises";
import type { PayloadTask } from "@berth/contracts/agent/messages";
import type { GpuConfig } from "./config-features.ts";

/** The GPUs of an instance. */
export interface Gpus {
  readonly ids: readonly string[];
  readonly driverVersion?: string;
}

export const NO_GPUS: Gpus = { ids: [] };

/**
 * Which GPUs the instance has, from the file that is written before the ECS agent starts.
 *
 * @throws Error where GPUs are to be offered and the file does not say which
 */
export async function readGpus(config: GpuConfig | undefined): Promise<Gpus> {
  if (!config) return NO_GPUS;
  const { GPUIDs: ids = [], DriverVersion: driverVersion } = parseInfo(
    await readFile(config.infoFile, "utf8"),
  );
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string")) {
    throw new Error(`${config.infoFile} has no list of GPUIDs`);
  }
  return { ids, ...(typeof driverVersion === "string" && { driverVersion }) };
}

/** The GPUs that the task's container has to itself. */
export const gpuIdsOf = ({ associations = [] }: PayloadTask, containerName: string) =>
  associations.flatMap(({ type, name, containers }) =>
    type === "gpu" && containers.includes(containerName) ? [name] : [],
  );

const parseInfo = (text: string): { readonly GPUIDs?: unknown; readonly DriverVersion?: unknown } =>
  JSON.parse(text) as object;
