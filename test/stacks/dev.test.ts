import { expect, it, test } from "vitest";
import { readDeployment } from "./record.ts";
import type { Deployment } from "./deployment.ts";

const tabsOf = ({ resources }: Deployment) =>
  resources.filter(({ type }) => type === "sst:sst:DevCommand");

test.each(["production", "test"])("the deployment of stage %s has no tabs", (stage) => {
  expect(tabsOf(readDeployment(stage))).toEqual([]);
});

it("`sst dev` has a tab for one machine, that waits to be started", () => {
  const [oneMachine] = tabsOf(readDeployment("dev"));
  expect(oneMachine).toMatchObject({
    name: "OneMachine",
    inputs: { title: "One machine", command: "npm start", autostart: false },
  });
});

it("`sst dev` has an agent that joins the stage with the first of its keys", () => {
  const [, agent] = tabsOf(readDeployment("dev"));
  expect(agent).toMatchObject({
    name: "Agent",
    inputs: { command: "npx berth agent --config /dev/null", autostart: true },
  });
  expect(agent?.inputs.environment).toMatchObject({
    ECS_BACKEND_HOST: "https://httpapiapi.execute-api.eu-central-1.amazonaws.com",
    AWS_ACCESS_KEY_ID: "AKIARECORDED",
    AWS_SESSION_TOKEN: "",
  });
});
