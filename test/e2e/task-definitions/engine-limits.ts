import { readFileSync } from "node:fs";
import type Docker from "dockerode";
import { sh, type Row } from "./row.ts";

/** A row that not every machine can play. */
export interface LimitedRow extends Row {
  /** Why it cannot be seen here, or undefined where it can. */
  readonly missing: (machine: Machine) => string | undefined;
}

export interface Machine {
  readonly securityOptions: readonly string[];
  readonly runtimes: readonly string[];
  readonly hasAllCapabilities: boolean;
  readonly hasSwap: boolean;
}

export const LIMITED_ROWS: readonly LimitedRow[] = [
  {
    field: "privileged",
    does: "starts with all capabilities",
    main: { ...sh("grep CapEff /proc/self/status"), privileged: true },
    prints: /CapEff:\s+0*[13]ffffffffff$/,
    missing: ({ hasAllCapabilities }) =>
      hasAllCapabilities ? undefined : "the machine itself lacks capabilities",
  },
  {
    field: "dockerSecurityOptions",
    does: "apparmor confines the program",
    main: {
      ...sh("cat /proc/self/attr/current"),
      dockerSecurityOptions: ["apparmor:docker-default"],
    },
    prints: /^docker-default/,
    missing: needsSecurity("apparmor"),
  },
  {
    field: "dockerSecurityOptions",
    does: "label sets the program's SELinux context",
    main: { ...sh("cat /proc/self/attr/current"), dockerSecurityOptions: ["label:level:s0:c1,c2"] },
    prints: /s0:c1,c2/,
    missing: needsSecurity("selinux"),
  },
  {
    field: "linuxParameters.maxSwap",
    does: "lets memory be swapped out",
    main: {
      ...sh("dd if=/dev/zero of=/dev/null bs=24M count=1"),
      memory: 16,
      linuxParameters: { maxSwap: 64, swappiness: 100 },
    },
    missing: ({ hasSwap }) => (hasSwap ? undefined : "the machine has no swap"),
  },
  {
    field: "resourceRequirements",
    does: "GPU shows the GPU in the container",
    main: { ...sh("ls /dev/nvidia0"), resourceRequirements: [{ type: "GPU", value: "1" }] },
    missing: ({ runtimes }) => (runtimes.includes("nvidia") ? undefined : "no runtime nvidia"),
  },
];

export async function inspectMachine(docker: Docker): Promise<Machine> {
  const info = (await docker.info()) as EngineInfo;
  return {
    securityOptions: info.SecurityOptions,
    runtimes: Object.keys(info.Runtimes),
    hasAllCapabilities: hasAllCapabilities(),
    hasSwap: /^SwapTotal:\s+[1-9]/m.test(readFileSync("/proc/meminfo", "utf8")),
  };
}

interface EngineInfo {
  readonly SecurityOptions: readonly string[];
  readonly Runtimes: Readonly<Record<string, unknown>>;
}

function needsSecurity(module: string): LimitedRow["missing"] {
  return ({ securityOptions }) =>
    securityOptions.some((option) => option.includes(module)) ? undefined : `no ${module}`;
}

/** An engine can give away no more than the machine's first process has. */
function hasAllCapabilities(): boolean {
  const [, bounding = "0"] =
    /^CapBnd:\s+(\w+)$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  const last = Number(readFileSync("/proc/sys/kernel/cap_last_cap", "utf8"));
  return BigInt(`0x${bounding}`) === (1n << BigInt(last + 1)) - 1n;
}
