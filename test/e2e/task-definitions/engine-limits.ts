import { lastSegment } from "@berth/domain/arn";
import { expect } from "vitest";
import type { Host } from "./host.ts";
import { sh, type Row, type Seen } from "./row.ts";

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
  readonly cgroupVersion: string;
  readonly cgroupDriver: string;
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
      ...sh("dd if=/dev/zero of=/dev/null bs=48M count=1"),
      memory: 32,
      linuxParameters: { maxSwap: 64, swappiness: 100 },
    },
    missing: ({ hasSwap }) => (hasSwap ? undefined : "the machine has no swap"),
  },
  {
    field: "linuxParameters.swappiness",
    does: "is the container's",
    main: { command: ["true"], linuxParameters: { maxSwap: 8, swappiness: 7 } },
    engine: { HostConfig: { MemorySwappiness: 7 } },
    missing: ({ cgroupVersion }) =>
      cgroupVersion === "1" ? undefined : "swappiness is the whole machine's there",
  },
  {
    field: "resourceRequirements",
    does: "GPU shows the GPU in the container",
    main: { ...sh("ls /dev/nvidia0"), resourceRequirements: [{ type: "GPU", value: "1" }] },
    missing: ({ runtimes }) => (runtimes.includes("nvidia") ? undefined : "no runtime nvidia"),
  },
  {
    field: "cpu of the task",
    does: "is the quota of the task's cgroup",
    main: { command: ["true"] },
    task: { cpu: "256" },
    look: async (seen) =>
      expect(await readCgroup(seen, "cpu", ["cpu.cfs_quota_us", "cpu.max"])).toMatch(/^25000\b/),
    missing: noTaskCgroups,
  },
  {
    field: "memory of the task",
    does: "is the limit of the task's cgroup, and its containers have none of their own",
    main: { command: ["true"], memory: undefined },
    task: { memory: "48" },
    engine: { HostConfig: { Memory: 0 } },
    look: async (seen) => {
      const limit = await readCgroup(seen, "memory", ["memory.limit_in_bytes", "memory.max"]);
      expect(limit).toBe(String(48 * 1_048_576));
    },
    missing: noTaskCgroups,
  },
];

export async function inspectMachine({ docker, run }: Host): Promise<Machine> {
  const info = (await docker.info()) as EngineInfo;
  return {
    securityOptions: info.SecurityOptions,
    runtimes: Object.keys(info.Runtimes),
    hasAllCapabilities: await hasAllCapabilities(run),
    cgroupVersion: info.CgroupVersion ?? "1",
    cgroupDriver: info.CgroupDriver,
    hasSwap: /^SwapTotal:\s+[1-9]/m.test(await run("cat /proc/meminfo")),
  };
}

interface EngineInfo {
  readonly CgroupVersion?: string;
  readonly CgroupDriver: string;
  readonly SecurityOptions: readonly string[];
  readonly Runtimes: Readonly<Record<string, unknown>>;
}

function needsSecurity(module: string): LimitedRow["missing"] {
  return ({ securityOptions }) =>
    securityOptions.some((option) => option.includes(module)) ? undefined : `no ${module}`;
}

function noTaskCgroups({ cgroupDriver }: Machine): string | undefined {
  const isKnown = cgroupDriver === "cgroupfs" || cgroupDriver === "systemd";
  return isKnown ? undefined : `cgroups by ${cgroupDriver}`;
}

/** A file of the task's cgroup: by its names in the first and second version, whoever made it. */
function readCgroup(
  { task: { taskArn = "" }, host }: Seen,
  controller: string,
  [first, second]: readonly [string, string],
): Promise<string> {
  const id = lastSegment(taskArn);
  const places = [`ecs/${id}`, `ecstasks.slice/ecstasks-${id}.slice`];
  const files = places.flatMap((place) => [
    `${controller}/${place}/${first}`,
    `${place}/${second}`,
  ]);
  return host.run(`cd /sys/fs/cgroup; cat ${files.join(" ")} 2> /dev/null || true`);
}

/** An engine can give away no more than the machine's first process has. */
async function hasAllCapabilities(run: Host["run"]): Promise<boolean> {
  const [, bounding = "0"] = /^CapBnd:\s+(\w+)$/m.exec(await run("cat /proc/self/status")) ?? [];
  const last = Number(await run("cat /proc/sys/kernel/cap_last_cap"));
  return BigInt(`0x${bounding}`) === (1n << BigInt(last + 1)) - 1n;
}
