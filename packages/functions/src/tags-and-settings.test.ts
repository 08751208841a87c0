import * as ecs from "@aws-sdk/client-ecs";
import { instanceId } from "@berth/testing/builders";
import { allow, ROOT, WholeApi } from "@berth/testing/whole-api";
import { beforeEach, describe, expect, it } from "vitest";

/* Tags, clusters and account settings through the real client. */

const ARN = "arn:aws:ecs:eu-central-1:123456789012";
const tags = [{ key: "team", value: "a" }];

let api: WholeApi;
let client: ecs.ECSClient;
beforeEach(async () => {
  api = await WholeApi.start();
  client = api.client(ROOT);
});

describe("tags", () => {
  it("come with what is made, change, and go", async () => {
    const { service } = await client.send(
      new ecs.CreateServiceCommand({
        serviceName: "web",
        taskDefinition: "web:1",
        desiredCount: 1,
        tags,
      }),
    );
    const resourceArn = service?.serviceArn;
    const listed = async () =>
      (await client.send(new ecs.ListTagsForResourceCommand({ resourceArn }))).tags;
    expect(await listed()).toEqual(tags);
    const stage = { key: "stage", value: "test" };
    await client.send(new ecs.TagResourceCommand({ resourceArn, tags: [stage] }));
    expect(await listed()).toEqual([...tags, stage]);
    await client.send(new ecs.UntagResourceCommand({ resourceArn, tagKeys: ["team"] }));
    expect(await listed()).toEqual([stage]);
    expect(api.logged).toEqual([]);
  });

  it("are refused in the model's own errors", async () => {
    const tag = (tail: string) =>
      client.send(new ecs.TagResourceCommand({ resourceArn: `${ARN}:${tail}`, tags }));
    await expect(tag("service/default/absent")).rejects.toBeInstanceOf(
      ecs.ResourceNotFoundException,
    );
    await expect(tag("service/absent/web")).rejects.toBeInstanceOf(ecs.ClusterNotFoundException);
    await expect(tag("service/web")).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "Long arn format must be used for tagging operations",
    });
    await client.send(
      new ecs.TagResourceCommand({
        resourceArn: `${ARN}:container-instance/default/${instanceId(1)}`,
        tags: Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: "v" })),
      }),
    );
    await expect(tag(`container-instance/default/${instanceId(1)}`)).rejects.toBeInstanceOf(
      ecs.LimitExceededException,
    );
  });

  it("are for those who may, of the resource that they may", async () => {
    const only = allow("ecs:*Tag*", { Resource: `${ARN}:cluster/default` });
    const keeper = api.client(await api.issue({ kind: "policy", policy: only }));
    const resourceArn = `${ARN}:cluster/default`;
    await keeper.send(new ecs.TagResourceCommand({ resourceArn, tags }));
    const other = new ecs.ListTagsForResourceCommand({ resourceArn: `${ARN}:service/default/web` });
    await expect(keeper.send(other)).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("of what is made need a permission of their own, by whatever door", async () => {
    const policy = allow("ecs:RunTask");
    const key = await api.issue({ kind: "policy", policy });
    const run = { taskDefinition: "web:1", tags };
    await expect(api.client(key).send(new ecs.RunTaskCommand(run))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(`ecs:TagResource on resource: ${ARN}:task/default/*`),
    });
    const waiting = { ...run, waitForCapacity: { deadlineSeconds: 60 } };
    const queued = await api.rest("POST", "/v1/tasks", waiting, {}, key);
    expect(queued).toMatchObject({ statusCode: 403, body: expect.stringContaining("TagResource") });
  });
});

describe("clusters", () => {
  it("are changed, deleted, remembered and made again", async () => {
    const clusterName = "live";
    await client.send(new ecs.CreateClusterCommand({ clusterName, tags }));
    const settings = [{ name: "containerInsights" as const, value: "enhanced" }];
    const set = await client.send(
      new ecs.UpdateClusterSettingsCommand({ cluster: clusterName, settings }),
    );
    expect(set.cluster).toMatchObject({ settings, tags });
    const configuration = { executeCommandConfiguration: { logging: "NONE" as const } };
    const updated = await client.send(
      new ecs.UpdateClusterCommand({ cluster: clusterName, configuration }),
    );
    expect(updated.cluster).toMatchObject({ settings, configuration });
    await client.send(new ecs.DeleteClusterCommand({ cluster: clusterName }));
    const include: ecs.ClusterField[] = [
      "ATTACHMENTS",
      "CONFIGURATIONS",
      "SETTINGS",
      "STATISTICS",
      "TAGS",
    ];
    const { clusters } = await client.send(
      new ecs.DescribeClustersCommand({ clusters: [clusterName], include }),
    );
    expect(clusters?.[0]).toMatchObject({ status: "INACTIVE", settings, configuration, tags: [] });
    expect(clusters?.[0]?.statistics).toHaveLength(16);
    const again = await client.send(new ecs.CreateClusterCommand({ clusterName }));
    expect(again.cluster).toMatchObject({ status: "ACTIVE", tags: [] });
    expect(again.cluster?.configuration).toBeUndefined();
  });

  it("have no settings but those of the model", async () => {
    const settings = [{ name: "fargateFIPSMode" as never, value: "enabled" }];
    const update = new ecs.UpdateClusterSettingsCommand({ cluster: "default", settings });
    await expect(client.send(update)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "settings[0].name should be one of [containerInsights], but was fargateFIPSMode",
    });
  });
});

describe("account settings", () => {
  it("are set, listed page by page and taken back", async () => {
    const name = "containerInsights";
    await client.send(new ecs.PutAccountSettingDefaultCommand({ name, value: "enabled" }));
    await client.send(new ecs.PutAccountSettingCommand({ name, value: "enhanced" }));
    const effective = new Map<string | undefined, string | undefined>();
    const pages = ecs.paginateListAccountSettings(
      { client, pageSize: 4 },
      { effectiveSettings: true },
    );
    for await (const { settings = [] } of pages) {
      for (const setting of settings) effective.set(setting.name, setting.value);
    }
    expect(effective.size).toBe(11);
    expect(effective.get(name)).toBe("enhanced");
    const { setting } = await client.send(new ecs.DeleteAccountSettingCommand({ name }));
    expect(setting).toMatchObject({ name, value: "enabled", type: "user" });
    const own = await client.send(new ecs.ListAccountSettingsCommand({}));
    expect(own.settings).toEqual([]);
  });

  it("that there are not are refused by their names", async () => {
    const put = new ecs.PutAccountSettingCommand({ name: "dualStackIPv6" as never, value: "on" });
    await expect(client.send(put)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringMatching(/^name should be one of \[serviceLongArnFormat,/),
    });
  });
});
