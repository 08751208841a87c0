import { expect } from "vitest";
import type { Host } from "./host.ts";
import { sh, type Row } from "./row.ts";

const HOST_PATH = "/tmp/berth-e2e-host-path";
const SHARED = "berth-e2e-shared";
const PROVIDED = "berth-e2e-provided";

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
    prepare: ({ run }) => run(`mkdir -p ${HOST_PATH}; echo from the host > ${HOST_PATH}/given`),
    main: { ...sh("cat /data/given; echo back > /data/made"), mountPoints: [mount("data")] },
    task: { volumes: [{ name: "data", host: { sourcePath: HOST_PATH } }] },
    prints: "from the host",
    look: async ({ host }) => expect(await host.run(`cat ${HOST_PATH}/made`)).toBe("back"),
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
    look: async ({ engine, task, host: { docker } }) => {
      const [volume] = engine.get("main")?.Mounts ?? [];
      const { Labels } = await docker.getVolume(volume?.Name ?? "").inspect();
      expect(Labels).toMatchObject({ team: "shop", "com.amazonaws.ecs.task-arn": task.taskArn });
    },
  },
  {
    field: "volumes.dockerVolumeConfiguration.autoprovision",
    does: "makes a shared volume that carries no task's name",
    prepare: (host) => removeVolume(host, PROVIDED),
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
    look: async ({ host: { docker } }) => {
      const { Labels } = await docker.getVolume(PROVIDED).inspect();
      expect(Labels).toEqual({ "berth-test": "features" });
    },
  },
  {
    field: "volumes.dockerVolumeConfiguration.scope",
    does: "shared is the volume that is there",
    prepare: ({ docker }) =>
      docker.createVolume({ Name: SHARED, Labels: { "berth-test": "features" } }),
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
export async function cleanUpStorage(host: Host): Promise<void> {
  for (const name of [SHARED, PROVIDED]) await removeVolume(host, name);
  await host.run(`rm -rf ${HOST_PATH}`);
}

async function removeVolume({ docker }: Host, name: string): Promise<void> {
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
