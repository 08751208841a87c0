import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { parseRequest } from "@berth/contracts/ecs-api/parse-request";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { createService } from "./create-service.ts";
import { describeServices } from "./describe-services.ts";
import { updateService } from "./update-service.ts";

type Alarms = NonNullable<
  NonNullable<EcsRequest<"CreateService">["deploymentConfiguration"]>["alarms"]
>;

const ON = { alarmNames: ["errors", "latency"], enable: true, rollback: true };

async function create(alarms: Alarms) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane);
  const { service } = await createService(controlPlane, {
    serviceName: "web",
    taskDefinition: "web",
    desiredCount: 1,
    deploymentConfiguration: { alarms },
  });
  return { controlPlane, configuration: service?.deploymentConfiguration };
}

describe("the alarms of a deployment", () => {
  test.each<{ name: string; alarms: Alarms; expected?: Alarms }>([
    { name: "are kept, whether there are such alarms or not", alarms: ON },
    { name: "may be off", alarms: { ...ON, enable: false } },
    { name: "may be off and none", alarms: { alarmNames: [], enable: false, rollback: false } },
    { name: "may fail without a way back", alarms: { ...ON, rollback: false } },
    {
      name: "are each named once",
      alarms: { ...ON, alarmNames: ["errors", "latency", "errors"] },
      expected: ON,
    },
    {
      name: "have names as CloudWatch has them",
      alarms: { ...ON, alarmNames: ["Web / 5xx #1 (ä)", "a".repeat(255)] },
    },
  ])("$name", async ({ alarms, expected = alarms }) => {
    const { configuration, controlPlane } = await create(alarms);
    expect(configuration?.alarms).toEqual(expected);
    const { services } = await describeServices(controlPlane, { services: ["web"] });
    expect(services?.[0]?.deploymentConfiguration?.alarms).toEqual(expected);
  });

  test("stay as they are where a change says nothing of them, and can be changed", async () => {
    const { controlPlane } = await create(ON);
    const update = async (deploymentConfiguration: object) => {
      const request = { service: "web", deploymentConfiguration };
      const { service } = await updateService(controlPlane, request);
      return service;
    };
    const kept = await update({ maximumPercent: 150 });
    expect(kept?.deploymentConfiguration?.alarms).toEqual(ON);
    const off = { ...ON, enable: false };
    const changed = await update({ alarms: off });
    expect(changed?.deploymentConfiguration?.alarms).toEqual(off);
    expect(changed?.deployments).toHaveLength(1);
  });

  test.each<{ name: string; alarms: Alarms; message: string }>([
    {
      name: "on, and none",
      alarms: { ...ON, alarmNames: [] },
      message: "alarmNames must contain at least one alarm name when alarms are enabled.",
    },
    {
      name: "more than one look can see",
      alarms: { ...ON, alarmNames: Array.from({ length: 101 }, (_, index) => `a${index}`) },
      message: "alarmNames must contain at most 100 alarm names.",
    },
    {
      name: "an empty name",
      alarms: { ...ON, alarmNames: [""] },
      message: "Alarm names must have between 1 and 255 characters.",
    },
    {
      name: "a name that is too long, although they are off",
      alarms: { ...ON, enable: false, alarmNames: ["a".repeat(256)] },
      message: "Alarm names must have between 1 and 255 characters.",
    },
  ])("are refused: $name", async ({ alarms, message }) => {
    const refusal = { code: "InvalidParameterException", message };
    await expect(create(alarms)).rejects.toMatchObject(refusal);
    const { controlPlane } = await create(ON);
    const update = updateService(controlPlane, {
      service: "web",
      deploymentConfiguration: { alarms },
    });
    await expect(update).rejects.toMatchObject(refusal);
  });

  test.each(["alarmNames", "enable", "rollback"])("need %s", (member) => {
    const { [member as keyof typeof ON]: _, ...alarms } = ON;
    const body = { serviceName: "web", deploymentConfiguration: { alarms } };
    expect(() => parseRequest("CreateService", JSON.stringify(body))).toThrow(
      expect.objectContaining({
        code: "InvalidParameterException",
        message: expect.stringContaining(member) as string,
      }) as Error,
    );
  });

  test("need names that are texts", () => {
    const body = { deploymentConfiguration: { alarms: { ...ON, alarmNames: [1] } } };
    expect(() => parseRequest("UpdateService", JSON.stringify(body))).toThrow(/alarmNames/);
  });
});
