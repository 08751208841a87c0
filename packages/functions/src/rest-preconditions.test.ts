import type { Table } from "@berth/store/table";
import { createMemoryTable } from "@berth/store/memory/table";
import { instanceId } from "@berth/testing/builders";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { WholeApi } from "@berth/testing/whole-api";
import { beforeEach, describe, expect, it } from "vitest";

const CLUSTER = "/v1/clusters/default";
const WEB = `${CLUSTER}/services/web`;

let api: WholeApi;
/** Runs once, between a command's reading of the service and its writing. */
let meanwhile: (() => Promise<unknown>) | undefined;

beforeEach(async () => {
  meanwhile = undefined;
  const table = createMemoryTable();
  const disturbed: Table = {
    ...table,
    replace: async (item) => {
      const disturb = meanwhile;
      if (disturb && item.sk === "web") {
        meanwhile = undefined;
        await disturb();
      }
      return table.replace(item);
    },
  };
  api = WholeApi.on(disturbed);
  await setUpCluster(api.controlPlane);
  const body = { serviceName: "web", taskDefinition: "web", desiredCount: 2 };
  await api.send({ method: "POST", path: `${CLUSTER}/services`, body });
});

const show = (path: string) => api.send({ method: "GET", path });
const tagOf = async (path: string) => String((await show(path)).headers?.["etag"]);
const scale = (desiredCount: number, headers: Record<string, string> = {}) =>
  api.send({ method: "PATCH", path: WEB, body: { desiredCount }, headers });
const FAILED = { statusCode: 412, members: { code: "PreconditionFailedException" } };

describe("If-Match", () => {
  it("lets pass who has seen the resource as it is, and gives him the next ETag", async () => {
    const changed = await scale(3, { "if-match": await tagOf(WEB) });
    expect(changed.statusCode).toBe(200);
    expect(changed.headers?.["etag"]).toBe(await tagOf(WEB));
    expect((await scale(4, { "if-match": String(changed.headers?.["etag"]) })).statusCode).toBe(
      200,
    );
  });

  it("refuses who has seen it as it was, and changes nothing", async () => {
    const seen = await tagOf(WEB);
    await scale(3);
    expect(await scale(9, { "if-match": seen })).toMatchObject(FAILED);
    expect((await show(WEB)).members).toMatchObject({ service: { desiredCount: 3 } });
  });

  it("refuses who is overtaken after the check, too: the write itself is conditional", async () => {
    const seen = await tagOf(WEB);
    meanwhile = () => scale(3);
    expect(await scale(9, { "if-match": seen })).toMatchObject(FAILED);
    expect((await show(WEB)).members).toMatchObject({ service: { desiredCount: 3 } });
  });

  it("applies a change after the other one where nobody asked for more", async () => {
    meanwhile = () => scale(3);
    expect((await scale(9)).statusCode).toBe(200);
    expect((await show(WEB)).members).toMatchObject({ service: { desiredCount: 9 } });
  });

  it.each([
    ["*", 200],
    ['"999", TAG', 200],
    ['W/"1"', 412],
    ['"other"', 412],
    ["999", 412],
  ])("reads %s as RFC 9110 says", async (header, status) => {
    const headers = { "if-match": header.replace("TAG", await tagOf(WEB)) };
    expect((await scale(5, headers)).statusCode).toBe(status);
  });

  it.each([
    ["PATCH", `${CLUSTER}/container-instances/${instanceId(1)}`, { status: "DRAINING" }],
    ["DELETE", `${CLUSTER}/container-instances/${instanceId(1)}`, undefined],
    ["DELETE", "/v1/task-definitions/web:1", undefined],
    ["DELETE", WEB, undefined],
  ])("holds %s %s to it", async (method, path, body) => {
    const tag = await tagOf(path);
    const headers = { "if-match": '"999"' };
    expect(await api.send({ method, path, body, headers })).toMatchObject(FAILED);
    expect(await tagOf(path)).toBe(tag);
    // An instance with nothing on it and a service with no task may go; what may not says why.
    const done = await api.send({ method, path, body, headers: { "if-match": tag } });
    expect(done.members["code"]).not.toBe("PreconditionFailedException");
  });

  it("holds StopTask to it", async () => {
    const body = { taskDefinition: "web" };
    const run = await api.send({ method: "POST", path: `${CLUSTER}/tasks`, body });
    const [task] = run.members["tasks"] as readonly { readonly taskArn: string }[];
    const path = `${CLUSTER}/tasks/${task?.taskArn.split("/").at(-1)}`;
    const tag = await tagOf(path);
    const stop = (ifMatch: string) =>
      api.send({ method: "DELETE", path, headers: { "if-match": ifMatch } });
    expect(await stop('"999"')).toMatchObject(FAILED);
    expect((await stop(tag)).statusCode).toBe(200);
  });

  it.each([
    ["POST", "/v1/clusters", { clusterName: "blue" }],
    ["PUT", "/v1/alarms/busy", { state: "OK" }],
  ])(
    "is refused where nothing has an ETag, rather than passed over: %s %s",
    async (method, path, body) => {
      const refused = await api.send({ method, path, body, headers: { "if-match": '"1"' } });
      expect(refused).toMatchObject({ statusCode: 400, members: { detail: /If-Match/ } });
    },
  );
});
