import { gunzipSync } from "node:zlib";
import type { ContainerUsage } from "@berth/domain/container-usage";
import { aReservation, aService, aTask, instanceId, taskId } from "@berth/testing/builders";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { createMemoryTable } from "@berth/store/memory/table";
import { aContainerUsage, aUsageReport } from "@berth/testing/usage-builders";
import { allow, WholeApi } from "@berth/testing/whole-api";
import { beforeEach, describe, expect, it } from "vitest";

const SECOND = 1_000;
const ARN = "arn:aws:ecs:eu-central-1:123456789012";
const WEB = taskId("service:web", 1);
const BATCH = taskId("family:batch", 2);
const TRAFFIC = { bytes: 9e9, packets: 3, errors: 1, dropped: 2, bytesPerSecond: 5 };
const CLUSTER_PATH = "/v1/clusters/default/metrics";
const TASK_PATH = `/v1/clusters/default/tasks/${WEB}/metrics`;

let api: WholeApi;
beforeEach(async () => {
  api = WholeApi.on(createMemoryTable());
  const reservations = {
    [WEB]: aReservation({ cpuUnits: 256, memoryMiB: 128 }),
    [BATCH]: aReservation({ cpuUnits: 128, memoryMiB: 64 }),
  };
  await setUpCluster(api.controlPlane, { ledger: { reservations } });
  const { tasks, services } = api.controlPlane.store;
  await tasks.create(aTask({ id: WEB, lastStatus: "RUNNING" }));
  await tasks.create(aTask({ id: BATCH, group: "family:batch" }));
  await services.create(aService({ desiredCount: 3 }));
});

/** As the agent of the one instance tells it now. */
async function tell(...containers: readonly Partial<ContainerUsage>[]): Promise<void> {
  const at = api.controlPlane.now();
  const report = aUsageReport({ at, containers: containers.map(aContainerUsage) });
  await api.controlPlane.store.usage.put(report, String(at));
}

const members = async (path: string, query: Record<string, string> = {}) =>
  (await api.send({ method: "GET", path, query })).members;

describe("GET /v1/clusters/{cluster}/metrics", () => {
  it("shows what instances and services have, have reserved and use", async () => {
    await tell({ cpuPercent: { average: 50, maximum: 75 } }, { container: "side" });
    expect(await members(CLUSTER_PATH)).toEqual({
      clusterName: "default",
      clusterArn: `${ARN}:cluster/default`,
      at: expect.any(String) as string,
      containerInstances: [
        {
          containerInstanceArn: `${ARN}:container-instance/default/${instanceId(1)}`,
          status: "ACTIVE",
          agentConnected: true,
          runningTasksCount: 1,
          pendingTasksCount: 1,
          cpuUnits: { registered: 1_024, reserved: 384, used: 614.4 },
          memoryMiB: { registered: 1_024, reserved: 192, used: 128 },
        },
      ],
      services: [
        {
          serviceName: "web",
          serviceArn: `${ARN}:service/default/web`,
          desiredCount: 3,
          runningCount: 1,
          pendingCount: 0,
          cpuUnits: { reserved: 256, used: 614.4 },
          memoryMiB: { reserved: 128, used: 128 },
        },
      ],
    });
  });

  it("shows tasks and their containers where they are asked for", async () => {
    await tell({ received: TRAFFIC, sent: TRAFFIC, storage: { readBytes: 1, writtenBytes: 2 } });
    const { tasks } = await members(CLUSTER_PATH, { include: "TASKS" });
    expect(tasks).toEqual([
      {
        taskArn: `${ARN}:task/default/${WEB}`,
        containerInstanceArn: `${ARN}:container-instance/default/${instanceId(1)}`,
        group: "service:web",
        lastStatus: "RUNNING",
        at: expect.any(String) as string,
        cpuUnits: { reserved: 256, used: 102.4 },
        memoryMiB: { reserved: 128, used: 64 },
        containers: [
          {
            name: "main",
            cpuUnits: { average: 102.4, maximum: 204.8 },
            memoryMiB: { average: 64, maximum: 80 },
            received: TRAFFIC,
            sent: TRAFFIC,
            storage: { readBytes: 1, writtenBytes: 2 },
          },
        ],
      },
      expect.objectContaining({ lastStatus: "PENDING", containers: [] }),
    ]);
  });

  it("shows that what has no tasks uses nothing", async () => {
    await api.controlPlane.store.services.create(aService({ name: "idle", desiredCount: 0 }));
    const { services } = await members(CLUSTER_PATH);
    expect(services).toEqual([
      expect.objectContaining({ serviceName: "idle", cpuUnits: { reserved: 0, used: 0 } }),
      expect.objectContaining({ serviceName: "web", cpuUnits: { reserved: 256 } }),
    ]);
  });

  it("shows no use that is older than a minute, nor of what an instance does not have", async () => {
    await tell({ taskId: taskId("service:web", 9) });
    const used = async () => {
      const { containerInstances } = await members(CLUSTER_PATH);
      return (containerInstances as { cpuUnits: { used?: number } }[])[0]?.cpuUnits.used;
    };
    expect(await used()).toBeUndefined();
    await tell({});
    expect(await used()).toBe(102.4);
    api.controlPlane.advance(60 * SECOND);
    expect(await used()).toBeUndefined();
  });

  it("refuses what is not there, and what it does not know", async () => {
    const problem = (path: string, query = {}) => members(path, query);
    expect(await problem("/v1/clusters/absent/metrics")).toMatchObject({
      code: "ClusterNotFoundException",
    });
    expect(await problem(CLUSTER_PATH, { include: "ALL" })).toMatchObject({
      code: "InvalidParameterException",
      detail: expect.stringContaining("include: ") as string,
    });
  });
});

describe("GET /v1/clusters/{cluster}/tasks/{task}/metrics", () => {
  it("shows the last hour, in order, of that task alone", async () => {
    for (const average of [10, 20, 30]) {
      await tell({ cpuPercent: { average, maximum: 40 } }, { taskId: BATCH });
      api.controlPlane.advance(20 * SECOND);
    }
    const { points } = await members(TASK_PATH);
    const averages = (points as { containers: { cpuUnits: { average: number } }[] }[]).map(
      ({ containers }) => containers.map(({ cpuUnits }) => cpuUnits.average),
    );
    expect(averages).toEqual([[102.4], [204.8], [307.2]]);
    api.controlPlane.advance(3_600 * SECOND);
    expect(await members(TASK_PATH)).toMatchObject({ points: [] });
  });

  it("refuses a task that is not there", async () => {
    const path = `/v1/clusters/default/tasks/${taskId("service:web", 7)}/metrics`;
    expect(await members(path)).toMatchObject({ code: "ResourceNotFoundException", status: 404 });
    expect(await members("/v1/clusters/default/tasks/7/metrics")).toMatchObject({ status: 400 });
  });
});

describe("GET /v1/metrics", () => {
  const scrape = async (headers: Record<string, string>, query = {}) =>
    api.send({ method: "GET", path: "/v1/metrics", query, headers });
  /** As Prometheus 2 and 3 say it. */
  const ACCEPT =
    "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

  it("shows every cluster as JSON, or the one that is named", async () => {
    await api.controlPlane.store.clusters.create({
      ...(await api.controlPlane.store.clusters.find("default"))!,
      name: "other",
    });
    const namesOf = async (query = {}) =>
      ((await members("/v1/metrics", query))["clusters"] as { clusterName: string }[]).map(
        ({ clusterName }) => clusterName,
      );
    expect(await namesOf()).toEqual(["default", "other"]);
    expect(await namesOf({ cluster: "other" })).toEqual(["other"]);
    expect(await members("/v1/metrics", { cluster: "absent" })).toMatchObject({ status: 404 });
  });

  it("is text for Prometheus, with labels of its own", async () => {
    await tell({ container: "ma-in", received: TRAFFIC, sent: TRAFFIC });
    const { headers, body } = await scrape({ accept: ACCEPT });
    expect(headers?.["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    const lines = (body ?? "").split("\n");
    const instance = `container_instance="${instanceId(1)}"`;
    const labels = `cluster="default",service="web",task="${WEB}",${instance},container="ma-in"`;
    expect(lines).toEqual(
      expect.arrayContaining([
        "# TYPE berth_container_cpu_usage_cores gauge",
        `berth_container_cpu_usage_cores{${labels}} 0.1`,
        `berth_container_memory_usage_bytes{${labels}} ${64 * 1_048_576}`,
        "# TYPE berth_container_network_receive_bytes_total counter",
        `berth_container_network_receive_bytes_total{${labels}} 9000000000`,
        `berth_instance_cpu_registered_cores{cluster="default",${instance}} 1`,
        `berth_instance_cpu_reserved_cores{cluster="default",${instance}} 0.375`,
        `berth_service_desired_tasks{cluster="default",service="web"} 3`,
        `berth_service_running_tasks{cluster="default",service="web"} 1`,
        `berth_task_memory_reserved_bytes{cluster="default",service="",task="${BATCH}",${instance}} ${64 * 1_048_576}`,
      ]),
    );
    expect(body).not.toContain("berth_container_storage");
  });

  it("goes by what is asked for before what is accepted, and zips for who can unzip", async () => {
    const asJson = await scrape({ accept: ACCEPT }, { format: "json" });
    expect(asJson.members).toHaveProperty("clusters");
    const zipped = await scrape({ "accept-encoding": "gzip, br" }, { format: "prometheus" });
    expect(zipped).toMatchObject({
      isBase64Encoded: true,
      headers: { "content-encoding": "gzip" },
    });
    const text = gunzipSync(Buffer.from(zipped.body ?? "", "base64")).toString();
    expect(text).toBe((await scrape({}, { format: "prometheus" })).body);
    expect((await scrape({}, { format: "xml" })).members).toMatchObject({ status: 400 });
  });
});

describe("a policy", () => {
  it.each([
    [CLUSTER_PATH, {}, "berth:GetClusterMetrics", "cluster/default"],
    ["/v1/metrics", { cluster: "default" }, "berth:GetClusterMetrics", "cluster/default"],
    [TASK_PATH, {}, "berth:GetTaskMetrics", `task/default/${WEB}`],
  ])("lets GET %s %j by %s on %s, and on nothing else", async (path, query, action, resource) => {
    const on = (name: string) => allow(action, { Resource: `${ARN}:${name}` });
    const may = await api.issue({ kind: "policy", policy: on(resource) });
    const mayNot = await api.issue({ kind: "policy", policy: on(`${resource}x`) });
    expect((await api.send({ method: "GET", path, query, key: may })).statusCode).toBe(200);
    expect(await api.send({ method: "GET", path, query, key: mayNot })).toMatchObject({
      statusCode: 403,
    });
  });

  it("for one cluster does not let all be read, nor does an agent's", async () => {
    const policy = allow("berth:GetClusterMetrics", { Resource: `${ARN}:cluster/default` });
    for (const key of [
      await api.issue({ kind: "policy", policy }),
      await api.issue({ kind: "agent" }),
    ]) {
      const answer = await api.send({ method: "GET", path: "/v1/metrics", key });
      expect(answer.statusCode).toBe(403);
    }
  });
});
