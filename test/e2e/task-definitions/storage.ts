import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectDocker } from "@berth/agent/docker/connection";
import { expect } from "vitest";
import { sh, type Row } from "./row.ts";

const HOST_PATH = join(tmpdir(), "berth-e2e-host-path");
const SHARED = "berth-e2e-shared";
const PROVIDED = "berth-e2e-provided";
const docker = connectDocker("unix:///var/run/docker.sock");

const mount = (sourceVolume: string, readOnly?: boolean) => ({
  sourceVolume,
  containerPath: `/${sourceVolume}`,
  ...(readOnly !== undefined && { readOnly }),
});

/** What a container finds on its file system, and what outlives it. */
export const STORAGE_ROWS: readonly Row[] = [
  {
    field: "volumes.host.sourcePath",
    does: "is the path of the instance",
    prepare: () => {
      mkdirSync(HOST_PATH, { recursive: true });
      writeFileSync(join(HOST_PATH, "given"), "from the host");
    },
    main: { ...sh("cat /data/given; echo back > /data/made"), mountPoints: [mount("data")] },
    task: { volumes: [{ name: "data", host: { sourcePath: HOST_PATH } }] },
    prints: "from the host",
    look: () => expect(readFileSync(join(HOST_PATH, "made"), "utf8")).toBe("back\n"),
  },
  {
    field: "mountPoints.readOnly",
    does: "lets nothing be written",
    main: { ...sh("touch /data/file"), mountPoints: [mount("data", true)] },
    task: { volumes: [{ name: "data", host: { sourcePath: "/tmp" } }] },
    exitCode: 1,
    prints: /Read-only file system/,
  },
  {
    field: "volumes",
    does: "without a host path are shared within the task",
    main: {
      ...sh("cat /data/file"),
      mountPoints: [mount("data")],
      dependsOn: [{ containerName: "writer", condition: "SUCCESS" }],
    },
    beside: [
      {
        ...sh("echo shared > /data/file"),
        name: "writer",
        essential: false,
        mountPoints: [mount("data")],
      },
    ],
    task: { volumes: [{ name: "data" }] },
    prints: "shared",
  },
  {
    field: "volumes.dockerVolumeConfiguration.scope",
    does: "task is a volume of the task's own, with the labels that are asked for",
    main: { ...sh("echo mine > /data/file"), mountPoints: [mount("data")] },
    task: {
      volumes: [
        {
          name: "data",
          dockerVolumeConfiguration: { scope: "task", driver: "local", labels: { team: "shop" } },
        },
      ],
    },
    look: async ({ engine, task }) => {
      const [volume] = engine.get("main")?.Mounts ?? [];
      const { Labels } = await docker.getVolume(volume?.Name ?? "").inspect();
      expect(Labels).toMatchObject({ team: "shop", "com.amazonaws.ecs.task-arn": task.taskArn });
    },
  },
  {
    field: "volumes.dockerVolumeConfiguration.autoprovision",
    does: "makes a shared volume that carries no task's name",
    prepare: () => removeVolume(PROVIDED),
    main: { ...sh("true"), mountPoints: [mount(PROVIDED)] },
    task: {
      volumes: [
        {
          name: PROVIDED,
          dockerVolumeConfiguration: {
            scope: "shared",
            autoprovision: true,
            labels: { "berth-test": "features" },
          },
        },
      ],
    },
    look: async () => {
      const { Labels } = await docker.getVolume(PROVIDED).inspect();
      expect(Labels).toEqual({ "berth-test": "features" });
    },
  },
  {
    field: "volumes.dockerVolumeConfiguration.scope",
    does: "shared is the volume that is there",
    prepare: async () => {
      await docker.createVolume({ Name: SHARED, Labels: { "berth-test": "features" } });
    },
    main: { ...sh("echo here > /berth-e2e-shared/file"), mountPoints: [mount(SHARED)] },
    task: { volumes: [{ name: SHARED, dockerVolumeConfiguration: { scope: "shared" } }] },
    engine: { Mounts: [{ Type: "volume", Name: SHARED, Destination: `/${SHARED}` }] },
  },
  {
    field: "volumes.dockerVolumeConfiguration.scope",
    does: "shared starts nothing where there is no such volume",
    main: { ...sh("true"), mountPoints: [mount("berth-e2e-missing")] },
    task: {
      volumes: [{ name: "berth-e2e-missing", dockerVolumeConfiguration: { scope: "shared" } }],
    },
    exitCode: "none",
    shown: {
      stopCode: "TaskFailedToStart",
      stoppedReason: expect.stringMatching(/^CannotCreateVolumeError: berth-e2e-missing: /),
    },
  },
  {
    field: "volumes.dockerVolumeConfiguration.driverOpts",
    does: "are the driver's",
    main: { ...sh("df -m /data | tail -n 1"), mountPoints: [mount("data")] },
    task: {
      volumes: [
        {
          name: "data",
          dockerVolumeConfiguration: {
            scope: "task",
            driver: "local",
            driverOpts: { type: "tmpfs", device: "tmpfs", o: "size=3m" },
          },
        },
      ],
    },
    prints: /^tmpfs\s+3\s/,
  },
  {
    field: "volumesFrom",
    does: "has what another container mounts",
    main: {
      ...sh("cat /data/file"),
      volumesFrom: [{ sourceContainer: "keeper" }],
      ...after("keeper"),
    },
    beside: [keeper()],
    task: { volumes: [{ name: "data" }] },
    prints: "kept",
  },
  {
    field: "volumesFrom.readOnly",
    does: "lets nothing be written",
    main: {
      ...sh("touch /data/other"),
      volumesFrom: [{ sourceContainer: "keeper", readOnly: true }],
      ...after("keeper"),
    },
    beside: [keeper()],
    task: { volumes: [{ name: "data" }] },
    exitCode: 1,
    prints: /Read-only file system/,
  },
];

/** Removes what the rows made and what belongs to no task. */
export async function cleanUpStorage(): Promise<void> {
  for (const name of [SHARED, PROVIDED]) await removeVolume(name);
  rmSync(HOST_PATH, { recursive: true, force: true });
}

async function removeVolume(name: string): Promise<void> {
  await docker
    .getVolume(name)
    .remove()
    .catch(() => undefined);
}

function after(containerName: string) {
  return { dependsOn: [{ containerName, condition: "SUCCESS" as const }] };
}

function keeper() {
  const name = "keeper";
  return { ...sh("echo kept > /data/file"), name, essential: false, mountPoints: [mount("data")] };
}
